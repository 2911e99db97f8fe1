"""Answers that take time: server-sent events, and what happens when the client goes away."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import aclosing

from starlette.requests import ClientDisconnect
from starlette.responses import Response

from samplers.local.answer.json_text import dumps
from samplers.local.request.errors import ApiError, server_error

log = logging.getLogger("samplers.local")


class EventStream(Response):
    """Server-sent events from an iterator of dicts, then `[DONE]`.

    A client that goes away stops the iterator.
    """

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[dict]):
        super().__init__(headers={"cache-control": "no-cache"})
        del self.headers["content-length"]
        self.events = events

    async def __call__(self, scope, receive, send) -> None:
        start = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **start})
        await unless_gone(receive, self._send(send))

    async def _send(self, send) -> None:
        async def emit(text: str, more: bool = True) -> None:
            body = f"data: {text}\n\n".encode()
            await send({"type": "http.response.body", "body": body, "more_body": more})

        try:
            async with aclosing(self.events) as events:
                async for event in events:
                    await emit(dumps(event))
        except ApiError as error:  # the status has been sent: it can only be an event
            await emit(dumps(error.body))
        except Exception:
            log.exception("a stream broke off")
            await emit(dumps(server_error().body))
        await emit("[DONE]", more=False)


def is_event_stream(start) -> bool:
    """Whether an ASGI message starts an answer of server-sent events."""
    content_type = dict(start["headers"]).get(b"content-type", b"")
    return content_type.startswith(EventStream.media_type.encode())


async def unless_gone(receive, work: Awaitable):
    """The result of `work`. ClientDisconnect if the client goes away first.

    Then `work` is cancelled, which frees the engine.
    """
    task = asyncio.ensure_future(work)
    gone = asyncio.create_task(_disconnect(receive))
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
