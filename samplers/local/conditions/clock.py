"""Simulated time, which can run faster than the real one."""

import asyncio
import time
from collections.abc import Callable


class Clock:
    """Time that runs `factor` times as fast as `real` does: with 60, a minute lasts a second.

    All conditions are in simulated seconds. What a client reads is in real ones. `real` is not
    time.monotonic, whose steps are 16 ms on Windows.
    """

    def __init__(self, factor: float = 1.0, real: Callable[[], float] = time.perf_counter):
        self._factor = factor
        self._real = real

    def now(self) -> float:
        """Simulated seconds since some moment."""
        return self._real() * self._factor

    def real(self, seconds: float) -> float:
        """How long simulated seconds are in real ones."""
        return seconds / self._factor

    async def sleep(self, seconds: float) -> None:
        """Sleeps for so many simulated seconds."""
        await asyncio.sleep(self.real(seconds))
