"""What is remembered of an async function, and for how long."""

import asyncio

import pytest

from samplers.local.engine.remember import LONGEST, REMEMBERED, remember


def test_equal_calls_are_made_once_until_there_are_many_others():
    calls = []

    @remember
    async def double(number):
        calls.append(number)
        return 2 * number

    async def run():
        assert [await double(1), await double(1)] == [2, 2]
        assert calls == [1]
        for number in range(2, REMEMBERED + 2):
            await double(number)
        await double(REMEMBERED + 1)  # the last one is still there
        await double(1)

    asyncio.run(run())
    assert calls == [*range(1, REMEMBERED + 2), 1]


def test_a_long_text_is_not_remembered():
    calls = []

    @remember
    async def length(text):
        calls.append(text)
        return len(text)

    async def run():
        for text in ("a" * LONGEST, "a" * LONGEST, "b" * (LONGEST + 1), "b" * (LONGEST + 1)):
            assert await length(text) == len(text)

    asyncio.run(run())
    assert [text[0] for text in calls] == ["a", "b", "b"]


def test_an_exception_is_not_remembered():
    calls = []

    @remember
    async def fail():
        calls.append(1)
        raise ZeroDivisionError

    async def run():
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                await fail()

    asyncio.run(run())
    assert len(calls) == 2
