"""Keeps the last results of an async function, so that equal calls to the engine are made once."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

REMEMBERED = 64  # results
LONGEST = 100_000  # characters of a text that is remembered: a request can be megabytes long

P = ParamSpec("P")
T = TypeVar("T")


def remember(function: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Decorates an async function whose arguments are positional and hashable.

    When REMEMBERED results are kept, the oldest makes room. Exceptions are not kept, and neither
    are results for a text that is longer than LONGEST.
    """
    results: dict[tuple, T] = {}

    @wraps(function)
    async def remembered(*arguments):
        if arguments not in results:
            result = await function(*arguments)
            if any(isinstance(each, str) and len(each) > LONGEST for each in arguments):
                return result
            if len(results) >= REMEMBERED:
                del results[next(iter(results))]
            results[arguments] = result
        return results[arguments]

    return remembered
