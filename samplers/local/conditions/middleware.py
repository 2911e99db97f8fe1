"""What every request passes after the door: its key's limits, its fault, its latency."""

from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from samplers.local.answer.error_response import error_response
from samplers.local.answer.event_stream import unless_gone
from samplers.local.conditions import faults
from samplers.local.conditions.fault_rates import checked_name
from samplers.local.conditions.hang_up import hang_up, read_request
from samplers.local.conditions.held import Conditions
from samplers.local.conditions.middle import InTheMiddle
from samplers.local.conditions.pace import Paced
from samplers.local.conditions.visit import SCOPE, Visit
from samplers.local.request.errors import ApiError, bad_request

FAULT = "x-samplers-fault"  # names the fault of one request; "none" spares it
# Paths that conditions leave alone: there a client finds out whom it asks, and what holds.
SPARED = ("/v1/models", "/v1/tokenize", "/v1/samplers/")
GARBAGE = b'{"id": "chatcmpl-\xff\x00<html><body>\xfe'


class Conditioned:
    """ASGI: `app` under the conditions that hold for the request's key."""

    def __init__(self, app, conditions: Conditions):
        self.app = app
        self._conditions = conditions

    async def __call__(self, scope, receive, send) -> None:
        path = scope["path"]
        if not path.startswith("/v1/"):
            await self.app(scope, receive, send)
            return

        headers = Headers(scope=scope)
        visit = Visit(self._conditions.of(headers))
        send = _with_headers(visit, send)
        if path.startswith(SPARED):
            await self.app(scope, receive, send)
            return

        held = visit.held
        held.counts["requests"] += 1
        held.running += 1
        try:
            await self._answer(visit, headers.get(FAULT), scope, receive, send)
        finally:
            held.running -= 1

    async def _answer(self, visit: Visit, named: str | None, scope, receive, send) -> None:
        """`named` is the fault that the request itself names."""
        try:
            if named not in (None, "none"):
                _check(named)
            visit.enter()
        except ApiError as error:
            await error_response(error)(scope, receive, send)
            return

        fault = visit.held.next_fault() if named is None else named
        visit.fault = None if fault == "none" else fault
        if visit.held.latency is not None:
            send = Paced(visit, receive, send)
        if visit.fault in faults.IN_THE_MIDDLE:
            send = InTheMiddle(visit, scope, receive, send)
        elif visit.fault is not None:
            await _instead(visit, scope, receive, send)
            return
        scope[SCOPE] = visit
        await self.app(scope, receive, send)


def _check(named: str) -> None:
    try:
        checked_name(named)
    except ValueError as error:
        message = str(error).replace("fault must be one of", "expected one of none,", 1)
        raise bad_request(f"Invalid '{FAULT}': {message}.", FAULT, "invalid_value") from None


def _with_headers(visit: Visit, send):
    async def send_with_headers(message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in visit.headers().items():
                headers[name] = value
        await send(message)

    return send_with_headers


async def _instead(visit: Visit, scope, receive, send) -> None:
    """The visit's fault in the place of an answer."""
    visit.note(f"fault={visit.fault}")
    if visit.fault in faults.ERRORS:
        response = error_response(faults.error(visit.fault, visit.clock))
        await response(scope, receive, send)
    elif visit.fault == "garbage":
        await Response(GARBAGE, media_type="application/json")(scope, receive, send)
    else:
        await read_request(receive)
        if visit.fault == "timeout":
            with suppress(ClientDisconnect):
                await unless_gone(receive, visit.clock.sleep(faults.TIMEOUT))
        await hang_up(scope, receive)
