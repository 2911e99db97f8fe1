"""Which slot an answer gets, and whose turn it is, where several want one."""

import asyncio
from types import SimpleNamespace

from samplers.local.engine.slots import NEIGHBOUR, SHORT_ANSWER, Slots
from samplers.local.request.job import Job

LONG = SHORT_ANSWER + 1


async def taken(slots: Slots, limit: int, prompt=(1,)):
    """A held slot, and the function that gives it back."""
    hold = slots.hold(list(prompt), limit)
    slot = await hold.__aenter__()
    return slot, lambda: hold.__aexit__(None, None, None)


def test_owners_take_turns():
    """One with a hundred requests does not hold up another with one."""

    async def run():
        slots = Slots(1)
        _, free = await taken(slots, LONG)
        order = []

        model = SimpleNamespace(engine=SimpleNamespace(slots=slots))

        async def answer(owner):
            job = Job(model, None, [1], LONG, 0, None, None, owner=owner)
            async with job.slot(LONG):
                order.append(owner)
                await asyncio.sleep(0)

        many = [asyncio.create_task(answer("many")) for _ in range(100)]
        await asyncio.sleep(0)
        one = asyncio.create_task(answer("one"))
        await asyncio.sleep(0)
        await free()
        await asyncio.gather(one, *many)
        return order.index("one")

    assert asyncio.run(run()) == 1


def test_an_owner_has_no_more_than_its_share():
    async def run():
        slots = Slots(10)
        slots.limit_each_owner(2)
        holds = [slots.hold([1], LONG, owner="a") for _ in range(3)]
        for hold in holds[:2]:
            await hold.__aenter__()
        third = asyncio.create_task(holds[2].__aenter__())
        async with slots.hold([1], LONG, owner="b"):
            assert not third.done()
        await holds[0].__aexit__(None, None, None)
        await third

    asyncio.run(run())


def test_answers_at_the_same_time_are_neighbours():
    """Whichever slots were used before; and a gap between two is filled first."""

    async def run():
        slots = Slots(8)
        first = [await taken(slots, LONG) for _ in range(6)]
        for _, free in first:
            await free()
        held = [await taken(slots, LONG) for _ in range(5)]
        ids = sorted(slot.id for slot, _ in held)
        assert ids == list(range(ids[0], ids[0] + 5))

        gap, free_gap = next(one for one in held if one[0].id == ids[2])
        await free_gap()
        again, free_again = await taken(slots, LONG)
        assert again is gap

        # but what is cached is worth more where it is long, or the answer short
        await free_again()
        far = slots._free[-1] if slots._free[-1] is not gap else slots._free[0]
        far.tokens = list(range(3 * NEIGHBOUR))
        slot, free = await taken(slots, LONG, far.tokens)
        assert slot is far
        await free()
        far.tokens = list(range(20))
        assert (await taken(slots, 1, far.tokens))[0] is far

    asyncio.run(run())
