"""Time that passes only where somebody waits, for a Limiter's `clock` and `wait`."""

import heapq
from collections.abc import Callable
from itertools import count


class Time:
    """Seconds. What is planned happens when its time comes."""

    def __init__(self):
        self.now = 0.0
        self._planned: list[tuple] = []
        self._order = count()

    def __call__(self) -> float:
        return self.now

    def plan(self, at: float, call: Callable, *arguments) -> None:
        heapq.heappush(self._planned, (at, next(self._order), call, arguments))

    def wait(self, condition, seconds: float) -> None:
        """Until then, or until something has happened."""
        end = self.now + seconds
        if self._planned and self._planned[0][0] <= end:
            self.now, _, call, arguments = heapq.heappop(self._planned)
            call(*arguments)
        else:
            self.now = end
