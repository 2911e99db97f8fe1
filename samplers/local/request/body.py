"""The body of a request, read as JSON."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import Request

from samplers.local.request.errors import ApiError, bad_request, overloaded

BIGGEST_BODY = 4 << 20  # bytes
LONG_BODY = 32 << 10  # bytes
MOST_LONG_BODIES = 32  # that are arriving or waiting at the same time
MOST_PARSED = 2  # long bodies that are Python's objects, which take up to 50 times as much memory
MOST_OF_A_PLACE = 200  # characters of a place's name that an error repeats
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")  # an escaped one, half or whole
NOT_JSON = (
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't using "
    "your HTTP library correctly. The API expects a JSON payload, but what was sent was not valid "
    "JSON.)"
)
ENCODED = (
    "Unsupported Content-Encoding. This endpoint takes a request's body as it is: send it without "
    "compression."
)


class Bodies:
    """Reads the bodies of requests, and bounds what all of them take of the memory."""

    def __init__(self) -> None:
        self._long = 0
        self._parsing = asyncio.Semaphore(MOST_PARSED)

    @asynccontextmanager
    async def json(self, request: Request) -> AsyncIterator:
        """The request's body as JSON; what is made of it should be made inside the context.

        ApiError as `read_json` has it, or 503 if too many long bodies are arriving.
        """
        if not is_long(request):
            yield await read_json(request)
            return
        if self._long >= MOST_LONG_BODIES:
            message = f"{MOST_LONG_BODIES} large requests are arriving. Please try again later."
            raise overloaded(message)

        self._long += 1
        try:
            content = await _content(request)
            async with self._parsing:
                yield await _json(content)
        finally:
            self._long -= 1


def is_long(request: Request) -> bool:
    """Whether the body is longer than LONG_BODY, or may be: its length is not announced."""
    return int(request.headers.get("content-length", BIGGEST_BODY)) > LONG_BODY


async def read_json(request: Request):
    """The request's body as JSON.

    ApiError 415 if it is compressed, 413 if it is too big, 400 if it is not JSON (NaN and Infinity
    are not) or has a text that UTF-8 cannot hold.
    """
    return await _json(await _content(request))


async def _content(request: Request) -> bytearray:
    refuse_encoding(request)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BIGGEST_BODY:
            message = f"The request body is larger than {BIGGEST_BODY} bytes."
            raise ApiError(413, message, code="request_too_large")
    return body


def refuse_encoding(request: Request) -> None:
    """ApiError (415) if the body is compressed."""
    encoding = request.headers.get("content-encoding", "").strip().lower()
    if encoding not in ("", "identity"):
        raise ApiError(415, ENCODED, headers={"Accept-Encoding": "identity"})


async def _json(content: bytearray):
    try:
        text = content.decode()
        value = loads(text)
        if _SURROGATE.search(text) is not None:
            await check_unicode(value)
    except (ValueError, RecursionError):
        raise bad_request(NOT_JSON) from None
    return value


def loads(text: str):
    """The JSON of a text. ValueError or RecursionError if it is none; NaN and Infinity are not."""
    return json.loads(text, parse_constant=_refuse_constant)


async def check_unicode(value) -> None:
    """ApiError (400) if a JSON value has a text that UTF-8 cannot hold."""
    try:
        if is_unicode(json.dumps(value, ensure_ascii=False)):
            return
    except RecursionError:
        raise bad_request(NOT_JSON) from None
    # in a thread: it can take a second
    place = await asyncio.to_thread(_half_a_pair, value)
    what = f"'{place}'" if place else "request body"
    message = f"Invalid {what}: the text is not valid Unicode."
    raise bad_request(message, place or None, "invalid_value")


def is_unicode(text: str) -> bool:
    """Whether UTF-8 can hold a text: JSON can escape half a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _half_a_pair(body) -> str:
    """The place of the first text, or name of a field, with half a surrogate pair; there is one."""
    waiting = [((), body)]  # each with its way: the outer value's way, and a name or an index
    while waiting:
        way, value = waiting.pop()
        texts = [part for part in (*way[1:], value) if isinstance(part, str)]
        if not all(map(is_unicode, texts)):
            break
        if isinstance(value, dict):
            waiting += reversed([((way, name), inner) for name, inner in value.items()])
        elif isinstance(value, list):
            waiting += reversed([((way, i), inner) for i, inner in enumerate(value)])

    return _place(way)


def _place(way: tuple) -> str:
    """A way as errors write it, such as "messages[0].role", and not too long."""
    steps = []
    while way:
        way, step = way
        steps.append(f"[{step}]" if isinstance(step, int) else f".{step[:MOST_OF_A_PLACE]}")
    place = "".join(reversed(steps)).removeprefix(".")
    return place.encode(errors="replace").decode()[:MOST_OF_A_PLACE]


def _refuse_constant(constant: str):
    raise ValueError(constant)
