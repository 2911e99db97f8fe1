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
from samplers.local.key import key_of, owner_of
from samplers.local.keys.known import Keys
from samplers.local.keys.limits import take_answers
from samplers.local.realtime.client_session import ClientSession
from samplers.local.realtime.events import error_event
from samplers.local.request.errors import ApiError, bad_request, overloaded, unsupported
from samplers.local.request.job import chosen

MOST_SOCKETS = 40  # a class of thirty, and some
IDLE_SECONDS = 900  # without an event of the client
PROTOCOL = "realtime"
REMOVED = "The key of this session was removed. Ask whoever runs this endpoint for another."


def realtime_route(
    models: tuple[ServedModel, ...], recogniser: Recogniser, keys: Keys
) -> WebSocketRoute:
    """The route of conversations with `models`, which hear by `recogniser`.

    Each is one of its key's answers in progress while it is open, and ends if its key is removed
    from `keys`.
    """
    open_sockets = set()

    async def realtime(socket: WebSocket) -> None:
        try:
            model = _model(models, socket.query_params)
            if len(open_sockets) >= MOST_SOCKETS:
                message = f"{MOST_SOCKETS} sessions are open. Please try again later."
                raise overloaded(message)
            await take_answers(socket.scope, wait=False)
        except ApiError as error:
            await socket.send_denial_response(error_response(error))
            return

        open_sockets.add(socket)
        try:
            offered = PROTOCOL in socket.scope["subprotocols"]
            await socket.accept(PROTOCOL if offered else None)
            await _serve(socket, model, recogniser, keys)
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


async def _serve(socket: WebSocket, model: ServedModel, recogniser: Recogniser, keys: Keys) -> None:
    async def send(event: dict) -> None:
        # after that the client is gone, and `receive` says so
        if socket.application_state is WebSocketState.CONNECTED:
            with suppress(WebSocketDisconnect):
                await socket.send_text(dumps(event))

    session = ClientSession(model, recogniser, send, owner_of(socket.scope))
    try:
        await session.begin()
        while True:
            async with asyncio.timeout(IDLE_SECONDS):
                message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            if keys.owner(key_of(socket.headers)) is None:
                await send(error_event(bad_request(REMOVED, code="invalid_api_key"), None))
                await socket.close(1008)
                return
            await session.handle(message.get("text"))
    except TimeoutError:
        message = f"Your session was idle for {IDLE_SECONDS // 60} minutes."
        await send(error_event(bad_request(message, code="session_expired"), None))
        await socket.close(1001)
    finally:
        await session.end()
