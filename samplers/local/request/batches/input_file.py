"""A batch's input file, checked line by line before any of it is executed.

A line ends at a line feed alone: U+2028 and its like can stand in a text. The sentences are
reconstructed; the codes are from public error reports, but for `line_too_long`, which is ours.
"""

from collections.abc import Iterable

from samplers.local.request import checks
from samplers.local.request.body import BIGGEST_BODY, is_unicode, loads
from samplers.local.request.errors import (
    ApiError,
    bad_request,
    missing,
    unknown,
    wrong_type,
)
from samplers.local.store.batch_lines import Line

MOST_REQUESTS = 50_000
MOST_ERRORS = 100  # that are reported
LONGEST_ID = 512  # characters of a custom_id; OpenAI's limit is not known
LONGEST_LINE = BIGGEST_BODY + (4 << 10)  # bytes
FIELDS = ("custom_id", "method", "url", "body")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class InputFile:
    """Reads a batch's file, piece by piece.

    `models` are the names that its lines can have; `model` is the one that they have.
    `default_model`: what a line without a model means; None: each must have one. `total` counts the
    right lines. If there are `errors`, the batch fails with them; after MOST_ERRORS, or more than
    MOST_REQUESTS, the rest of the file is not looked at.
    """

    def __init__(self, endpoint: str, models: Iterable[str], default_model: str | None):
        self.errors: list[dict] = []
        self.total = 0
        self.model: str | None = None
        self._endpoint = endpoint
        self._models = tuple(models)
        self._default_model = default_model
        self._custom_ids: set[str] = set()
        self._number = 0  # of the physical line
        self._begun = b""
        self._too_long = False  # is the line that has begun
        self._has_seen_enough = False

    def feed(self, piece: bytes) -> list[Line]:
        """The right lines that end in the next piece of the file."""
        if self._has_seen_enough:
            return []
        *ends, rest = piece.split(b"\n")
        lines = []
        for end in ends:
            lines += self._line(end)
        self._begin(rest)
        return lines

    def finish(self) -> list[Line]:
        """A last line without a line feed. A file without a request is an error, too."""
        lines = self._line(b"")
        if not self.total and not self.errors:
            message = "The input file is empty: a batch needs one request at least."
            self._add_error(bad_request(message, None, "empty_file"), None)
        return lines

    def _begin(self, part: bytes) -> None:
        if not self._too_long:
            self._begun += part
        if len(self._begun) > LONGEST_LINE:
            self._too_long = True
            self._begun = b""

    def _line(self, end: bytes) -> list[Line]:
        """The line that ends so, if it is right and not blank."""
        self._begin(end)
        content = self._begun
        too_long = self._too_long
        self._begun = b""
        self._too_long = False
        self._number += 1
        if self._has_seen_enough:
            return []

        if self._number == 1:
            content = content.removeprefix(BYTE_ORDER_MARK)
        content = content.strip(b" \t\r")
        try:
            if too_long:
                message = f"This line is longer than {LONGEST_LINE} bytes."
                raise bad_request(message, None, "line_too_long")
            if not content:
                return []
            custom_id = self._checked(content)
        except ApiError as error:
            self._add_error(error, self._number)
            return []

        self.total += 1
        return [Line(self._number, custom_id, content)]

    def _checked(self, content: bytes) -> str:
        """The custom_id of a line's request. ApiError for the first wrong thing of it."""
        try:
            request = loads(content.decode())
        except (ValueError, RecursionError):
            message = "This line is not parseable as valid JSON."
            raise bad_request(message, None, "invalid_json_line") from None
        if not isinstance(request, dict):
            raise wrong_type("line", "an object", request)
        for name in FIELDS:
            if request.get(name) is None:
                raise missing(name)
        for name in request:
            if name not in FIELDS:
                raise unknown(name, FIELDS)

        custom_id = self._custom_id(request["custom_id"])
        self._check_target(request["method"], request["url"])
        body = request["body"]
        if not isinstance(body, dict):
            raise wrong_type("body", "an object", body)
        self._check_model(body.get("model"))
        if len(self._custom_ids) > MOST_REQUESTS:
            self._has_seen_enough = True
            message = f"The file has more than {MOST_REQUESTS} requests."
            raise bad_request(message, None, "too_many_tasks")
        return custom_id

    def _custom_id(self, value) -> str:
        custom_id = checks.string(LONGEST_ID)("custom_id", value)
        if not custom_id:
            message = "Invalid 'custom_id': empty string. Expected a string with minimum length 1."
            raise bad_request(message, "custom_id", "empty_string")
        if not is_unicode(custom_id):
            message = "Invalid 'custom_id': the text is not valid Unicode."
            raise bad_request(message, "custom_id", "invalid_value")
        if custom_id in self._custom_ids:
            message = (
                f"The custom_id '{custom_id[:80]}' is that of an earlier line. Each request of a "
                "batch must have its own."
            )
            raise bad_request(message, "custom_id", "duplicate_custom_id")
        self._custom_ids.add(custom_id)
        return custom_id

    def _check_target(self, method, url) -> None:
        if checks.string()("method", method) != "POST":
            message = f"The method '{method[:80]}' is not supported: a batch's requests are POST."
            raise bad_request(message, "method", "invalid_method")
        if checks.string()("url", url) != self._endpoint:
            message = (
                f"The URL '{url[:200]}' does not match the batch's endpoint, '{self._endpoint}'."
            )
            raise bad_request(message, "url", "url_mismatch")

    def _check_model(self, name) -> None:
        """As at OpenAI, all requests of a file are for one model."""
        name = self._default_model if name is None else name
        if name is None:
            raise missing("body.model")
        checks.string()("body.model", name)
        if self.model not in (None, name):
            message = (
                f"The model '{name[:200]}' is not that of an earlier line, '{self.model[:200]}'. "
                "All requests of a batch must be for the same model."
            )
            raise bad_request(message, "body.model", "model_mismatch")
        self.model = name
        if name not in self._models:
            message = f"The model '{name[:200]}' does not exist here."
            raise bad_request(message, "body.model", "model_not_found")

    def _add_error(self, error: ApiError, line: int | None) -> None:
        told = error.body["error"]
        # half a surrogate pair, which an error may quote, could never be sent
        values = {name: _sendable(told[name]) for name in ("code", "message", "param")}
        self.errors.append(values | {"line": line})
        if len(self.errors) >= MOST_ERRORS:
            self._has_seen_enough = True


def _sendable(text: str | None) -> str | None:
    return text and text.encode(errors="replace").decode()
