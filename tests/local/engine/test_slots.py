"""Who may use the engine, and when."""

import asyncio

import pytest

from samplers.local.engine import slots
from samplers.local.engine.calls import Engine
from samplers.local.engine.slots import (
    FEW,
    KEPT,
    SHORT_ANSWER,
    SLICE,
    SLOTS,
    SMALL_SLICE,
    Slots,
    shared,
)
from samplers.local.engine.vocabulary import Vocabulary

SHORT = SHORT_ANSWER
TINY = slots.TINY_ANSWER
LONG = SHORT_ANSWER + 1
ALL = SLOTS + KEPT


class Server:
    listening_address = "http://127.0.0.1:1"


class Recorded(Engine):
    """An engine that notes what it is asked to read, and reads nothing."""

    def __init__(self):
        super().__init__(Server(), "key", Vocabulary("", (b"a",), {}))
        self.read_of: list[tuple[int, int]] = []  # (the prompt's first token, tokens so far)

    async def complete(self, body):
        self.read_of.append((body["prompt"][0], len(body["prompt"])))
        await asyncio.sleep(0)
        return {"timings": {"cache_n": 0}}


async def taken(slots: Slots, limit: int, prompt=(1,)):
    """A held slot, and the function that gives it back."""
    hold = slots.hold(list(prompt), limit)
    slot = await hold.__aenter__()
    return slot, lambda: hold.__aexit__(None, None, None)


@pytest.mark.parametrize("count", [1, SLOTS, 32])
def test_the_last_two_slots_are_for_short_jobs(count):
    async def run():
        slots = Slots(count)
        held = [await taken(slots, LONG) for _ in range(count)]
        waiting = asyncio.create_task(taken(slots, LONG))
        long_prompt = asyncio.create_task(taken(slots, SHORT, range(slots_short_prompt())))
        _, free = await taken(slots, SHORT)
        await asyncio.sleep(0)
        assert not waiting.done()
        assert not long_prompt.done()

        await free()
        await asyncio.sleep(0)
        assert not waiting.done()

        await held[0][1]()
        await waiting

    asyncio.run(run())


def slots_short_prompt() -> int:
    return slots.SHORT_PROMPT + 1


@pytest.mark.parametrize("count", [1, SLOTS, 32])
def test_the_very_last_slot_is_for_the_first_choice_of_tiny_answers(count):
    async def run():
        own = Slots(count)
        held = [await taken(own, SHORT) for _ in range(count + 1)]
        short = asyncio.create_task(taken(own, SHORT))
        second_choice = asyncio.create_task(own.hold([1], TINY, first=False).__aenter__())
        _, free = await taken(own, TINY)
        await free()
        await asyncio.sleep(0)
        assert not short.done()
        assert not second_choice.done()

        await held[0][1]()
        await short

    asyncio.run(run())


def test_few_answers_have_the_whole_vocabulary_at_the_same_time():
    async def run():
        own = Slots()
        holds = [own.hold([1], 1, whole=True) for _ in range(slots.WHOLE + 1)]
        for hold in holds[:-1]:
            await hold.__aenter__()
        last = asyncio.create_task(holds[-1].__aenter__())
        await taken(own, SHORT)
        assert not last.done()

        await holds[0].__aexit__(None, None, None)
        await last

    asyncio.run(run())


def test_those_who_wait_are_served_in_order_and_may_leave():
    async def run():
        slots = Slots()
        held = [await taken(slots, TINY) for _ in range(ALL)]
        order = []

        async def wait(name):
            async with slots.hold([1], TINY):
                order.append(name)

        first, second, third = (asyncio.create_task(wait(name)) for name in "abc")
        await asyncio.sleep(0)
        second.cancel()
        await held[0][1]()
        await asyncio.gather(first, third)
        assert order == ["a", "c"]

        for _, free in held[1:]:
            await free()
        assert {(await taken(slots, TINY))[0].id for _ in range(ALL)} == set(range(ALL))

    asyncio.run(run())


