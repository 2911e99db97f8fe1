"""Medians of things timed in turns: each with its row in the cache, all under the same load."""

import gc
import time
from collections.abc import Callable
from statistics import median
from typing import NamedTuple


class Work(NamedTuple):
    """Something to time: `run()`, or `run(prepare())`. The time of `prepare` does not count."""

    name: str
    run: Callable
    prepare: Callable | None = None


def medians(works: list[Work], rounds: int, budget: float = 20.0) -> dict[str, float]:
    """Seconds by name: the median of `rounds` rounds, in each of which every work is timed once.

    After `budget` seconds there are fewer rounds.
    """
    times = {work.name: [] for work in works}
    deadline = time.perf_counter() + budget
    gc.disable()
    for done in range(rounds + 2):
        for work in works:
            seconds = once(work)
            if done >= 2:  # the first two rounds warm up the caches and the allocator
                times[work.name].append(seconds)
        if done >= 6 and time.perf_counter() > deadline:
            break
    gc.enable()
    return {name: median(seconds) for name, seconds in times.items()}


def once(work: Work) -> float:
    """Seconds of its second run: so what the cache holds does not depend on what ran before."""
    for _ in range(2):
        arguments = [work.prepare()] if work.prepare else []
        start = time.perf_counter()
        work.run(*arguments)
        seconds = time.perf_counter() - start
    return seconds
