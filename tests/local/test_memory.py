"""Memory that is freed goes back to the system."""

import asyncio
import sys

import pytest

from samplers.local import memory


class Library:
    """A C library that has `malloc_trim` and counts its calls."""

    def __init__(self, called: list):
        self.malloc_trim = called.append


def test_memory_is_given_back_again_and_again(monkeypatch):
    called = []
    monkeypatch.setattr(memory.sys, "platform", "linux")
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: Library(called))
    monkeypatch.setattr(memory, "SECONDS", 0)

    async def run():
        task = asyncio.create_task(memory.give_back_regularly())
        while len(called) < 2:
            await asyncio.sleep(0)
        task.cancel()

    asyncio.run(run())
    assert called[:2] == [0, 0]


@pytest.mark.skipif(sys.platform != "linux", reason="another C library")
def test_another_c_library_is_left_alone(monkeypatch):
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: object())
    asyncio.run(memory.give_back_regularly())
