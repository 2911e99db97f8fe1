"""Medians of things timed in turns, so that all of them meet the same weather, and each with its
row in the cache.
"""

import gc
import time
from collections.abc import Callable
from statistics import median
from typing import NamedTuple


class Work(NamedTuple):
    """Something to time: `run(prepare())` if there is a `prepare`, whose own time does not count."""

    name: str
    run: Callable
    prepare: Callable | None = None


def medians(works: list[Work], rounds: int, budget: float = 20.0) -> dict[str, float]:
    """Seconds by name: the median of `rounds` rounds, each of which runs every work once; fewer
    after `budget` s.
    """
    times = {work.name: [] for work in works}
    deadline = time.perf_counter() + budget
    gc.disable()
    for done in range(rounds + 2):
        for work in works:
            taken = once(work)
            if done >= 2:  # the first two warm caches and the allocator up
                times[work.name].append(taken)
        if done >= 6 and time.perf_counter() > deadline:
            break
    gc.enable()
    return {name: median(taken) for name, taken in times.items()}


def once(work: Work) -> float:
    """Seconds of its second run: what ran before it is not to blame for what the cache holds."""
    for _ in range(2):
        arguments = [work.prepare()] if work.prepare else []
        start = time.perf_counter()
        work.run(*arguments)
        taken = time.perf_counter() - start
    return taken
