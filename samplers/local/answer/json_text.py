"""JSON as it leaves the endpoint, and ready JSON text inside it."""

import json
import re
import secrets

from starlette.responses import Response

# In the place of a Raw until the end; no text of a model or a user can be equal to it.
_MARK = secrets.token_hex(8)
_MARKS = re.compile(f'"{_MARK} ([0-9]+)"')


class Raw:
    """JSON text, to be put into a body as it is."""

    def __init__(self, text: str):
        self.text = text


def dumps(body, indent: int | None = None) -> str:
    """JSON, with Raw values as they are. Without `indent` it is as short as it can be."""
    raws: list[str] = []

    def keep(value: Raw) -> str:
        raws.append(value.text)
        return f"{_MARK} {len(raws) - 1}"

    separators = (",", ": " if indent else ":")
    text = json.dumps(
        body,
        ensure_ascii=False,
        allow_nan=False,
        indent=indent,
        separators=separators,
        default=keep,
    )
    return _MARKS.sub(lambda mark: raws[int(mark[1])], text) if raws else text


def json_response(body: dict, status: int = 200, headers: dict | None = None) -> Response:
    """A whole answer: JSON over several lines, as OpenAI writes it for people to read."""
    return Response(dumps(body, 2) + "\n", status, headers, "application/json")
