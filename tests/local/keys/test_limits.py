"""The limit of each key, with applications that the test holds up."""

import asyncio

import pytest

from samplers.local.key import OWNER
from samplers.local.keys import limits
from samplers.local.keys.limits import ANSWERS, LONG_BODIES, REQUESTS, Limited, take_answers
from samplers.local.request.body import LONG_BODY
from samplers.local.request.errors import ApiError

LONG = [(b"content-length", str(LONG_BODY + 1).encode())]


class Room:
    """The middleware around an application that takes `count` answers, and ends with `end`."""

    def __init__(self, count: int = 0):
        self.count = count
        self.end = asyncio.Event()
        self.inside: list[str] = []  # the owners of requests that are being answered
        self.statuses: list[int] = []
        self._app = Limited(self._answer)

    async def _answer(self, scope, receive, send) -> None:
        await receive()
        await take_answers(scope, self.count)
        self.inside.append(scope[OWNER])
        await self.end.wait()

    def ask(self, owner: str = "ada", headers=(), receive=None, **scope) -> asyncio.Task:
        async def sent(message) -> None:
            if message["type"] == "http.response.start":
                self.statuses.append(message["status"])

        async def no_body():
            return {"type": "http.request", "body": b""}

        scope = {"type": "http", "headers": list(headers), OWNER: owner} | scope
        return asyncio.create_task(self._app(scope, receive or no_body, sent))


async def settle() -> None:
    """Until every task has gone as far as it can."""
    for _ in range(100):
        await asyncio.sleep(0)


def test_a_key_with_too_many_requests_is_refused_and_another_one_is_not():
    async def run() -> None:
        room = Room()
        asked = [room.ask() for _ in range(REQUESTS)]
        await settle()
        await room.ask()
        assert room.statuses == [429]
        asked.append(room.ask("bob"))
        await settle()
        assert room.inside == ["ada"] * REQUESTS + ["bob"]

        room.end.set()
        await asyncio.gather(*asked)
        await room.ask()
        assert room.statuses == [429]

    asyncio.run(run())


def test_the_429_is_openais():
    error = limits.too_many(4, "answers")
    body = error.body["error"]
    assert (error.status, body["code"], body["type"]) == (429, "rate_limit_exceeded", "requests")
    assert error.headers == {"Retry-After": "1"}
    assert "simulated" not in body["message"]  # as those of a tier say of themselves


@pytest.mark.parametrize(("count", "at_once"), [(1, ANSWERS), (2, ANSWERS // 2), (3, 1), (99, 1)])
def test_answers_of_a_key_wait_for_their_turn(count, at_once):
    """n choices count as n, and those of a request that asks for more than all as all."""

    async def run() -> None:
        room = Room(count)
        asked = [room.ask() for _ in range(ANSWERS + 1)]
        asked.append(room.ask("bob"))
        await settle()
        assert room.inside.count("ada") == at_once
        assert room.inside.count("bob") == 1
        room.end.set()
        await asyncio.gather(*asked)
        assert room.inside.count("ada") == ANSWERS + 1

    asyncio.run(run())


def test_a_client_that_goes_while_it_waits_takes_nothing():
    async def run() -> None:
        room = Room(3)
        first, gone, last = (room.ask() for _ in range(3))
        await settle()
        gone.cancel()  # it has one of the three that it needs
        room.end.set()
        await asyncio.gather(first, last)
        assert room.inside == ["ada", "ada"]

        again = [room.ask() for _ in range(2)]
        await asyncio.gather(*again)
        assert gone.cancelled()

    asyncio.run(run())


def test_who_may_not_wait_is_refused_while_others_do():
    async def run() -> None:
        room = Room(ANSWERS)
        asked = room.ask()
        await settle()
        scope = {limits.SHARE: (room._app._shares["ada"], None)}
        with pytest.raises(ApiError) as caught:
            await take_answers(scope, wait=False)
        assert caught.value.status == 429
        room.end.set()
        await asked

    asyncio.run(run())


@pytest.mark.parametrize("headers", [LONG, [(b"transfer-encoding", b"chunked")]])
def test_long_bodies_of_a_key_arrive_in_turn(headers):
    """Those of another key, and short ones, do not wait for them."""

    async def run() -> None:
        room = Room()
        arrive = asyncio.Event()
        reading = []

        async def slow():
            reading.append("ada")
            await arrive.wait()
            return {"type": "http.request", "body": b"", "more_body": False}

        asked = [room.ask(headers=headers, receive=slow) for _ in range(LONG_BODIES + 2)]
        asked += [room.ask(), room.ask("bob", headers=headers)]
        await settle()
        assert len(reading) == LONG_BODIES
        assert room.inside == ["ada", "bob"]

        arrive.set()
        await settle()  # a turn ends with the last byte, not with the answer
        assert len(reading) == LONG_BODIES + 2
        room.end.set()
        await asyncio.gather(*asked)

    asyncio.run(run())


def test_without_a_key_nothing_is_counted():
    """/health is asked without one, and the endpoint of one key has no limits."""

    async def run() -> None:
        answered = []

        async def app(scope, receive, send) -> None:
            await take_answers(scope, 1000)
            answered.append(scope["path"])

        await Limited(app)({"type": "http", "headers": [], "path": "/health"}, None, None)
        await app({OWNER: "ada", "path": "/v1/models"}, None, None)
        assert answered == ["/health", "/v1/models"]

    asyncio.run(run())
