"""What a fault does to an answer: something else comes, nothing, or half of it."""

from contextlib import suppress

from starlette.requests import ClientDisconnect
from starlette.responses import Response

from samplers.local.answer.error_response import error_response
from samplers.local.answer.event_stream import FORM, EventForm, is_event_stream, unless_gone
from samplers.local.answer.json_text import dumps
from samplers.local.conditions import faults
from samplers.local.conditions.exchange import Exchange
from samplers.local.request.errors import server_error

FIRST_PLACE = 2  # so many events come before the fault at least: the role, and some text
LAST_PLACE = 5
STREAMS_ONLY = ("error_event", "error_data", "broken_event")
GARBAGE = b'{"id": "chatcmpl-\xff\x00<html><body>\xfe'


async def fault_instead(exchange: Exchange, scope, receive, send) -> None:
    """The exchange's fault in the place of an answer."""
    exchange.note(f"fault={exchange.fault}")
    if exchange.fault in faults.ERRORS:
        response = error_response(faults.error(exchange.fault, exchange.clock))
        await response(scope, receive, send)
    elif exchange.fault == "garbage":
        await Response(GARBAGE, media_type="application/json")(scope, receive, send)
    else:
        await _read_request(receive)
        if exchange.fault == "timeout":
            await _nothing_comes(exchange, receive)
        await _hang_up(scope, receive)


class FaultyAnswer:
    """An ASGI `send` whose answer goes wrong in the middle, by the exchange's fault.

    In a stream one event is broken, or it is the place where the stream breaks off: one after some
    events, at the latest the last one. To know that one, each event waits for the next message.
    Half of an answer that is no stream is sent; an error or a broken event cannot be in it, so then
    it comes whole. An error of its own comes whole, too.
    """

    def __init__(self, exchange: Exchange, scope, receive, send):
        self._exchange = exchange
        self._scope = scope
        self._receive = receive
        self._send = send
        self._stays_whole = False
        self._stream = False
        self._over = False
        self._place = exchange.conditions.places.randint(FIRST_PLACE, LAST_PLACE)
        self._sent = 0  # events
        self._waiting: dict | None = None  # the message with the event after those

    async def __call__(self, message) -> None:
        if self._over:
            return  # the rest of the answer is lost
        if message["type"] == "http.response.start":
            self._begin(message)
            await self._send(message)
        elif self._stays_whole:
            await self._send(message)
        elif self._stream:
            await self._event(message)
        else:
            await self._send(message | {"body": _half(message["body"]), "more_body": True})
            await self._break_off()

    def _begin(self, start) -> None:
        self._stream = is_event_stream(start)
        has_no_events = self._exchange.fault in STREAMS_ONLY and not self._stream
        self._stays_whole = has_no_events or start["status"] >= 400
        if not self._stays_whole:
            self._exchange.note(f"fault={self._exchange.fault}")

    async def _event(self, message) -> None:
        """Takes a stream's message: with an event, or with what comes after the last one."""
        event = self._waiting
        self._waiting = message
        if event is None:
            return
        if self._sent < self._place and message.get("more_body"):
            self._sent += 1
            await self._send(event)
        elif self._exchange.fault == "broken_event":
            self._stays_whole = True
            await self._send(event | {"body": _broken(event["body"])})
            await self._send(message)
        elif self._exchange.fault in ("error_event", "error_data"):
            self._over = True
            await self._send(event | {"body": self._error().encode(), "more_body": False})
        else:
            await self._break_off()

    def _error(self) -> str:
        """The event that ends the stream, as it stands on the wire."""
        form: EventForm = self._scope[FORM]
        data = f"data: {dumps(form.error_event(server_error(), self._sent))}\n\n"
        return data if self._exchange.fault == "error_data" else f"event: error\n{data}"

    async def _break_off(self) -> None:
        self._over = True
        if self._exchange.fault == "stall":
            await _nothing_comes(self._exchange, self._receive)
        await _hang_up(self._scope, self._receive)


def _half(data: bytes) -> bytes:
    """The first half of some bytes, without the blank lines at their end."""
    data = data.rstrip()
    return data[: len(data) // 2]


def _broken(event: bytes) -> bytes:
    """An event with the first half of its JSON."""
    lines, data, text = event.partition(b"data: ")
    return lines + data + _half(text) + b"\n\n"


async def _read_request(receive) -> None:
    """Reads a request to its end: a client that is still sending could see another error."""
    while (await receive()).get("more_body"):
        pass


async def _nothing_comes(exchange: Exchange, receive) -> None:
    with suppress(ClientDisconnect):
        await unless_gone(receive, exchange.clock.sleep(faults.TIMEOUT))


async def _hang_up(scope, receive) -> None:
    """Closes the connection, after what has been sent, and waits until it is closed."""
    scope["state"]["hang_up"]()
    while (await receive())["type"] != "http.disconnect":
        pass
