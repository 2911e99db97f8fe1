"""Answers that begin and then go wrong."""

import json
from contextlib import suppress

from starlette.requests import ClientDisconnect

from samplers.local.answer.event_stream import unless_gone
from samplers.local.conditions.faults import TIMEOUT
from samplers.local.conditions.hang_up import hang_up, is_stream
from samplers.local.conditions.visit import Visit
from samplers.local.request.errors import server_error

FIRST_PLACE = 2  # so many events come before the fault at least: the role, and some text
LAST_PLACE = 5
STREAMS_ONLY = ("error_event", "error_data", "broken_event")


class InTheMiddle:
    """An ASGI `send` whose answer goes wrong in the middle, by the visit's fault.

    In a stream it does so after some events, or instead of its last one. Half of an answer that is
    no stream is sent; an error or a broken event cannot be in it, so then it comes whole. An error
    of its own comes whole, too.
    """

    def __init__(self, visit: Visit, scope, receive, send):
        self._visit = visit
        self._scope = scope
        self._receive = receive
        self._send = send
        self._spared = False
        self._stream = False
        self._over = False
        self._left = visit.held.places.randint(FIRST_PLACE, LAST_PLACE)

    async def __call__(self, message) -> None:
        if self._over:
            return  # the rest of the answer is lost
        if message["type"] == "http.response.start":
            self._begin(message)
        elif not self._spared:
            if self._left == 0 or not message.get("more_body"):
                await self._go_wrong(message)
                return
            self._left -= 1
        await self._send(message)

    def _begin(self, start) -> None:
        self._stream = is_stream(start)
        has_no_events = self._visit.fault in STREAMS_ONLY and not self._stream
        self._spared = has_no_events or start["status"] >= 400
        if not self._spared:
            self._visit.note(f"fault={self._visit.fault}")

    async def _go_wrong(self, message) -> None:
        fault = self._visit.fault
        if fault == "broken_event":
            self._spared = True
            await self._send(message | {"body": _half(message) + b"\n\n"})
            return

        self._over = True
        if fault in ("error_event", "error_data"):
            kind = "event: error\n" if fault == "error_event" else ""
            text = f"{kind}data: {json.dumps(server_error().body)}\n\n"
            await self._send(message | {"body": text.encode(), "more_body": False})
            return

        if not self._stream:
            await self._send(message | {"body": _half(message), "more_body": True})
        if fault == "stall":
            with suppress(ClientDisconnect):
                await unless_gone(self._receive, self._visit.clock.sleep(TIMEOUT))
        await hang_up(self._scope, self._receive)


def _half(message) -> bytes:
    """The first half of what an ASGI message sends."""
    body = message["body"].rstrip()
    return body[: len(body) // 2]
