"""What every request passes: it must come from this machine, with the key.

And the headers that every answer carries.
"""

import logging
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders

from samplers.local.address import is_for_us, origin_form
from samplers.local.answer.error_response import error_response
from samplers.local.request.errors import ApiError

INCORRECT = "Incorrect API key provided."
NO_KEY = (
    "You didn't provide an API key. You need to provide your API key in an Authorization header "
    "using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
)
WHERE = (
    "After `client = connect()` sign a request of your own with `auth=client.auth`; "
    "an endpoint that was started by hand printed its key when it was ready."
)
OTHER_HOST = "This endpoint answers to 127.0.0.1 and localhost only."
OTHER_VERSION = "This endpoint speaks HTTP/1.1."
TWO_LENGTHS = "Invalid HTTP request: it has both Content-Length and Transfer-Encoding."
PAGE = "A web page cannot open a session here."
HEADS = ("http.response.start", "websocket.accept", "websocket.http.response.start")
HEALTH = "/health"  # what load balancers and load tests ask for, without a key
CLOSE = {"Connection": "close"}  # where the bytes that follow cannot be trusted

log = logging.getLogger("samplers.local")


class Door:
    """ASGI: `app` behind the check of Host and token, with OpenAI's headers on each answer."""

    def __init__(self, app, key: str):
        self.app = app
        self._key = key.encode()

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "lifespan":  # it needs nothing
            return
        start = time.perf_counter()
        request_id = f"req_{secrets.token_hex(16)}"
        scope = origin_form(scope)
        request_headers = Headers(scope=scope)
        complete = False

        async def send_with_headers(message) -> None:
            nonlocal complete
            if message["type"] in HEADS:
                milliseconds = 1000 * (time.perf_counter() - start)
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                headers["openai-version"] = "2020-10-01"
                headers["openai-processing-ms"] = str(round(milliseconds))
                if "expect" in request_headers and message.get("status", 101) >= 400:
                    # the client may not send the body that it announced
                    headers["connection"] = "close"
            elif not message.get("more_body"):
                complete = True
            await send(message)

        error = self._refusal(scope, request_headers)
        app = self.app if error is None else error_response(error)
        try:
            await app(scope, receive, send_with_headers)
        except Exception:
            if not complete:
                raise
            # starlette raises it again after our 500, and uvicorn would close the connection
            log.exception("request %s failed", request_id)

    def _refusal(self, scope, headers: Headers) -> ApiError | None:
        if not scope["http_version"].startswith("1."):
            return ApiError(505, OTHER_VERSION, headers=CLOSE)
        if "content-length" in headers and "transfer-encoding" in headers:
            # a proxy before us could read another length: RFC 9112, 6.3
            return ApiError(400, TWO_LENGTHS, headers=CLOSE)
        if not is_for_us(scope):
            return ApiError(403, OTHER_HOST, param="host", code="invalid_host")
        own = f"http://{headers.get('host')}"  # websocket-client's default; we serve no page
        if scope["type"] == "websocket" and headers.get("origin", own) != own:
            # browsers always send it, and ask nobody before they open one
            return ApiError(403, PAGE, param="origin", code="invalid_origin")
        if scope["path"] == HEALTH and scope.get("method") in ("GET", "HEAD"):
            return None
        return self._wrong_key(headers)

    def _wrong_key(self, headers: Headers) -> ApiError | None:
        scheme, _, key = headers.get("authorization", "").partition(" ")
        key = key.strip()
        if scheme.lower() == "bearer" and secrets.compare_digest(key.encode(), self._key):
            return None
        message = f"{INCORRECT if key else NO_KEY} {WHERE}"
        code = "invalid_api_key" if key else None
        return ApiError(401, message, code=code, headers={"WWW-Authenticate": "Bearer"})
