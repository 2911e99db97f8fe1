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
        self._tasks: dict[str, asyncio.Task] = {}

    async def run(self, headers: Mapping[str, str], answer: Callable[..., Coroutine], *arguments):
        """The result of `answer(*arguments)`.

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

        task = asyncio.create_task(answer(*arguments))
        older = self._tasks.get(name)
        self._tasks[name] = task
        if older is not None:
            older.cancel()
        try:
            return await task
        except asyncio.CancelledError:
            if asyncio.current_task().cancelling():  # the client is gone
                raise
            message = f"A newer request of the same '{REPLACES}' has replaced this one."
            raise ApiError(409, message, code="replaced") from None
        finally:
            if self._tasks.get(name) is task:
                del self._tasks[name]
