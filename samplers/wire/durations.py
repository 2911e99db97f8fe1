"""Durations as the x-ratelimit-reset headers write them: "17ms", "1s", "6m0s", "23h47m36.648s".

The grammar is Go's, in which OpenAI prints them.
"""

import re
from decimal import Decimal
from math import ceil, isfinite

_MICROSECOND = Decimal("0.001")
MILLISECONDS = {
    "h": 3_600_000,
    "m": 60_000,
    "s": 1_000,
    "ms": 1,
    "us": _MICROSECOND,
    "µs": _MICROSECOND,
    "ns": _MICROSECOND / 1000,
}
# so few digits that no duration is infinite
_PART = r"([0-9]{1,15}(?:\.[0-9]{1,15})?)(h|ms|m|s|us|µs|ns)"
_DURATION = re.compile(f"(?:{_PART})+")


def duration_text(seconds: float) -> str:
    """A duration of 0 seconds or more as text, rounded up to whole milliseconds.

    So whoever waits that long does not come too early. ValueError for another number.
    """
    if not isfinite(seconds) or seconds < 0:
        raise ValueError(f"seconds must be a finite number of at least 0, got {seconds}")
    milliseconds = whole_milliseconds(seconds)
    if 0 < milliseconds < 1000:
        return f"{milliseconds}ms"

    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    text = f"{milliseconds / 1000:g}s"
    if hours or minutes:
        text = f"{minutes}m{text}"
    return f"{hours}h{text}" if hours else text


def whole_milliseconds(seconds: float) -> int:
    """Seconds as milliseconds, rounded up. What a float adds by its own rounding is not counted."""
    return ceil(round(1000 * seconds, 6))


def duration_seconds(text: str) -> float:
    """A duration's text in seconds, without loss. ValueError for another text."""
    if not _DURATION.fullmatch(text):
        raise ValueError(f'a duration must be like "6m0s" or "17ms", got {text[:40]!r}')
    parts = re.findall(_PART, text)
    milliseconds = sum(Decimal(number) * MILLISECONDS[unit] for number, unit in parts)
    return float(milliseconds / 1000)
