"""How long a busy service takes, by a formula.

`first` is the time to the first event of a stream, `next` the time between two events. An answer
that is not streamed comes after `first`, and `next` for each of its tokens but one. `noise` is
drawn anew each time; it is lognormal with the mean 1. Where the model itself takes longer than the
formula says, nothing is added.
"""

import random
import re
from dataclasses import dataclass, fields
from math import exp

FORMULA = (
    "first = busy * (ttft + prefill * p) * noise, next = busy * between * noise, "
    "busy = 1 + load * r, noise = exp(spread * z - spread**2 / 2), in simulated seconds. p: tokens "
    "of the prompt. r: other requests that run when this one comes. z: drawn from the standard "
    "normal distribution."
)
MOST_SECONDS = 600.0  # of one wait
_PART = re.compile(r"([a-z]+)=([0-9]*\.?[0-9]+)")


@dataclass(frozen=True)
class Latency:
    """The FORMULA's numbers: `ttft`, `between` and `prefill` are seconds. 0 is none of it."""

    ttft: float = 0.0
    between: float = 0.0
    prefill: float = 0.0
    spread: float = 0.0
    load: float = 0.0

    def first(self, prompt_tokens: int, running: int, rng: random.Random) -> float:
        """Seconds to the first token, beside `running` other requests."""
        return self._busy(self.ttft + self.prefill * prompt_tokens, running, rng)

    def next(self, running: int, rng: random.Random) -> float:
        """Seconds from one token to the next."""
        return self._busy(self.between, running, rng)

    def _busy(self, seconds: float, running: int, rng: random.Random) -> float:
        noise = exp(rng.gauss(0, self.spread) - self.spread**2 / 2)
        return min((1 + self.load * running) * seconds * noise, MOST_SECONDS)


MOST = {"ttft": 60.0, "between": 10.0, "prefill": 1.0, "spread": 2.0, "load": 10.0}


def latency(text: str) -> Latency:
    """The numbers of a text such as "ttft=0.5,between=0.03". ValueError for another text."""
    numbers: dict[str, float] = {}
    for part in text.split(","):
        match = _PART.fullmatch(part.strip())
        if match is None or match[1] not in MOST or match[1] in numbers:
            names = ", ".join(field.name for field in fields(Latency))
            raise ValueError(
                f'latency must be numbers of {names} such as "ttft=0.5,between=0.03", '
                f"got {text[:80]!r}"
            )
        numbers[match[1]] = float(match[2])

    for name, number in numbers.items():
        if number > MOST[name]:
            raise ValueError(f"latency's {name} must be in [0, {MOST[name]:g}], got {number:g}")
    return Latency(**numbers)
