"""What a distribution tells of its tokens before the chain: the listed ones' weights, and what
bounds the unlisted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from samplers.compare.bounds import tail_weight
from samplers.distribution import Distribution


@dataclass(frozen=True)
class Tail:
    """The unlisted tokens: their mass m, the most that one can have, how many, and log factors of
    the changed ones.
    """

    mass: float
    cap: float
    size: float
    factors: Mapping = field(default_factory=dict)  # token's bytes, or its id, to log factor

    @property
    def log_cap(self) -> float:
        """The log of the most that an unlisted token can weigh."""
        highest = [*self.factors.values()] + [0.0] * (self.size > len(self.factors))
        return np.log(self.cap) + max(highest) if self.mass else -np.inf

    def weight(self, power: float) -> tuple[float, float]:
        return tail_weight(self.mass, self.cap, self.size, power, list(self.factors.values()))

    def without(self, token) -> "Tail":
        """The others, where `token` (None: one with no factor) has all that it can."""
        factors = {key: factor for key, factor in self.factors.items() if key != token}
        left = self.mass - self.cap
        return replace(
            self, mass=left if left > 1e-9 * self.cap else 0.0, size=self.size - 1, factors=factors
        )


def listed_and_tail(distribution: Distribution) -> tuple[np.ndarray, Tail]:
    """Listed logprobs (K,), scaled so that they and the unseen mass sum to 1 exactly, and the tail."""
    p, K, V = distribution.probs, len(distribution), distribution.vocabulary_size
    total = p.sum() + distribution.unseen
    if abs(total - 1) > 0.01:
        raise ValueError(f"distribution must sum to 1 with its unseen mass, got {total:g}")
    mass = 0.0 if V == K else distribution.unseen / total
    log_p = distribution.logprobs - np.log(p.sum() if mass == 0 else total)
    size = np.inf if V is None else V - K
    smallest = float(np.exp(log_p.min()))
    if mass and (smallest == 0 or mass > size * smallest * (1 + 1e-6)):
        if mass > 1e-4:
            raise ValueError(
                f"unseen must be at most {size:g} tokens of {smallest:g}, the least listed, got {mass:g}"
            )
        mass = 0.0  # nothing but rounding: the listed tokens are all that can be drawn
        log_p = log_p - np.log(np.exp(log_p).sum())
    return log_p, Tail(mass, min(smallest, mass), size)


def weigh(distribution, log_p, tail: Tail, params, counts) -> tuple[np.ndarray, Tail]:
    """log w of the listed tokens after bias and penalties, and the tail with the factors of the
    unlisted ones.
    """
    log_w, factors = log_p.copy(), {}
    for token, bias in (params.logit_bias or {}).items():
        at = _place_of(distribution, token)
        if at is not None:
            log_w[at] += bias
        elif bias:
            factors[token] = bias
    biased = len(factors)
    if counts is not None and not isinstance(counts, Mapping):
        if np.shape(counts) != (len(distribution),):
            raise ValueError(
                f"counts must have shape ({len(distribution)},), as the tokens, got {np.shape(counts)}"
            )
        counts = np.asarray(counts)
        log_w -= params.frequency_penalty * counts + params.presence_penalty * (counts > 0)
    elif counts:
        place = {b: i for i, b in reversed([*enumerate(distribution.bytes)])}
        for token, count in counts.items():
            penalty = (params.frequency_penalty * count + params.presence_penalty) * (count > 0)
            if token in place:
                log_w[place[token]] -= penalty
            elif penalty and tail.mass:
                factors[token] = -penalty
    if 0 < biased < len(factors):
        raise ValueError(
            "counts and logit_bias must not both name unlisted tokens: which are the same is not known"
        )
    if len(factors) > tail.size:
        raise ValueError(
            f"counts and logit_bias must name at most {tail.size:g} unlisted tokens, got {len(factors)}"
        )
    return log_w, replace(tail, factors=factors if tail.mass else {})


def _place_of(distribution: Distribution, token: int) -> int | None:
    """Where the token of an id stands in the list; None if it is not listed."""
    if distribution.ids is not None:
        return distribution.ids.index(token) if token in distribution.ids else None
    if len(distribution) != distribution.vocabulary_size:
        raise ValueError(
            "logit_bias needs distribution.ids, to know which of the listed tokens it means"
        )
    if token >= len(distribution):
        raise ValueError(f"logit_bias ids must be in [0, {len(distribution) - 1}], got {token}")
    return token
