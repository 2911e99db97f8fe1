"""x-samplers-replaces: a client's newest request stops its older one."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from samplers.local.answer.newest import REPLACES, Newest
from samplers.local.request.errors import ApiError


def test_the_older_request_of_a_name_is_stopped():
    started = []
    stopped = []

    async def for_ever() -> None:
        started.append(True)
        try:
            await asyncio.Event().wait()
        finally:
            stopped.append(True)

    async def value(result: int) -> int:
        return result

    async def run() -> None:
        newest = Newest()
        name = {REPLACES: "a"}
        older = asyncio.create_task(newest.run(name, newest.arrival(), for_ever))
        other = asyncio.create_task(newest.run({REPLACES: "b"}, newest.arrival(), for_ever))
        nameless = asyncio.create_task(newest.run({}, newest.arrival(), for_ever))
        while len(started) < 3:
            await asyncio.sleep(0)
        assert await newest.run(name, newest.arrival(), value, 5) == 5
        with pytest.raises(ApiError) as caught:
            await older
        assert (caught.value.status, caught.value.body["error"]["code"]) == (409, "replaced")
        assert stopped == [True]
        # what has ended is not in the way
        assert await newest.run(name, newest.arrival(), value, 6) == 6

        for task in (other, nameless):  # their clients go: that is no 409
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert stopped == [True] * 3

    asyncio.run(run())


def test_an_older_request_that_took_longer_to_read_replaces_nothing():
    """Its work begins after the newer one's."""

    async def run() -> None:
        newest = Newest()
        name = {REPLACES: "a"}
        go_on = asyncio.Event()
        older, newer = newest.arrival(), newest.arrival()
        task = asyncio.create_task(newest.run(name, newer, go_on.wait))
        await asyncio.sleep(0)
        with pytest.raises(ApiError) as caught:
            await newest.run(name, older, go_on.wait)
        assert caught.value.status == 409
        assert caught.value.headers == {"x-should-retry": "false"}
        go_on.set()
        assert await task is True

    asyncio.run(asyncio.wait_for(run(), 10))


@pytest.mark.parametrize("name", ["", "a" * 101])
def test_a_name_of_another_length(name):
    with pytest.raises(ApiError, match="1 to 100 characters"):
        asyncio.run(Newest().run({REPLACES: name}, 1, asyncio.sleep, 0))


def test_over_the_wire(exact):
    """A long text is being scored: a newer request ends it, and is answered."""
    headers = {REPLACES: "test_over_the_wire"}
    with exact.client() as client, ThreadPoolExecutor(1) as thread:
        long = thread.submit(
            client.post, "/samplers/score", json={"input": [1000] * 4000}, headers=headers
        )
        statuses = []
        while not long.done():  # whichever came first, only the long one can be replaced
            statuses.append(
                client.post("/samplers/score", json={"input": [7, 8]}, headers=headers).status_code
            )
        error = long.result().json()["error"]
    assert (long.result().status_code, error["code"]) == (409, "replaced")
    assert set(statuses) <= {200, 409}
    assert 200 in statuses
