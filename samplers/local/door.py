"""What every request passes: it must come from this machine, with the key.

And the headers that every answer carries.
"""

import secrets
import time

from starlette.datastructures import Headers, MutableHeaders

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
HOSTS = ("127.0.0.1", "localhost", "[::1]")


class Door:
    """ASGI: `app` behind the check of Host and token, with OpenAI's headers on each answer."""

    def __init__(self, app, key: str):
        self.app = app
        self._key = key.encode()

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http":  # a lifespan needs nothing, and websockets are not served
            return
        start = time.perf_counter()
        request_id = f"req_{secrets.token_hex(16)}"

        async def send_with_headers(message) -> None:
            if message["type"] == "http.response.start":
                milliseconds = 1000 * (time.perf_counter() - start)
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                headers["openai-version"] = "2020-10-01"
                headers["openai-processing-ms"] = str(round(milliseconds))
            await send(message)

        error = self._refusal(Headers(scope=scope))
        app = self.app if error is None else error_response(error)
        await app(scope, receive, send_with_headers)

    def _refusal(self, headers: Headers) -> ApiError | None:
        # A web page whose owner lets its name resolve to 127.0.0.1 still sends that name here.
        host = headers.get("host", "").rsplit(":", 1)[0]
        if host not in HOSTS:
            return ApiError(403, OTHER_HOST, param="host", code="invalid_host")

        scheme, _, key = headers.get("authorization", "").partition(" ")
        key = key.strip()
        if scheme.lower() == "bearer" and secrets.compare_digest(key.encode(), self._key):
            return None
        message = f"{INCORRECT if key else NO_KEY} {WHERE}"
        code = "invalid_api_key" if key else None
        return ApiError(401, message, code=code, headers={"WWW-Authenticate": "Bearer"})
