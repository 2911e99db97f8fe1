"""The limits of each tier, and how `--tier` names them.

The table is that of the document that this kit teaches (mid 2026). OpenAI's own page of 2026 gives
each tier's qualification and monthly cap, no such table, and no limit on concurrency anywhere. So
these are an example with a date, and no promise of the service.
"""

import re
from dataclasses import asdict, dataclass

MOST = 1_000_000_000
_NUMBER = re.compile(r"([a-z]+)=([0-9]{1,10})")


@dataclass(frozen=True)
class Limits:
    """The most of each in its time; None is no limit.

    Requests a minute, tokens a minute, requests a day, and requests that run at the same time.
    """

    rpm: int | None = None
    tpm: int | None = None
    rpd: int | None = None
    concurrency: int | None = None


TIERS = {
    "free": Limits(3, 150_000, 200, 1),
    "1": Limits(500, 1_000_000, 10_000, 3),
    "2": Limits(5_000, 2_000_000, 10_000, 5),
    "3": Limits(5_000, 4_000_000, 10_000, 5),
    "4": Limits(10_000, 8_000_000, 10_000, 10),
    "5": Limits(10_000, 16_000_000, 10_000, 10),
}


def limits(text: str) -> Limits:
    """The limits of a tier's name, or of numbers of one's own such as "rpm=60,tpm=2000".

    ValueError for another text.
    """
    if text in TIERS:
        return TIERS[text]

    numbers: dict[str, int] = {}
    for part in text.split(","):
        match = _NUMBER.fullmatch(part.strip())
        if match is None or match[1] not in asdict(Limits()) or match[1] in numbers:
            raise _wrong(text)
        numbers[match[1]] = int(match[2])
    if not all(1 <= number <= MOST for number in numbers.values()):
        raise _wrong(text)
    return Limits(**numbers)


def _wrong(text: str) -> ValueError:
    return ValueError(
        f"tier must be one of {', '.join(TIERS)}, or numbers in [1, {MOST}] of rpm, tpm, rpd and "
        f'concurrency such as "rpm=60,tpm=2000", got {text[:80]!r}'
    )
