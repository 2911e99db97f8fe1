"""OpenAI's path /v1/realtime, a WebSocket.

Simulated limits, faults and latency do not apply to it.
"""

import asyncio
from contextlib import suppress

from starlette.datastructures import QueryParams
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from samplers.local.answer.error_response import error_response
from samplers.local.answer.json_text import dumps
from samplers.local.audio.recogniser import Recogniser
from samplers.local.engine.model import ServedModel
from samplers.local.realtime.client_session import ClientSession
from samplers.local.realtime.events import error_event
from samplers.local.request.errors import ApiError, bad_request, overloaded, unsupported
from samplers.local.request.job import chosen

MOST_SOCKETS = 40  # a class of thirty, and some
IDLE_SECONDS = 900  # without an event of the client
PROTOCOL = "realtime"


def realtime_route(models: tuple[ServedModel, ...], recogniser: Recogniser) -> WebSocketRoute:
    """The route of conversations with `models`, which hear by `recogniser`."""
    open_sockets = set()

    async def realtime(socket: WebSocket) -> None:
        try:
            model = _model(models, socket.query_params)
            if len(open_sockets) >= MOST_SOCKETS:
                message = f"{MOST_SOCKETS} sessions are open. Please try again later."
                raise overloaded(message)
        except ApiError as error:
            await socket.send_denial_response(error_response(error))
            return

        open_sockets.add(socket)
        try:
            offered = PROTOCOL in socket.scope["subprotocols"]
            await socket.accept(PROTOCOL if offered else None)
            await _serve(socket, model, recogniser)
        finally:
            open_sockets.discard(socket)

    return WebSocketRoute("/v1/realtime", realtime)


def _model(models: tuple[ServedModel, ...], query: QueryParams) -> ServedModel:
    for name in ("call_id", "intent"):
        if name in query:
            raise unsupported(name)
    if "model" not in query:
        raise bad_request("you must provide a model parameter", "model")
    return chosen(models, query["model"])


async def _serve(socket: WebSocket, model: ServedModel, recogniser: Recogniser) -> None:
    async def send(event: dict) -> None:
        # after that the client is gone, and `receive` says so
        if socket.application_state is WebSocketState.CONNECTED:
            with suppress(WebSocketDisconnect):
                await socket.send_text(dumps(event))

    session = ClientSession(model, recogniser, send)
    try:
        await session.begin()
        while True:
            async with asyncio.timeout(IDLE_SECONDS):
                message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            await session.handle(message.get("text"))
    except TimeoutError:
        message = f"Your session was idle for {IDLE_SECONDS // 60} minutes."
        await send(error_event(bad_request(message, code="session_expired"), None))
        await socket.close(1001)
    finally:
        await session.end()
