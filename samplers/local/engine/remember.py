"""Keeps the last results of an async function, so that equal calls to the engine are made once."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

REMEMBERED = 64  # results

P = ParamSpec("P")
T = TypeVar("T")


def remember(function: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Decorates an async function whose arguments are positional and hashable.

    When REMEMBERED results are kept, the oldest makes room. Exceptions are not kept.
    """
    results: dict[tuple, T] = {}

    @wraps(function)
    async def remembered(*arguments):
        if arguments not in results:
            result = await function(*arguments)
            if len(results) >= REMEMBERED:
                del results[next(iter(results))]
            results[arguments] = result
        return results[arguments]

    return remembered
