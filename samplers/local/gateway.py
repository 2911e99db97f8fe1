"""The HTTP side: OpenAI's paths under /v1, on starlette. Every error leaves as OpenAI's error body."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import aclosing

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from samplers.local.answer import chat, json_text
from samplers.local.answer.tokenize import tokenize
from samplers.local.door import Door
from samplers.local.request import chat as chat_request
from samplers.local.request import job
from samplers.local.request.errors import ApiError, bad_request, server_error

BIGGEST_BODY = 4 << 20  # bytes
LONG_BODY = 32 << 10
log = logging.getLogger("samplers.local")


def application(model: job.Model, key: str) -> Door:
    """The ASGI application that serves `model` to whoever has `key`."""

    async def models(request: Request) -> Response:
        return json_text.answer({"object": "list", "data": [_about(model)]})

    async def one_model(request: Request) -> Response:
        name = request.path_params["model"]
        if name != model.id:
            raise ApiError(
                404,
                f"The model '{name[:200]}' does not exist",
                param="model",
                code="model_not_found",
            )
        return json_text.answer(_about(model))

    async def completions(request: Request) -> Response:
        parts = (await read_json(request), request.headers, len(model.engine.vocabulary))
        big = int(request.headers.get("content-length", BIGGEST_BODY)) > LONG_BODY
        # a big schema takes seconds to check: others must not wait for it
        asked = (
            await asyncio.to_thread(chat_request.parse, *parts)
            if big
            else chat_request.parse(*parts)
        )
        if asked.model != model.id:
            message = (
                f"The model `{asked.model[:200]}` does not exist or you do not have access to it."
            )
            raise ApiError(404, message, code="model_not_found")
        work = await job.prepare(model, asked)
        if asked.stream:
            return EventStream(chat.stream(work))
        return json_text.answer(await unless_gone(request.receive, chat.complete(work)))

    async def tokens(request: Request) -> Response:
        return JSONResponse(await tokenize(model, await read_json(request)))

    routes = [
        Route("/v1/models", models, methods=["GET"]),
        Route("/v1/models/{model:path}", one_model, methods=["GET"]),
        Route("/v1/chat/completions", completions, methods=["POST"]),
        Route("/v1/tokenize", tokens, methods=["POST"]),
    ]
    handlers = {
        ApiError: _api_error,
        HTTPException: _http_error,
        ClientDisconnect: _gone,
        Exception: _unexpected,
    }
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False  # a path with a slash too many is just not there
    return Door(app, key)


def _about(model: job.Model) -> dict:
    return {"id": model.id, "object": "model", "created": model.created, "owned_by": "samplers"}


async def read_json(request: Request):
    """The request's body as JSON. ApiError 413 if it is too big, 400 if it is not JSON (NaN and
    Infinity are not).
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BIGGEST_BODY:
            raise ApiError(
                413,
                f"The request body is larger than {BIGGEST_BODY} bytes.",
                code="request_too_large",
            )
    try:
        return json.loads(body.decode(), parse_constant=_not_json)
    except (ValueError, RecursionError):
        message = "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP "
        message += "library correctly. The API expects a JSON payload, but what was sent was not valid JSON.)"
        raise bad_request(message) from None


def _not_json(constant: str):
    raise ValueError(constant)


async def unless_gone(receive, work: Awaitable):
    """The result of `work`, unless the client goes first: then `work` is cancelled, which frees the
    engine.
    """
    task, gone = asyncio.ensure_future(work), asyncio.create_task(_disconnect(receive))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientDisconnect
        return task.result()
    finally:
        task.cancel()
        gone.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _disconnect(receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class EventStream(Response):
    """Server-sent events from an iterator of dicts, then `[DONE]`. A client that goes stops the
    iterator.
    """

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[dict]):
        super().__init__(headers={"cache-control": "no-cache"})
        del self.headers["content-length"]
        self.events = events

    async def __call__(self, scope, receive, send) -> None:
        await send(
            {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        )
        await unless_gone(receive, self._send(send))

    async def _send(self, send) -> None:
        async def emit(event, more: bool = True) -> None:
            await send(
                {"type": "http.response.body", "body": json_text.sse(event), "more_body": more}
            )

        try:
            async with aclosing(self.events) as events:
                async for event in events:
                    await emit(event)
        except Exception:
            log.exception("a stream broke off")
            # the status has been sent: the error can only be an event
            await emit(server_error().body)
        await emit("[DONE]", more=False)


async def _api_error(request: Request, error: ApiError) -> Response:
    return json_text.answer(error.body, error.status, error.headers)


async def _http_error(request: Request, error: HTTPException) -> Response:
    """Starlette's own refusals: no such path, or not with this method."""
    where = f"{request.method} {request.url.path[:200]}"
    if error.status_code == 405:
        message = f"Not allowed to {request.method} on {request.url.path[:200]} "
        message += "(HINT: Perhaps you meant to use a different HTTP method?)"
        found = ApiError(
            405, message, code="method_not_supported", headers=dict(error.headers or {})
        )
    else:
        found = ApiError(error.status_code, f"Invalid URL ({where})")
    return await _api_error(request, found)


async def _gone(request: Request, error: ClientDisconnect) -> Response:
    return Response(status_code=499)  # nobody reads it


async def _unexpected(request: Request, error: Exception) -> Response:
    return await _api_error(request, server_error())
