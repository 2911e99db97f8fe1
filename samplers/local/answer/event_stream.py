"""Answers that take time: server-sent events, and what happens when the client goes away."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

from starlette.requests import ClientDisconnect
from starlette.responses import Response

from samplers.local.answer.json_text import dumps
from samplers.local.request.errors import ApiError, server_error

FORM = "samplers.events"  # where the ASGI scope of a stream has its form

log = logging.getLogger("samplers.local")


@dataclass(frozen=True)
class EventForm:
    """How an API's events stand on the wire.

    `named`: each has an `event:` line with its "type". `done` comes after the last one. `error` is
    the event for an error. `numbered`: each has its `sequence_number`; an iterator's events bring
    theirs along.
    """

    named: bool
    done: str
    error: Callable[[ApiError], dict]
    numbered: bool = False

    def text(self, event: dict) -> str:
        """An event as it stands on the wire."""
        name = f"event: {event['type']}\n" if self.named else ""
        return f"{name}data: {dumps(event)}\n\n"

    def error_event(self, error: ApiError, number: int) -> dict:
        """The event for an error, after so many other events."""
        event = self.error(error)
        return event | {"sequence_number": number} if self.numbered else event


OPENAI_EVENTS = EventForm(named=False, done="data: [DONE]\n\n", error=lambda error: error.body)


class EventStream(Response):
    """Server-sent events from an iterator of dicts. A client that goes away stops the iterator."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[dict], form: EventForm = OPENAI_EVENTS):
        super().__init__(headers={"cache-control": "no-cache"})
        del self.headers["content-length"]
        self.events = events
        self.form = form

    async def __call__(self, scope, receive, send) -> None:
        scope[FORM] = self.form
        start = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **start})
        await unless_gone(receive, self._send(send))

    async def _send(self, send) -> None:
        number = 0  # of events that have been sent

        async def emit(event: dict) -> None:
            nonlocal number
            body = self.form.text(event).encode()
            await send({"type": "http.response.body", "body": body, "more_body": True})
            number += 1

        try:
            async with aclosing(self.events) as events:
                async for event in events:
                    await emit(event)
        except ApiError as error:  # the status has been sent: it can only be an event
            await emit(self.form.error_event(error, number))
        except Exception:
            log.exception("a stream broke off")
            await emit(self.form.error_event(server_error(), number))
        end = {"body": self.form.done.encode(), "more_body": False}
        await send({"type": "http.response.body", **end})


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
