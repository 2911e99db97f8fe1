"""Every error as a response with OpenAI's error body."""

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from samplers.local.answer.json_text import json_response
from samplers.local.request.errors import ApiError, server_error
from samplers.local.store.database import StoreError


def error_response(error: ApiError) -> Response:
    """The response that carries an error."""
    return json_response(error.body, error.status, error.headers)


async def _api_error(request: Request, error: ApiError) -> Response:
    return error_response(error)


async def _http_error(request: Request, error: HTTPException) -> Response:
    """Starlette's own refusals: no such path, or not with this method."""
    path = request.scope["path"][:200]
    if error.status_code != 405:
        return error_response(ApiError(error.status_code, f"Invalid URL ({request.method} {path})"))
    message = (
        f"Not allowed to {request.method} on {path} "
        "(HINT: Perhaps you meant to use a different HTTP method?)"
    )
    headers = dict(error.headers or {})
    return error_response(ApiError(405, message, code="method_not_supported", headers=headers))


async def _client_gone(request: Request, error: ClientDisconnect) -> Response:
    return Response(status_code=499)  # which the client does not read


def store_error(error: StoreError) -> ApiError:
    """The 500 of a store that failed."""
    message = f"This endpoint's store failed: {error}."
    headers = {"x-should-retry": "false"}
    return ApiError(500, message, kind="server_error", code="store_failed", headers=headers)


async def _store_failed(request: Request, error: StoreError) -> Response:
    return error_response(store_error(error))


async def _unexpected(request: Request, error: Exception) -> Response:
    return error_response(server_error())


HANDLERS = {  # starlette's exception_handlers
    ApiError: _api_error,
    HTTPException: _http_error,
    ClientDisconnect: _client_gone,
    StoreError: _store_failed,
    Exception: _unexpected,
}
