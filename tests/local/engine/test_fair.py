"""Places are given out in a fair order, and none is lost."""

import asyncio
import random

import pytest

from samplers.local.engine.fair import Places


async def settled() -> None:
    """All that can go on has gone on."""
    for _ in range(5):
        await asyncio.sleep(0)


class Waiting:
    """Who waits for `places`, by name, and in which order they are served."""

    def __init__(self, places: Places):
        self.places = places
        self.order: list[str] = []
        self.tasks: dict[str, asyncio.Task] = {}
        self._ends: dict[str, asyncio.Event] = {}

    def add(self, name: str, owner: str = "", kinds=("any",)) -> None:
        """One more, who keeps its places until `end`."""
        self._ends[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._take(name, owner, kinds))

    async def _take(self, name, owner, kinds):
        async with self.places.take(kinds, owner):
            self.order.append(name)
            await self._ends[name].wait()

    async def end(self, name: str) -> None:
        """That one gives its places back."""
        self._ends[name].set()
        await settled()

    async def end_all(self) -> None:
        """All are served and end."""
        for event in self._ends.values():
            event.set()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)


def served(work) -> list[str]:
    """The order of those for whom `work(waiting)` asked, with one place."""

    async def run():
        waiting = Waiting(Places({"any": 1}))
        await work(waiting)
        await settled()
        await waiting.end_all()
        return waiting.order

    return asyncio.run(run())


def test_one_owner_is_served_in_the_order_of_coming():
    async def work(waiting):
        for name in "abcd":
            waiting.add(name)

    assert served(work) == list("abcd")


def test_owners_take_turns():
    async def work(waiting):
        for name in ("a1", "a2", "a3", "b1", "b2", "c1"):
            waiting.add(name, owner=name[0])

    assert served(work) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_who_has_fewest_comes_first():
    """Otherwise one whose answers are longer would have more places in the end."""

    async def run():
        waiting = Waiting(Places({"any": 3}))
        for name in ("a1", "a2", "b1", "a3", "a4", "b2"):
            waiting.add(name, owner=name[0])
        await settled()
        await waiting.end("b1")
        assert waiting.order == ["a1", "a2", "b1", "b2"]
        await waiting.end("b2")
        assert waiting.order[4:] == ["a3"]
        await waiting.end_all()

    asyncio.run(run())


def test_one_that_has_to_wait_lets_others_pass():
    """But only those that need other places."""

    async def run():
        waiting = Waiting(Places({"any": 3, "long": 1}))
        waiting.add("long 1", kinds=("any", "long"))
        waiting.add("long 2", kinds=("any", "long"))
        waiting.add("long 3", kinds=("any", "long"))
        waiting.add("short")
        await settled()
        assert waiting.order == ["long 1", "short"]
        await waiting.end("long 1")
        assert waiting.order == ["long 1", "short", "long 2"]
        await waiting.end_all()

    asyncio.run(run())


def test_a_share_holds_for_each_owner():
    async def run():
        waiting = Waiting(Places({"any": 4}, share=2))
        for name in ("a1", "a2", "a3", "b1"):
            waiting.add(name, owner=name[0])
        await settled()
        assert waiting.order == ["a1", "a2", "b1"]
        await waiting.end("b1")
        assert waiting.order == ["a1", "a2", "b1"]
        await waiting.end("a1")
        assert waiting.order[3:] == ["a3"]
        await waiting.end_all()

    asyncio.run(run())


def test_who_goes_away_leaves_nothing():
    """While it waits, just after it was served, and while it has its places."""

    async def run():
        places = Places({"any": 1})
        waiting = Waiting(places)
        for name in "abcd":
            waiting.add(name)
        await settled()
        waiting.tasks["b"].cancel()  # it waits
        await settled()
        waiting._ends["a"].set()
        await asyncio.sleep(0)  # a has ended and c is served, but has not gone on yet
        waiting.tasks["c"].cancel()
        await settled()
        assert waiting.order == ["a", "d"]
        waiting.tasks["d"].cancel()  # it has its place
        await settled()
        waiting.add("e")
        await settled()
        assert waiting.order == ["a", "d", "e"]
        await waiting.end_all()

    asyncio.run(run())


@pytest.mark.parametrize("seed", range(20))
def test_no_place_is_lost_or_given_twice(seed):
    """Whatever comes, goes and is given up: at the end all places are free, for all kinds."""
    rng = random.Random(seed)
    most = {"any": 4, "long": 2}
    taken = dict.fromkeys(most, 0)
    places = Places(most, share=3)

    async def one():
        kinds = rng.choice([("any",), ("any", "long")])
        async with places.take(kinds, rng.choice("abc")):
            for kind in kinds:
                taken[kind] += 1
            assert all(taken[kind] <= most[kind] for kind in most)
            try:
                for _ in range(rng.randrange(5)):
                    await asyncio.sleep(0)
            finally:
                for kind in kinds:
                    taken[kind] -= 1

    async def run():
        tasks = []
        for _ in range(200):
            tasks.append(asyncio.create_task(one()))
            if rng.random() < 0.5:
                rng.choice(tasks).cancel()
            if rng.random() < 0.3:
                await asyncio.sleep(0)
        results = await asyncio.gather(*tasks, return_exceptions=True)
        kinds_of = {type(result) for result in results}
        assert kinds_of <= {type(None), asyncio.CancelledError}
        async with asyncio.timeout(5):
            for kind, count in most.items():
                stack = [places.take((kind,), str(number)) for number in range(count)]
                for take in stack:
                    await take.__aenter__()
                for take in stack:
                    await take.__aexit__(None, None, None)

    asyncio.run(run())
