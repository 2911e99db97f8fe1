"""What every request passes: only from this machine, only with the key; and the headers that every
answer carries.
"""

import secrets
import time

from starlette.datastructures import Headers, MutableHeaders

from samplers.local.answer.json_text import answer
from samplers.local.request.errors import ApiError

INCORRECT = "Incorrect API key provided."
NO_KEY = (
    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth "
    "(i.e. Authorization: Bearer YOUR_KEY)."
)
WHERE = (
    "After `client = connect()` sign a request of your own with `auth=client.auth`; "
    "an endpoint that was started by hand printed its key when it was ready."
)
HOSTS = ("127.0.0.1", "localhost", "[::1]")


class Door:
    """ASGI: `app` behind the check of Host and bearer token, with OpenAI's headers on each answer."""

    def __init__(self, app, key: str):
        self.app = app
        self._key = key.encode()

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http":  # a lifespan: nothing to do; a websocket: not spoken here
            return
        begin, request_id = time.perf_counter(), f"req_{secrets.token_hex(16)}"

        async def send_with_headers(message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                headers["openai-version"] = "2020-10-01"
                headers["openai-processing-ms"] = str(round(1000 * (time.perf_counter() - begin)))
            await send(message)

        refusal = self._refusal(Headers(scope=scope))
        app = self.app if refusal is None else answer(refusal.body, refusal.status, refusal.headers)
        await app(scope, receive, send_with_headers)

    def _refusal(self, headers: Headers) -> ApiError | None:
        # A web page that had its own name resolved to 127.0.0.1 says that name here.
        if headers.get("host", "").rsplit(":", 1)[0] not in HOSTS:
            return ApiError(
                403,
                "This endpoint answers to 127.0.0.1 and localhost only.",
                param="host",
                code="invalid_host",
            )
        scheme, _, key = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and secrets.compare_digest(key.strip().encode(), self._key):
            return None
        message, code = (INCORRECT, "invalid_api_key") if key.strip() else (NO_KEY, None)
        return ApiError(
            401, f"{message} {WHERE}", code=code, headers={"WWW-Authenticate": "Bearer"}
        )
