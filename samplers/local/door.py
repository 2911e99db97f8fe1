"""What every request passes: it must be for this machine, with a key that is known.

Here it is decided whose it is. And the headers that every answer carries.
"""

import logging
import secrets
import time
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders

from samplers.local.address import is_for_us, origin_form
from samplers.local.answer.error_response import error_response
from samplers.local.key import OWNER, key_of
from samplers.local.keys.known import Keys
from samplers.local.pages import cors
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
WHERE_SHARED = (
    "Each learner has a key of their own: set SAMPLERS_API_KEY to yours before "
    "`client = connect()`, or ask whoever runs this endpoint for one. Sign a request of your own "
    "with `auth=client.auth`."
)
OTHER_HOST = "This endpoint answers to 127.0.0.1 and localhost only."
OTHER_HOST_SHARED = (
    "This endpoint answers to its own address, and to the names that --host gave it, but not to "
    "the host in this request's address."
)
OTHER_VERSION = "This endpoint speaks HTTP/1.1."
TWO_LENGTHS = "Invalid HTTP request: it has both Content-Length and Transfer-Encoding."
PAGE = "A web page cannot open a session here."
HEADS = ("http.response.start", "websocket.accept", "websocket.http.response.start")
HEALTH = "/health"  # what load balancers and load tests ask for, without a key
CLOSE = {"Connection": "close"}  # where the bytes that follow cannot be trusted

log = logging.getLogger("samplers.local")


class Door:
    """ASGI: `app` behind the check of Host and key, with OpenAI's headers on each answer.

    `names` are hosts that requests may name besides this machine's own, `origins` those whose web
    pages may send them. The scope of a request that is let in says whose it is, but for HEALTH.
    """

    def __init__(self, app, keys: Keys, names: Collection[str] = (), origins: Collection[str] = ()):
        self.app = app
        self._keys = keys
        self._names = names
        self._origins = origins

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
                if self._origins:
                    cors.add_headers(headers, request_headers, self._origins)
                if "expect" in request_headers and message.get("status", 101) >= 400:
                    # the client may not send the body that it announced
                    headers["connection"] = "close"
            elif not message.get("more_body"):
                complete = True
            await send(message)

        app = self.app
        try:
            self._check(scope, request_headers)
            if self._origins and cors.is_question(scope, request_headers):
                app = cors.answer(request_headers, self._origins)
            elif not _is_health(scope):
                scope[OWNER] = self._owner(request_headers)
        except ApiError as error:
            app = error_response(error)
        try:
            await app(scope, receive, send_with_headers)
        except Exception:
            if not complete:
                raise
            # starlette raises it again after our 500, and uvicorn would close the connection
            log.exception("request %s failed", request_id)

    def _check(self, scope, headers: Headers) -> None:
        """ApiError for a request that is not for us, whoever sends it."""
        if not scope["http_version"].startswith("1."):
            raise ApiError(505, OTHER_VERSION, headers=CLOSE)
        if "content-length" in headers and "transfer-encoding" in headers:
            # a proxy before us could read another length: RFC 9112, 6.3
            raise ApiError(400, TWO_LENGTHS, headers=CLOSE)
        if not is_for_us(scope, self._names):
            message = OTHER_HOST_SHARED if self._keys.shared else OTHER_HOST
            raise ApiError(403, message, param="host", code="invalid_host")
        # what websocket-client sends by default, also through a proxy; we serve no page
        own = (f"http://{headers.get('host')}", f"https://{headers.get('host')}")
        allowed = (*own, *self._origins)
        if scope["type"] == "websocket" and headers.get("origin", own[0]) not in allowed:
            # browsers always send it, and ask nobody before they open one
            raise ApiError(403, PAGE, param="origin", code="invalid_origin")

    def _owner(self, headers: Headers) -> str:
        """Whose the request is. ApiError (401) if its key is not known."""
        key = key_of(headers)
        owner = self._keys.owner(key)
        if owner is not None:
            return owner
        named = key or headers.get("authorization", "").partition(" ")[2].strip()
        where = WHERE_SHARED if self._keys.shared else WHERE
        message = f"{INCORRECT if named else NO_KEY} {where}"
        code = "invalid_api_key" if named else None
        raise ApiError(401, message, code=code, headers={"WWW-Authenticate": "Bearer"})


def _is_health(scope) -> bool:
    return scope["path"] == HEALTH and scope.get("method") in ("GET", "HEAD")
