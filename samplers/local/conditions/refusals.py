"""The 429 of a request that a limit does not allow.

The sentences and fields of a rate limit are reconstructed: they are what public error reports quote
of OpenAI's, without the organisation, and not re-read at OpenAI.
"""

from math import ceil
from typing import NamedTuple

from samplers.local.request.errors import ApiError
from samplers.wire.durations import duration_text, whole_milliseconds

NAMES = {
    "rpm": ("requests", "requests per min (RPM)"),
    "rpd": ("requests", "requests per day (RPD)"),
    "tpm": ("tokens", "tokens per min (TPM)"),
    "concurrency": ("requests", "requests at the same time"),
}


class LimitReached(ApiError):
    """The 429 of a limit. `limit` is its name, one of the NAMES."""

    limit = ""


class Refusal(NamedTuple):
    """A limit by its name, its tier, and what does not fit. `wait` is in real seconds."""

    name: str
    tier: str
    limit: int
    used: int
    requested: int
    wait: float

    def numbers(self) -> str:
        return f"Limit {self.limit}, Used {self.used}, Requested {self.requested}."

    def error(self, message: str, headers: dict[str, str]) -> LimitReached:
        kind, _ = NAMES[self.name]
        message += f" This limit is simulated: tier {self.tier} of this endpoint."
        code = "rate_limit_exceeded"
        error = LimitReached(429, message, kind=kind, code=code, headers=headers)
        error.limit = self.name
        return error


def reached(refusal: Refusal) -> LimitReached:
    """What is asked for fits later."""
    message = (
        f"Rate limit reached for this key on {NAMES[refusal.name][1]}: {refusal.numbers()} "
        f"Please try again in {duration_text(refusal.wait)}."
    )
    return refusal.error(message, retry_after(refusal.wait))


def busy(refusal: Refusal) -> LimitReached:
    """Too many requests run. When one ends is not known, so the wait is a guess.

    OpenAI has no such limit: the sentence is ours.
    """
    message = (
        f"Rate limit reached for this key on {NAMES[refusal.name][1]}: {refusal.numbers()} "
        "Please try again when one of them has ended."
    )
    return refusal.error(message, retry_after(refusal.wait))


def too_large(refusal: Refusal) -> LimitReached:
    """What is asked for never fits, so a client should not try again."""
    message = (
        f"Request too large for this key on {NAMES[refusal.name][1]}: "
        f"Limit {refusal.limit}, Requested {refusal.requested}. "
        "The input or output tokens must be reduced in order to run successfully."
    )
    return refusal.error(message, {"x-should-retry": "false"})


def retry_after(seconds: float) -> dict[str, str]:
    """The headers that name a wait in real seconds: whole ones, rounded up, and milliseconds."""
    milliseconds = max(whole_milliseconds(seconds), 1)
    return {"retry-after": str(ceil(milliseconds / 1000)), "retry-after-ms": str(milliseconds)}
