"""What can go wrong between a client and an endpoint.

Every message ends with what to do next, and none shows a key. Two errors live beside the code that
raises them: StreamBroken in stream/reader.py, BudgetExceeded in pricing/budget.py.
"""

import json
import math

from samplers.api.deviations import well_formed


class EndpointError(Exception):
    """The base of all errors of `samplers.api`, except that a wrong argument is a ValueError.

    `transcript`: the messages so far, if the error ended a loop of `run_tools`.
    """

    transcript: tuple[dict, ...] = ()


class APIError(EndpointError):
    """The endpoint answered with an error, or (status 200) with something that cannot be read.

    `status` is HTTP's. `type`, `param` and `code` are those of OpenAI's error body, None where the
    endpoint sent none. `request_id` is what a provider's support asks for. `retry_after` is in
    seconds. `base_url`: the address that was asked, "" where it does not matter.
    """

    def __init__(
        self,
        status: int,
        message: str,
        type: str | None = None,
        param: str | None = None,
        code: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        base_url: str = "",
    ):
        self.status = status
        self.message = message
        self.type = type
        self.param = param
        self.code = code
        self.request_id = request_id
        self.retry_after = retry_after
        self.base_url = base_url
        super().__init__(self._text())

    def next_step(self) -> str:
        """What to do now, as a sentence. Empty where the endpoint's message is enough."""
        if self.code == "model_not_found" or (self.status == 404 and self.param == "model"):
            return "client.models() lists the endpoint's models."
        if self.status == 404 and self.base_url and not self.base_url.endswith("/v1"):
            return "Is the address right? It usually ends in /v1."
        if self.status == 404 and self.code is None:
            return "Does this endpoint have this path?"
        if 300 <= self.status < 400:
            return "It redirects: use the address that it redirects to, often https:// for http://."
        if self.status >= 500:
            return "The fault is the endpoint's: try again in a moment."
        return ""

    def _text(self) -> str:
        place = f"HTTP {self.status}"
        if self.code is not None:
            place += f", code {self.code}"
        if self.param is not None:
            place += f", param {self.param}"

        stop = "" if self.message.endswith((".", "!", "?")) else "."
        request = f"[request {self.request_id}]" if self.request_id else ""
        parts = [f"{place}: {self.message}{stop}", self.next_step(), request]
        return " ".join(part for part in parts if part)


class AuthenticationError(APIError):
    """401: no key, or one that the endpoint does not accept."""

    def next_step(self) -> str:
        return (
            "Check the key: SAMPLERS_API_KEY for an address of your own, OPENAI_API_KEY for OpenAI."
        )


class RateLimitError(APIError):
    """429: too many requests or tokens, or an account without credit.

    The second has the type insufficient_quota, at some endpoints the code; waiting does not help.
    """

    def next_step(self) -> str:
        if "insufficient_quota" in (self.type, self.code):
            return "Waiting does not help: the account has no credit left."
        if self.retry_after:
            return f"Wait {self.retry_after:g} s, then try again."
        return "Wait, then try again."


class ConnectionFailed(EndpointError):
    """No answer came: the endpoint cannot be reached, stayed silent or closed the connection.

    `sent`: whether the endpoint may have received the request.
    """

    def __init__(self, message: str, sent: bool = False):
        self.sent = sent
        super().__init__(message)


# what to do where an endpoint tells no tokens, or not all of them
NEXT_STEP = (
    "tokenize, after= and as_model work at the local one, connect('local'), at llama.cpp's server "
    "and at vLLM (all tokens: started with --max-logprobs -1)"
)


def unsupported(status: int) -> APIError:
    """The error of an endpoint that has no tokenizer that we know how to ask."""
    return APIError(status, f"this endpoint has no /tokenize; {NEXT_STEP}", code="unsupported")


def error_from(status: int, content: bytes, headers, scrub, base_url: str = "") -> APIError:
    """The APIError of a response whose body is OpenAI's error, or that of another server.

    `scrub` removes the key from a text. Some servers send an error with the status 200 and HTTP's
    status as its code; the code then decides the error's class. `base_url`: the address that was
    asked.
    """
    fields = scrubbed(_error_fields(content, scrub), scrub)

    def text(name: str) -> str | None:
        value = fields.get(name)
        return None if value is None else str(value)

    code = text("code")
    kind = code if status < 400 else str(status)
    return {"401": AuthenticationError, "429": RateLimitError}.get(kind, APIError)(
        status,
        message_of(fields),
        type=text("type"),
        param=text("param"),
        code=code,
        request_id=scrubbed(headers.get("x-request-id"), scrub),
        retry_after=_seconds(headers.get("retry-after")),
        base_url=base_url,
    )


def error_in(body) -> dict | None:
    """The error in the JSON of an answer whose status is 200, or of a stream's event; None if none.

    OpenAI and most servers send {"error": {…}}, some a str there, others its fields alone.
    """
    body = _unwrapped(body)
    if not isinstance(body, dict):
        return None

    error = body.get("error")
    if isinstance(error, dict) and any(error.values()):
        return error
    if error and not isinstance(error, dict):
        return {"message": error}

    if body.get("choices") is not None or body.get("data") is not None:
        return None  # an answer, whatever stands beside it
    is_bare = body.get("object") == "error" or body.get("detail")
    return body if is_bare or isinstance(body.get("message"), str) else None


def _unwrapped(body):
    """The first of a list that has an object: Gemini sends its error in one."""
    return body[0] if isinstance(body, list) and body and isinstance(body[0], dict) else body


def message_of(error: dict) -> str:
    """What an error's fields say, for a person. The unknown ones where none is its message."""
    known = ("type", "param", "code")
    rest = {name: value for name, value in error.items() if value and name not in known}
    return str(error.get("message") or error.get("detail") or rest or "no message")


def scrubbed(value, scrub, levels: int = 50):
    """`value`, which JSON can hold, without the key and lone surrogates in any of its texts.

    What lies deeper than `levels` is left out: Python can neither print nor walk through any depth.
    """
    if isinstance(value, str):
        return scrub(well_formed(value))
    if isinstance(value, list | dict) and levels == 0:
        return "…"
    if isinstance(value, list):
        return [scrubbed(item, scrub, levels - 1) for item in value]
    if isinstance(value, dict):
        return {
            scrubbed(name, scrub): scrubbed(item, scrub, levels - 1) for name, item in value.items()
        }
    return value


def json_of(content: bytes):
    """A body's JSON. Bytes that are not UTF-8 become U+FFFD. ValueError if it is no JSON."""
    try:
        return json.loads(content.decode("utf-8-sig", "replace"))
    except RecursionError:
        raise ValueError("its JSON is nested too deeply") from None


def _error_fields(content: bytes, scrub) -> dict:
    """The error object of a response's body; a body of another shape becomes its message."""
    try:
        body = json_of(content)
    except ValueError:
        page = content[:5_000].decode("utf-8", errors="replace").strip()
        return {"message": scrub(page)[:500]}

    body = _unwrapped(body)
    if isinstance(body, dict):
        body = body.get("error") or body  # older vLLM sends the inner object alone
    if isinstance(body, dict):
        return body
    return {"message": body} if body else {}


def _seconds(retry_after: str | None) -> float | None:
    """A Retry-After header in seconds. Its other form, a date, is rare in APIs: None."""
    if retry_after and retry_after.replace(".", "", 1).isdecimal():
        seconds = float(retry_after)
        return seconds if math.isfinite(seconds) else None
    return None
