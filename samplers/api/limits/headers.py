"""What an answer's x-ratelimit headers say of a limit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from samplers.wire.durations import duration_seconds

LONGEST = 24 * 60 * 60  # seconds; a longer reset is no duration but something else
_COUNT = re.compile(r"[0-9]{1,15}")
_SECONDS = re.compile(r"[0-9]{1,15}(\.[0-9]+)?")


@dataclass(frozen=True)
class RateLimit:
    """A limit, what remains of it, and the seconds until all of it is free again."""

    limit: int
    remaining: int | None
    reset: float | None


def rate_limit(headers: Mapping[str, str], *kinds: str) -> RateLimit | None:
    """What the headers say of "requests" or "tokens"; None if nothing that can be read.

    Of several `kinds` the one of which the least remains: OpenAI sometimes sends "project-tokens"
    beside "tokens".
    """
    found = []
    for kind in kinds:
        limit = _count(headers.get(f"x-ratelimit-limit-{kind}"))
        if limit:
            remaining = _count(headers.get(f"x-ratelimit-remaining-{kind}"))
            reset = reset_seconds(headers.get(f"x-ratelimit-reset-{kind}"))
            found.append(RateLimit(limit, remaining, reset))
    return min(found, key=lambda one: (one.remaining is None, one.remaining), default=None)


def reset_seconds(text: str | None, now: datetime | None = None) -> float | None:
    """The seconds of "6m0s", of "12.5", or until "2026-09-11T06:27:29Z". None for another text.

    `now`: None for the clock's. A time without a zone is in UTC; one that has passed is 0 s.
    """
    if text is None:
        return None
    text = text.strip()
    try:
        seconds = float(text) if _SECONDS.fullmatch(text) else duration_seconds(text)
    except ValueError:
        seconds = _until(text, now or datetime.now(UTC))
    return seconds if seconds is not None and seconds <= LONGEST else None


def _until(text: str, now: datetime) -> float | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)


def _count(text: str | None) -> int | None:
    return int(text) if text is not None and _COUNT.fullmatch(text.strip()) else None
