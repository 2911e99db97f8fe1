"""Prompts are read in turns, a request that is given up stops, and bad logits are noticed."""

import asyncio
from contextlib import aclosing
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from logit_rows import TEXT, distance, rows_read_alone

from samplers.local.engine.logits.reader import Logits, Row, logsumexp, most_probable

LONG = TEXT[:127]  # three slices
SHORT = TEXT[400:410]


def itself(logits: np.ndarray, place: int) -> np.ndarray:
    return logits


@pytest.fixture(scope="module")
def model_file(shallow_model) -> Path:
    """Two layers: how one model's numbers come about is tested elsewhere."""
    return Path(shallow_model["SAMPLERS_MODEL"])


@pytest.fixture
def logits(context):
    logits = Logits()
    logits.use(context)
    return logits


def test_the_row_after_a_prompt(logits, fresh):
    first = asyncio.run(logits.after(SHORT))
    again = asyncio.run(logits.after(SHORT))
    assert (again.raw, again.cached) == (True, len(SHORT) - 1)
    for row in (first, again):
        assert distance(row.logits, fresh(SHORT)) < 1e-3


def test_the_rows_of_chosen_places(logits, context):
    """From place 60 on, over the border of a slice."""

    async def rows() -> list[np.ndarray]:
        async with aclosing(logits.rows(TEXT[:66], 60, itself)) as slices:
            return [row async for _, rows in slices for row in rows]

    found = asyncio.run(rows())
    right = rows_read_alone(context, TEXT, [61, 62, 63, 64, 65, 66])
    assert len(found) == 6
    for row, own in zip(found, right, strict=True):
        assert distance(row, own) < 1e-3


def test_a_short_prompt_does_not_wait_for_a_long_one(logits, context, fresh):
    """It comes when the long one's first slice was read, and is read before the second ends.

    The long one goes on where it was, with the right numbers.
    """
    order = []

    async def short() -> Row:
        row = await logits.after(SHORT)
        order.append("short")
        return row

    async def both() -> tuple[np.ndarray, Row]:
        other = None
        async with aclosing(logits.rows(LONG, len(LONG) - 1, itself)) as slices:
            async for begin, rows in slices:
                order.append(begin)
                last = rows
                if other is None:
                    other = asyncio.create_task(short())
                    await asyncio.sleep(0)  # it starts, and waits for its turn
        return last[-1], await other

    context.keep([], 0)
    last, row = asyncio.run(both())
    assert order == [0, "short", 63, 126]
    assert distance(last, fresh(LONG)) < 1e-3
    assert distance(row.logits, fresh(SHORT)) < 1e-3


def test_the_cache_grows_while_a_shorter_prompt_is_read(new_context, fresh):
    """A prompt that is half read goes on in the larger cache."""
    logits = Logits()
    context = new_context(256)
    logits.use(context)

    async def both() -> tuple[np.ndarray, Row]:
        other = None
        async with aclosing(logits.rows(LONG, len(LONG) - 1, itself)) as slices:
            async for _, rows in slices:
                last = rows
                if other is None:
                    other = asyncio.create_task(logits.after(TEXT[:257]))
                    await asyncio.sleep(0)  # it starts, and waits for its turn
        return last[-1], await other

    last, row = asyncio.run(both())
    assert distance(last, fresh(LONG)) < 1e-3
    assert row.logits.shape == (49152,)
    assert context.size == 512


def test_a_prompt_that_is_given_up_stops_at_once(logits, context, fresh):
    """CT3. The next prompt gives what it gives in a fresh context."""

    async def give_up() -> None:
        reading = asyncio.create_task(logits.after(LONG))
        while not context.cached:  # until the first slice was read
            await asyncio.sleep(0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading

    context.keep([], 0)
    asyncio.run(give_up())
    assert len(context.cached) < len(LONG)
    assert distance(asyncio.run(logits.after(LONG[:70])).logits, fresh(LONG[:70])) < 1e-3


def test_eight_clients_at_once(logits):
    """CT5. 8 clients ask for 25 prompts each: 200 answers equal to those one after the other.

    The prompts are short, begin in three ways and have four lengths: another's row would be
    noticed, and so would tokens that are left of a longer one.
    """
    prompts = [[TEXT[i % 3], *TEXT[10 + i : 11 + i + i % 4]] for i in range(25)]

    async def ask(order: list[int]) -> dict[int, np.ndarray]:
        return {i: (await logits.after(prompts[i])).logits for i in order}

    async def ask_all() -> list[dict[int, np.ndarray]]:
        orders = [np.random.default_rng(client).permutation(25) for client in range(8)]
        return await asyncio.gather(*map(ask, orders))

    right = asyncio.run(ask(list(range(25))))
    for one, other in pairwise(right.values()):
        assert distance(one, other) > 0.01
    for answers in asyncio.run(ask_all()):
        assert len(answers) == 25
        for i, row in answers.items():
            assert distance(row, right[i]) < 1e-3


def test_log_sum_exp_is_summed_in_float64():
    equal = np.zeros(49152, np.float32)
    assert logsumexp(equal) == pytest.approx(np.log(49152), abs=1e-12)
    assert logsumexp(np.float32([1000, 999, -1000])) == pytest.approx(1000.3132616875182)
    assert logsumexp(np.float32([-np.inf, 1, 2])) == pytest.approx(2.3132616875182)


@pytest.mark.parametrize("bad", [[np.nan, 1], [-np.inf, -np.inf], [np.inf, 1]])
def test_logits_that_are_no_numbers(bad):
    with pytest.raises(RuntimeError, match="no numbers"):
        logsumexp(np.float32(bad))


def test_the_most_probable():
    row = np.float32([1, 2, 2, -np.inf, 2, 0])
    assert most_probable(row, 2).tolist() == [1, 2]
    assert most_probable(row, 9).tolist() == [1, 2, 4, 0, 5]
    assert most_probable(row, 0).tolist() == []
