"""One request of a call, for the record."""

from dataclasses import dataclass

from samplers.api.errors import APIError


@dataclass(frozen=True)
class Attempt:
    """One request of a `call` such as "POST /chat/completions". All times are in seconds.

    `number`: 1 for a call's first request, 2 for its first retry. `waited`: before it was made.
    `at`: when it was made, since the client was. `seconds`: until its answer began or it failed.
    `outcome`: "answered", or the error's class, with HTTP's status and the code.
    """

    call: str
    number: int
    waited: float
    at: float
    seconds: float
    outcome: str

    def __str__(self) -> str:
        return (
            f"{self.at:7.2f} s  {self.call}, attempt {self.number}, "
            f"waited {self.waited:.2f} s: {self.outcome}"
        )


def outcome_of(error: BaseException) -> str:
    """How an attempt failed, in a few words; the error's own message is left out."""
    name = type(error).__name__
    return f"{name}, {error.place}" if isinstance(error, APIError) else name
