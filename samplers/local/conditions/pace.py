"""Answers that come as slowly as the latency's formula says."""

from contextlib import suppress

from starlette.requests import ClientDisconnect

from samplers.local.answer.event_stream import is_event_stream, unless_gone
from samplers.local.conditions.exchange import Exchange


class Paced:
    """An ASGI `send` whose events come no earlier than the formula says (`latency.py`).

    An error comes at once.
    """

    def __init__(self, exchange: Exchange, receive, send):
        self._exchange = exchange
        self._conditions = exchange.conditions
        self._latency = exchange.conditions.latency
        self._receive = receive
        self._send = send
        self._stream = False
        self._events = 0
        self._sent = exchange.start  # when something was sent last

    async def __call__(self, message) -> None:
        if message["type"] == "http.response.start":
            self._stream = is_event_stream(message)
            if message["status"] < 400:
                await self._wait(self._to_the_start())
            if self._stream and self._latency.between:
                self._exchange.note("latency")  # its header cannot say it later
        elif self._stream and message.get("more_body"):
            if self._events:
                await self._wait(self._next())
            self._events += 1
        await self._send(message)
        self._sent = self._exchange.clock.now()

    def _to_the_start(self) -> float:
        """Seconds to a stream's first event, or to a whole answer."""
        exchange = self._exchange
        first = self._latency.first(exchange.prompt_tokens, exchange.others, self._conditions.noise)
        if self._stream:
            return first
        return first + sum(self._next() for _ in range(exchange.completion_tokens - 1))

    def _next(self) -> float:
        return self._latency.next(self._exchange.others, self._conditions.noise)

    async def _wait(self, seconds: float) -> None:
        """Until so long after what was sent last, or until the client goes away."""
        left = self._sent + seconds - self._exchange.clock.now()
        if left > 0:
            self._exchange.note("latency")
            with suppress(ClientDisconnect):
                await unless_gone(self._receive, self._exchange.clock.sleep(left))