def test_a_prompt_goes_where_most_of_it_is_cached():
    async def run():
        slots = Slots()
        one, free_one = await taken(slots, SHORT)
        other, free_other = await taken(slots, SHORT)
        one.tokens = [1, 2, 3]
        other.tokens = [1, 2, 4]
        await free_one()
        await free_other()

        slot, free = await taken(slots, SHORT, [1, 2, 3, 5])
        assert slot is one
        await free()
        slot, free = await taken(slots, SHORT, [1, 2, 4, 5])
        assert slot is other
        await free()
        # hardly anything is cached: the one that was unused for longest
        slot, _ = await taken(slots, SHORT, [1, *range(50, 100)])
        assert slot not in (one, other)

    asyncio.run(run())


def test_prompts_are_read_in_slices_that_take_turns():
    async def run():
        engine = Recorded()
        prompts = [[first] * (2 * SLICE + FEW) for first in (1, 2)]
        held = [await taken(engine.slots, LONG, prompt) for prompt in prompts]
        reads = [engine.read(slot, prompt) for (slot, _), prompt in zip(held, prompts, strict=True)]
        await asyncio.gather(*reads)
        return engine.read_of, [slot.tokens for slot, _ in held]

    read_of, tokens = asyncio.run(run())
    assert read_of[:3] == [(1, SLICE), (2, SLICE), (1, 2 * SLICE)]
    assert tokens[0] == [1] * 2 * SLICE  # the last FEW come with the answer
    # the first is being answered by now
    assert read_of[3:] == [(2, SLICE + SMALL_SLICE), (2, 2 * SLICE + FEW)]


def test_what_is_cached_is_not_read_again():
    async def run():
        engine = Recorded()
        slot, _ = await taken(engine.slots, SHORT)
        slot.tokens = [1] * 50
        assert await engine.read(slot, [1] * (50 + FEW)) is None
        assert await engine.read(slot, [1] * (50 + FEW + 1)) == 0
        return engine.read_of

    assert asyncio.run(run()) == [(1, 50 + FEW + 1)]


@pytest.mark.parametrize(("answering", "pauses"), [(False, 0), (True, 1)])
def test_between_slices_there_is_time_for_answers(monkeypatch, answering, pauses):
    """As long as a slice took, if anybody is being answered."""
    clock = [100.0]
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    monkeypatch.setattr(slots.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(slots.asyncio, "sleep", sleep)

    async def run():
        own = Slots()
        await taken(own, LONG)
        if answering:
            await taken(own, LONG)
        async with own.reading():
            async with own.turn(1000) as size:
                clock[0] += 8
            async with own.turn(1000):
                pass
            async with own.turn(SLICE):  # the last slice of a prompt need not wait
                pass
        return size, [seconds for seconds in slept if seconds > 0]

    size, waits = asyncio.run(run())
    assert waits == [8.0] * pauses
    assert size == (slots.SMALL_SLICE if answering else SLICE)


def test_a_prompt_of_one_slice_waits_for_one_slice_of_the_longer_ones():
    async def run():
        own = Slots()
        order = []

        async def read(name, left):
            async with own.turn(left):
                order.append(name)
                await asyncio.sleep(0)

        longer = [asyncio.create_task(read("long", 1000)) for _ in range(4)]
        await asyncio.sleep(0)
        await asyncio.gather(read("short", SLICE), *longer)
        return order

    assert asyncio.run(run()) == ["long", "short", "long", "long", "long"]


def test_shared():
    assert shared([1, 2, 3], [1, 2, 4, 5]) == 2
    assert shared([], [1]) == 0


def test_it_is_quiet_when_nobody_waits_for_an_answer():
    async def run():
        slots = Slots()
        async with slots.hold([1], TINY, background=True):
            await slots.quiet(60)  # at once

        holding = [slots.hold([1], LONG) for _ in range(SLOTS)]
        for hold in holding:
            await hold.__aenter__()
        waiting = asyncio.create_task(taken(slots, LONG))
        await asyncio.sleep(0)
        await slots.quiet(0.01)  # it does not wait for ever
        quiet = asyncio.create_task(slots.quiet(60))

        for hold in holding:
            await hold.__aexit__(None, None, None)
        _, free = await waiting
        assert not quiet.done()
        await free()
        await quiet

    asyncio.run(run())
