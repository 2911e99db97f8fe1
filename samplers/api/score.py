"""How probable a model finds each token of a text that is given."""

import math
from dataclasses import dataclass, field

import numpy as np

from samplers.api.deviations import dicts_of, number_of
from samplers.api.results import bytes_of, label_of, logprob_of

LISTED = 5  # the most probable tokens that a score keeps at each place


@dataclass(frozen=True)
class Score:
    """The tokens of a text, each with what the model expected there. `client.score` makes it.

    `tokens`: readable text. `logprobs`: of each token after those before it (nats). `entropies`:
    (lowest, highest) possible entropy of the distribution before it (nats); the two are equal where
    all of it is known, and the highest is inf where nobody says how large the vocabulary is. `top`:
    the most probable tokens there, at most five, as (token, probability), the likeliest first. The
    first token of a text without messages has nothing before it: None, None and ().
    """

    tokens: tuple[str, ...]
    logprobs: tuple[float | None, ...]
    entropies: tuple[tuple[float, float] | None, ...]
    top: tuple[tuple[tuple[str, float], ...], ...] = field(repr=False)
    bytes: tuple[bytes, ...] = field(repr=False)
    ids: tuple[int, ...] | None = field(default=None, repr=False)

    def __post_init__(self):
        lengths = {len(self.logprobs), len(self.entropies), len(self.top), len(self.bytes)}
        if self.ids is not None:
            lengths.add(len(self.ids))
        if lengths != {len(self)}:
            raise ValueError(f"a score must have as many of each as tokens, got {lengths}")
        if any(logprob is not None and logprob > 1e-3 for logprob in self.logprobs):
            raise ValueError("logprobs must be <= 0 (natural logarithms of probabilities)")

    @classmethod
    def from_wire(cls, answer: dict) -> "Score":
        entries = answer["tokens"]
        ids = tuple(entry.get("id") for entry in entries)
        return cls(
            tokens=tuple(map(label_of, entries)),
            logprobs=tuple(map(logprob_of, entries)),
            entropies=tuple(map(_entropy_of, entries)),
            top=tuple(top_of(dicts_of(entry.get("top_logprobs"))) for entry in entries),
            bytes=tuple(map(bytes_of, entries)),
            ids=ids if all(isinstance(i, int) for i in ids) else None,
        )

    @property
    def text(self) -> str:
        """What the tokens spell; bytes that are no whole character show as U+FFFD."""
        return b"".join(self.bytes).decode("utf-8", "replace")

    def __len__(self) -> int:
        return len(self.tokens)


def top_of(entries: list[dict]) -> tuple[tuple[str, float], ...]:
    """The LISTED most probable of some entries of logprobs, as (token, probability)."""
    known = [entry for entry in entries if logprob_of(entry) is not None]
    best = sorted(known, key=logprob_of, reverse=True)[:LISTED]
    return tuple((label_of(entry), math.exp(logprob_of(entry))) for entry in best)


def _entropy_of(entry: dict) -> tuple[float, float] | None:
    entropy = number_of(entry.get("entropy"))
    return None if entropy is None else (entropy, entropy)


def entropy_bounds(probs, mass: float, cap: float, size: float) -> tuple[float, float]:
    """The least and the greatest entropy (nats) of a distribution that is known in part.

    `probs`: those of the listed tokens. `mass`: the probability of all others together. `cap`: the
    most that one of those can have. `size`: how many they are; inf where that is not known.

    Proof. Entropy is concave and symmetric, so the even spread of `mass` over all of them gives the
    most, mass log(size / mass), and as many tokens of `cap` as fit and one of the remainder, which
    majorise every other choice, give the least (Marshall & Olkin, "Inequalities", 1979, 3.C). Both
    can be, so the bounds are attained; with `size` = inf the greatest is inf.
    """
    p = np.asarray(probs, dtype=np.float64)
    p = p[p > 0]
    known = float(-(p * np.log(p)).sum())
    if mass <= 0 or size <= 0:
        return known, known

    mass = float(mass)
    cap = min(max(float(cap), mass / size), mass)
    full = math.floor(mass / cap + 1e-9)
    rest = max(mass - full * cap, 0.0)
    least = -full * cap * math.log(cap)
    if rest > 0:
        least -= rest * math.log(rest)
    most = math.inf if math.isinf(size) else mass * math.log(size / mass)
    return known + least, known + max(least, most)
