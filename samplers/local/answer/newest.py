"""A client's newest request replaces its older one, if it wants that.

Who types, or moves a slider, wants the last answer only.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping

from samplers.local.request.errors import ApiError, bad_request

REPLACES = "x-samplers-replaces"
LONGEST_NAME = 100  # characters


class Newest:
    """The requests that are being answered and have a name, one for each name."""

    def __init__(self) -> None:
        self._tasks: dict[str, tuple[int, asyncio.Task]] = {}
        self._arrived = 0

    def arrival(self) -> int:
        """The number of a request that has just come in."""
        self._arrived += 1
        return self._arrived

    async def run(
        self,
        headers: Mapping[str, str],
        number: int,
        answer: Callable[..., Coroutine],
        *arguments,
    ):
        """The result of `answer(*arguments)`. `number`: the request's `arrival`.

        The header REPLACES names the request; the name is the client's own, and hard to guess. An
        older request of that name which has no answer yet is stopped, and gets ApiError 409.
        """
        name = headers.get(REPLACES)
        if name is None:
            return await answer(*arguments)
        if not 1 <= len(name) <= LONGEST_NAME:
            raise bad_request(
                f"Invalid '{REPLACES}': expected a name of 1 to {LONGEST_NAME} characters, but got "
                f"{len(name)}.",
                REPLACES,
                "invalid_value",
            )

        other_number, other = self._tasks.get(name, (0, None))
        if other_number > number:  # this one's prompt took longer to read
            raise _replaced()
        if other is not None:
            other.cancel()
        task = asyncio.create_task(answer(*arguments))
        self._tasks[name] = number, task
        try:
            return await task
        except asyncio.CancelledError:
            if asyncio.current_task().cancelling():  # the client is gone
                raise
            raise _replaced() from None
        finally:
            if self._tasks.get(name) == (number, task):
                del self._tasks[name]


def _replaced() -> ApiError:
    message = f"A newer request of the same '{REPLACES}' has replaced this one."
    # a client that tries again after a 409 would replace the newer one
    return ApiError(409, message, code="replaced", headers={"x-should-retry": "false"})
