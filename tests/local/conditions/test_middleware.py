"""Which requests run at the same time, with an application that the test holds up or ends."""

import asyncio

import pytest

from samplers.local.conditions.key_conditions import Conditions
from samplers.local.conditions.middleware import Conditioned
from samplers.local.conditions.simulation import Simulation
from samplers.local.key import OWNER

SCOPE = {
    "type": "http",
    "path": "/v1/chat/completions",
    "headers": [],
    OWNER: "somebody",
}


def conditioned(app, tier: str):
    """The middleware around `app`, and the conditions of the key whose requests it gets."""
    conditions = Conditions(Simulation(tier=tier))
    return Conditioned(app, conditions), conditions.of("somebody")


async def answered(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})


async def ignored(message) -> None:
    pass


def test_a_refused_request_does_not_run():
    """Not even while its refusal is sent: else it would take a place of those that are let in."""
    middleware, own = conditioned(answered, "rpm=1,concurrency=1")
    running = []

    async def send(message) -> None:
        running.append((message.get("status"), own.running))

    async def two() -> None:
        await middleware(SCOPE, None, send)
        await middleware(SCOPE, None, send)

    asyncio.run(two())
    assert running == [(200, 1), (None, 1), (429, 0), (None, 0)]


@pytest.mark.parametrize("end", [ValueError, asyncio.CancelledError])
def test_its_place_is_free_however_a_request_ends(end):
    async def broken(scope, receive, send) -> None:
        raise end

    middleware, own = conditioned(broken, "concurrency=1")
    for _ in range(2):
        with pytest.raises(end):
            asyncio.run(middleware(SCOPE, None, ignored))
    assert own.running == 0
