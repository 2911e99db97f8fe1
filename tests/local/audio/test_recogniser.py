"""One at a time, and a client that left makes room."""

import asyncio
import threading

import numpy as np
import pytest

from samplers.local.audio.recogniser import Recogniser


class Sound(Exception):
    """In the place of a sound: it ends the recognition before it loads the model."""


def no_sound() -> np.ndarray:
    raise Sound


def test_they_wait_for_their_turn():
    async def run() -> list[str]:
        recogniser = Recogniser()
        begun = []
        may_end = threading.Event()

        def one(name: str):
            def sound() -> np.ndarray:
                begun.append(name)
                assert may_end.wait(30)
                raise Sound

            return recogniser.words(sound)

        tasks = [asyncio.create_task(one(name)) for name in "abc"]
        while not begun:
            await asyncio.sleep(0.01)
        assert begun == ["a"]
        may_end.set()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(result) for result in results] == [Sound] * 3
        return begun

    assert asyncio.run(run()) == ["a", "b", "c"]


def test_who_leaves_makes_room():
    """The recognition of who left ends at once, and not before its thread does."""

    async def run() -> None:
        recogniser = Recogniser()
        begun = asyncio.Event()
        loop = asyncio.get_running_loop()
        may_end = threading.Event()

        def sound() -> np.ndarray:
            loop.call_soon_threadsafe(begun.set)
            assert may_end.wait(30)
            return np.zeros(16_000, np.float32)

        left = asyncio.create_task(recogniser.words(sound))
        await begun.wait()
        left.cancel()
        waiting = asyncio.create_task(recogniser.words(no_sound))
        await asyncio.sleep(0)
        assert not left.done()
        assert not waiting.done()

        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await left
        with pytest.raises(Sound):
            await waiting

    asyncio.run(run())
