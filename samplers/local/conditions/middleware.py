"""What every request passes after the door: its key's limits, its fault, its latency."""

from starlette.datastructures import Headers, MutableHeaders

from samplers.local.answer.error_response import error_response
from samplers.local.conditions import faults
from samplers.local.conditions.exchange import SCOPE, Exchange
from samplers.local.conditions.faulty_answer import FaultyAnswer, fault_instead
from samplers.local.conditions.key_conditions import Conditions
from samplers.local.conditions.pace import Paced
from samplers.local.key import owner_of
from samplers.local.request.errors import ApiError, wrong_value

FAULT = "x-samplers-fault"  # names the fault of one request
NONE = "none"  # leaves a request without a fault
# Paths that conditions leave alone, but for a request's own fault: there a client finds out whom it
# asks, and what holds.
EXEMPT = ("/v1/tokenize", "/v1/samplers/")
# Where models are read. Google's methods are POSTs there.
MODELS = ("/v1/models", "/v1beta/models", "/deepseek/models", "/deepseek/v1/models")
# What the paths that conditions hold for begin with: OpenAI's, and those of other providers.
PATHS = ("/v1/", "/v1beta/", "/deepseek/", "/api/paas/")


class Conditioned:
    """ASGI: `app` under the conditions that hold for the request's key."""

    def __init__(self, app, conditions: Conditions):
        self.app = app
        self._conditions = conditions

    async def __call__(self, scope, receive, send) -> None:
        path = scope["path"]
        if scope["type"] == "websocket" or not path.startswith(PATHS):
            await self.app(scope, receive, send)
            return

        headers = Headers(scope=scope)
        exchange = Exchange(self._conditions.of(owner_of(scope)))
        send = _with_headers(exchange, send)
        named = headers.get(FAULT)
        if _is_exempt(scope) and named in (None, NONE):
            await self.app(scope, receive, send)
            return

        own = exchange.conditions
        own.counts["requests"] += 1
        try:
            if named is not None and named not in (NONE, *faults.NAMES):
                raise wrong_value(FAULT, named[:80], (NONE, *faults.NAMES))
            exchange.enter()
        except ApiError as error:
            await error_response(error)(scope, receive, send)
            return

        fault = own.next_fault() if named is None else named
        exchange.fault = None if fault == NONE else fault
        own.running += 1
        try:
            await self._answer(exchange, scope, receive, send)
        finally:
            own.running -= 1

    async def _answer(self, exchange: Exchange, scope, receive, send) -> None:
        """Answers a request that the limits let in."""
        if exchange.conditions.latency is not None:
            send = Paced(exchange, receive, send)
        if exchange.fault in faults.IN_THE_MIDDLE:
            send = FaultyAnswer(exchange, scope, receive, send)
        elif exchange.fault is not None and exchange.fault not in faults.IN_THE_ANSWER:
            await fault_instead(exchange, scope, receive, send)
            return
        scope[SCOPE] = exchange
        await self.app(scope, receive, send)


def _is_exempt(scope) -> bool:
    path = scope["path"]
    return path.startswith(EXEMPT) or (path.startswith(MODELS) and scope["method"] != "POST")


def _with_headers(exchange: Exchange, send):
    async def send_with_headers(message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in exchange.headers().items():
                headers[name] = value
        await send(message)

    return send_with_headers
