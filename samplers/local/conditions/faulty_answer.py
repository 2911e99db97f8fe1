"""What a fault does to an answer: something else comes, nothing, or half of it."""

from contextlib import suppress

from starlette.requests import ClientDisconnect
from starlette.responses import Response

from samplers.local.answer.error_response import error_response
from samplers.local.answer.event_stream import FORM, EventForm, is_event_stream, unless_gone
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

    In a stream it does so after some events, or instead of its last one. Half of an answer that is
    no stream is sent; an error or a broken event cannot be in it, so then it comes whole. An error
    of its own comes whole, too.
    """

    def __init__(self, exchange: Exchange, scope, receive, send):
        self._exchange = exchange
        self._scope = scope
        self._receive = receive
        self._send = send
        self._stays_whole = False
        self._stream = False
        self._over = False
        self._left = exchange.conditions.places.randint(FIRST_PLACE, LAST_PLACE)

    async def __call__(self, message) -> None:
        if self._over:
            return  # the rest of the answer is lost
        if message["type"] == "http.response.start":
            self._begin(message)
        elif not self._stays_whole:
            if self._left == 0 or not (self._stream and message.get("more_body")):
                await self._go_wrong(message)
                return
            self._left -= 1
        await self._send(message)

    def _begin(self, start) -> None:
        self._stream = is_event_stream(start)
        has_no_events = self._exchange.fault in STREAMS_ONLY and not self._stream
        self._stays_whole = has_no_events or start["status"] >= 400
        if not self._stays_whole:
            self._exchange.note(f"fault={self._exchange.fault}")

    async def _go_wrong(self, message) -> None:
        fault = self._exchange.fault
        if fault == "broken_event":
            self._stays_whole = True
            await self._send(message | {"body": _half(message) + b"\n\n"})
            return

        self._over = True
        if fault in ("error_event", "error_data"):
            form: EventForm = self._scope[FORM]
            kind = "event: error\n" if fault == "error_event" and not form.named else ""
            text = kind + form.text(form.error(server_error()))
            await self._send(message | {"body": text.encode(), "more_body": False})
            return

        if not self._stream:
            await self._send(message | {"body": _half(message), "more_body": True})
        if fault == "stall":
            await _nothing_comes(self._exchange, self._receive)
        await _hang_up(self._scope, self._receive)


def _half(message) -> bytes:
    """The first half of what an ASGI message sends."""
    body = message["body"].rstrip()
    return body[: len(body) // 2]


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
