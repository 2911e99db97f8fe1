"""What each key of a room may take, so that one learner cannot stop the others.

These limits are real. Those of `conditions/` are simulated, and hold besides.
"""

import asyncio
from collections import defaultdict
from contextlib import ExitStack

from starlette.datastructures import Headers
from starlette.requests import Request

from samplers.local.answer.error_response import error_response
from samplers.local.answer.event_stream import unless_gone
from samplers.local.key import OWNER
from samplers.local.request.body import LONG_BODY
from samplers.local.request.errors import ApiError
from samplers.local.store.files import MOST_BYTES

ANSWERS = 4  # of one key that are generated at the same time; others wait for their turn
REQUESTS = 16  # of one key at the same time, with those that wait
FILE_BYTES = MOST_BYTES // 8  # of one key's files
LONG_BODIES = 2  # of one key that arrive at the same time; others wait
SHARE = "samplers.share"  # where the ASGI scope has the key's Share, and what the request took


class Share:
    """What one key takes now."""

    def __init__(self, answers: int):
        self.requests = 0
        self.answers = answers
        self.free = asyncio.Semaphore(answers)
        self.turn = asyncio.Lock()
        self.long_bodies = asyncio.Semaphore(LONG_BODIES)


class Limited:
    """ASGI: `app` with a limit for each key. A request without a key is one for /health."""

    def __init__(self, app, answers: int = ANSWERS):
        self.app = app
        self._shares: defaultdict[str, Share] = defaultdict(lambda: Share(answers))

    async def __call__(self, scope, receive, send) -> None:
        if OWNER not in scope:
            await self.app(scope, receive, send)
            return
        share = self._shares[scope[OWNER]]
        if share.requests >= REQUESTS:
            await error_response(too_many(REQUESTS, "requests"))(scope, receive, send)
            return

        share.requests += 1
        try:
            with ExitStack() as taken:
                if _is_long(Headers(scope=scope)):
                    receive = await _in_turn(share, taken, receive)
                await self.app(scope | {SHARE: (share, taken)}, receive, send)
        finally:
            share.requests -= 1


async def take_answers(scope, count: int = 1, wait: bool = True) -> None:
    """Takes `count` of the answers that a request's key may have, until the request has ended.

    It waits until they are free; ApiError (429) if it may not `wait`. Nothing is counted where
    there is one key alone. More than all that a key may have are taken as all.
    """
    if SHARE not in scope:
        return
    share, taken = scope[SHARE]
    if not wait and (share.free.locked() or share.turn.locked()):
        raise too_many(share.answers, "answers")
    async with share.turn:  # two who each have a part of what they need would wait for ever
        for _ in range(min(count, share.answers)):
            await share.free.acquire()
            taken.callback(share.free.release)


async def in_turn(request: Request, count: int = 1) -> None:
    """`take_answers` for a request whose body was read. ClientDisconnect if its client goes."""
    await unless_gone(request.receive, take_answers(request.scope, count))


def too_many(most: int, what: str) -> ApiError:
    """The 429 of a key that has as many requests or answers as it may have."""
    message = (
        f"Rate limit reached for this key: it has {most} {what} in progress, the most that this "
        "endpoint allows each key. Please try again when one of them has ended."
    )
    code = "rate_limit_exceeded"
    return ApiError(429, message, kind="requests", code=code, headers={"Retry-After": "1"})


def _is_long(headers: Headers) -> bool:
    """Whether a body that is long, or may be, follows the headers."""
    return "transfer-encoding" in headers or int(headers.get("content-length", 0)) > LONG_BODY


async def _in_turn(share: Share, taken: ExitStack, receive):
    """`receive` of a request whose long body may arrive now; its turn ends with the last byte."""
    await share.long_bodies.acquire()
    arriving = taken.enter_context(ExitStack())
    arriving.callback(share.long_bodies.release)

    async def receive_in_turn():
        message = await receive()
        if not message.get("more_body"):
            arriving.close()
        return message

    return receive_in_turn
