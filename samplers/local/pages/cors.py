"""CORS for the pages of named origins: the question before a request, and every answer's headers.

Source: the Fetch standard, "CORS protocol", 2026. A browser asks with OPTIONS whether a page may
send a request, and sends no key with that. starlette's CORSMiddleware is not used: it would answer
before the Host is checked, refuses in plain text, and leaves out Vary where no origin is named.
"""

from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

from samplers.local.request.errors import ApiError

METHODS = "GET, POST, DELETE"
SECONDS = "600"  # for which a browser may keep the answer to its question
ASKED_METHOD = "access-control-request-method"
ASKED_HEADERS = "access-control-request-headers"
REFUSED = "Pages of this origin may not use this endpoint: --allow-origin did not name it."


def is_question(scope, headers: Headers) -> bool:
    """Whether a request is a browser's question if a page may send another one."""
    return scope.get("method") == "OPTIONS" and "origin" in headers and ASKED_METHOD in headers


def answer(headers: Headers, origins: Collection[str]) -> Response:
    """The answer to a browser's question. ApiError (403) for a page of another origin."""
    if headers["origin"] not in origins:
        raise ApiError(403, REFUSED, param="origin", code="invalid_origin")
    allowed = {"access-control-allow-methods": METHODS, "access-control-max-age": SECONDS}
    if ASKED_HEADERS in headers:
        allowed["access-control-allow-headers"] = headers[ASKED_HEADERS]
    return Response(status_code=204, headers=allowed)


def add_headers(answer: MutableHeaders, request: Headers, origins: Collection[str]) -> None:
    """Lets a page of one of `origins` read an answer; a cache keeps it apart from others."""
    answer.add_vary_header("Origin")
    origin = request.get("origin")
    if origin in origins:
        answer["access-control-allow-origin"] = origin
        answer["access-control-expose-headers"] = "*"
