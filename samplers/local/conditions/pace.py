"""Answers that come as slowly as the latency's formula says."""

from contextlib import suppress

from starlette.requests import ClientDisconnect

from samplers.local.answer.event_stream import unless_gone
from samplers.local.conditions.hang_up import is_stream
from samplers.local.conditions.visit import Visit


class Paced:
    """An ASGI `send` whose events come no earlier than the formula says (`latency.py`)."""

    def __init__(self, visit: Visit, receive, send):
        self._visit = visit
        self._held = visit.held
        self._latency = visit.held.latency
        self._receive = receive
        self._send = send
        self._stream = False
        self._events = 0
        self._sent = visit.start  # when something was sent last

    async def __call__(self, message) -> None:
        if message["type"] == "http.response.start":
            self._stream = is_stream(message)
            await self._wait(self._to_the_start())
        elif self._stream and message.get("more_body"):
            if self._events:
                await self._wait(self._next())
            self._events += 1
        await self._send(message)
        self._sent = self._visit.clock.now()

    def _to_the_start(self) -> float:
        """Seconds to a stream's first event, or to a whole answer."""
        visit = self._visit
        first = self._latency.first(visit.prompt_tokens, visit.others, self._held.noise)
        if self._stream:
            return first
        return first + sum(self._next() for _ in range(visit.completion_tokens - 1))

    def _next(self) -> float:
        return self._latency.next(self._visit.others, self._held.noise)

    async def _wait(self, seconds: float) -> None:
        """Until so long after what was sent last, or until the client goes away."""
        left = self._sent + seconds - self._visit.clock.now()
        if left > 0:
            self._visit.note("latency")
            with suppress(ClientDisconnect):
                await unless_gone(self._receive, self._visit.clock.sleep(left))
