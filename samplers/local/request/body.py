"""The body of a request, read as JSON."""

import json

from starlette.requests import Request

from samplers.local.request.errors import ApiError, bad_request

BIGGEST_BODY = 4 << 20  # bytes
NOT_JSON = (
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't using "
    "your HTTP library correctly. The API expects a JSON payload, but what was sent was not valid "
    "JSON.)"
)
ENCODED = (
    "Unsupported Content-Encoding. This endpoint takes a request's body as it is: send it without "
    "compression."
)


async def read_json(request: Request):
    """The request's body as JSON.

    ApiError 415 if it is compressed, 413 if it is too big, 400 if it is not JSON (NaN and Infinity
    are not).
    """
    encoding = request.headers.get("content-encoding", "").strip().lower()
    if encoding not in ("", "identity"):
        raise ApiError(415, ENCODED, headers={"Accept-Encoding": "identity"})

    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BIGGEST_BODY:
            message = f"The request body is larger than {BIGGEST_BODY} bytes."
            raise ApiError(413, message, code="request_too_large")
    try:
        return json.loads(body.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise bad_request(NOT_JSON) from None


def _refuse_constant(constant: str):
    raise ValueError(constant)
