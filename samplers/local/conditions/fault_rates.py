"""How often each fault comes: "429:0.2,500:0.1", and which one a request gets."""

import random
import re

from samplers.local.conditions.faults import NAMES

_RATE = re.compile(r"([a-z0-9_]+)(?::([0-9]*\.?[0-9]+))?")


def fault_rates(text: str) -> dict[str, float]:
    """Each fault's probability; a name alone always comes. ValueError for another text."""
    rates: dict[str, float] = {}
    for part in text.split(","):
        match = _RATE.fullmatch(part.strip())
        if match is None:
            raise ValueError(
                'fault must be names with probabilities such as "429:0.2,drop:0.05", '
                f"got {text[:80]!r}"
            )
        name = match[1]
        if name not in NAMES:
            raise ValueError(f"fault must be one of {', '.join(NAMES)}, got {name[:80]!r}")
        if name in rates:
            raise ValueError(f"fault must name each fault once, got {name} twice")
        rates[name] = float(match[2] or 1)

    total = sum(rates.values())
    if total > 1 + 1e-9:
        raise ValueError(f"fault must have probabilities of at most 1 together, got {total:.12g}")
    return rates


def drawn(rates: dict[str, float], rng: random.Random) -> str | None:
    """The fault that one request gets, or None. It takes one number of `rng`, whatever comes."""
    number = rng.random()
    for name, rate in rates.items():
        number -= rate
        if number < 0:
            return name
    return None
