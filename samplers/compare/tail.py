"""What a distribution says about its tokens before the chain acts on them.

The weights of the listed tokens are known. Those of the unlisted ones, the tail, are bounded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from samplers.arrays import as_array
from samplers.checks import shown
from samplers.compare.bounds import tail_weight
from samplers.compare.prediction import by_bytes
from samplers.compare.rules import WEIGHING
from samplers.distribution import Distribution, log_softmax
from samplers.engines import ENGINES
from samplers.params import SamplingParams
from samplers.penalties import check_raw_logits
from samplers.stages import STAGES


@dataclass(frozen=True)
class Tail:
    """The unlisted tokens: their probability together, the most that one can have, how many.

    `factors`: {token's bytes, or its id: log factor} of those that a bias or a penalty changes.
    """

    mass: float
    cap: float
    size: float
    factors: Mapping = field(default_factory=dict)

    @property
    def log_cap(self) -> float:
        """The log of the most that an unlisted token can weigh."""
        if not self.mass:
            return -np.inf
        log_factors = list(self.factors.values())
        if self.size > len(log_factors):
            log_factors.append(0.0)
        return np.log(self.cap) + max(log_factors)

    def weight(self, power: float) -> tuple[float, float]:
        """The logs of the least and the greatest sum of the tokens' weights, see `tail_weight`."""
        return tail_weight(self.mass, self.cap, self.size, power, list(self.factors.values()))

    def without(self, token) -> "Tail":
        """The other tokens, if `token` (None: one without a factor) has all that it can have."""
        mass = self.mass - self.cap
        if mass <= 1e-9 * self.cap:
            mass = 0.0
        factors = {key: factor for key, factor in self.factors.items() if key != token}
        return replace(self, mass=mass, size=self.size - 1, factors=factors)


def listed_and_tail(distribution: Distribution) -> tuple[np.ndarray, Tail]:
    """The listed logprobs (K,), scaled so that they and the tail sum to 1 exactly, and the tail."""
    p = distribution.probs
    total = p.sum() + distribution.unseen
    if abs(total - 1) > 0.01:
        raise ValueError(f"distribution must sum to 1 with its unseen mass, got {total:g}")

    K = len(distribution)
    V = distribution.vocabulary_size
    mass = 0.0 if V == K else distribution.unseen / total
    size = np.inf if V is None else V - K
    log_p = distribution.logprobs - np.log(p.sum() if mass == 0 else total)
    smallest = float(np.exp(log_p.min()))

    too_much = smallest == 0 or mass > size * smallest * (1 + 1e-6)
    if mass and too_much:
        if mass > 1e-4:
            raise ValueError(
                f"unseen must be at most {size:g} tokens of {smallest:g}, the least listed, "
                f"got {mass:g}"
            )
        mass = 0.0  # nothing but rounding: the listed tokens are all that can be drawn
        log_p = log_p - np.log(np.exp(log_p).sum())
    return log_p, Tail(mass, min(smallest, mass), size)


def weigh(
    distribution: Distribution, log_p: np.ndarray, tail: Tail, params: SamplingParams, counts
) -> tuple[np.ndarray, Tail]:
    """log w of the listed tokens after bias and penalties, and the tail with its log factors."""
    bias, unlisted_biases = _biases(distribution, params.logit_bias or {})
    penalty, unlisted_penalties = _penalties(distribution, params, counts)
    if not tail.mass:
        unlisted_penalties = {}
    if unlisted_biases and unlisted_penalties:
        raise ValueError(
            "counts and logit_bias must not both name unlisted tokens: "
            "which are the same is not known"
        )

    factors = unlisted_biases | unlisted_penalties
    if len(factors) > tail.size:
        raise ValueError(
            f"counts and logit_bias must name at most {tail.size:g} unlisted tokens, "
            f"got {len(factors)}"
        )
    return log_p + bias - penalty, replace(tail, factors=factors if tail.mass else {})


def weigh_raw(distribution: Distribution, params: SamplingParams, engine, counts) -> np.ndarray:
    """log w (V,) after bias and penalties, by the engine's own stages in its own order.

    The order matters: a repetition penalty acts on the logits that a bias has changed, or on those
    that it will change. ValueError for a distribution without raw logits or with unlisted tokens,
    and for rules that are not an engine's by name.
    """
    penalty = params.repetition_penalty
    check_raw_logits(distribution, penalty)
    if len(distribution) != distribution.vocabulary_size:
        why = "it needs the whole distribution"
        raise ValueError(f"repetition_penalty must be 1 here, got {penalty}; {why}")
    if not isinstance(engine, str) or engine not in ENGINES:
        why = "which tokens it counts, and before or after a bias, only an engine's name tells"
        raise ValueError(f"repetition_penalty must be 1 here, got {penalty}; {why}")

    if not _of_chain(counts):
        array = _as_array(counts, distribution)
        counts = {"penalties": array, "repetition": array}
    logits = distribution.logits
    for stage in ENGINES[engine].stages:
        if stage in WEIGHING - {"temperature"}:
            logits = STAGES[stage](logits, params, counts, ENGINES[engine])
    return log_softmax(logits)


def _biases(distribution: Distribution, logit_bias: Mapping) -> tuple[np.ndarray, dict]:
    """What `logit_bias` adds to each listed token (K,), and {id: bias} of the unlisted ones."""
    listed = np.zeros(len(distribution))
    unlisted = {}
    for token_id, bias in logit_bias.items():
        place = _place_of(distribution, token_id)
        if place is not None:
            listed[place] += bias
        elif bias:
            unlisted[token_id] = bias
    return listed, unlisted


def _of_chain(counts) -> bool:
    """Is this what `Chain.counts` returns, with a count for each kind of penalty?"""
    return isinstance(counts, Mapping) and isinstance(counts.get("repetition"), np.ndarray)


def _penalties(distribution: Distribution, params: SamplingParams, counts):
    """What is subtracted from each listed token (K,), and {bytes: log factor} of unlisted ones."""
    if _of_chain(counts):
        counts = counts["penalties"]
    if isinstance(counts, Mapping):
        return _penalties_by_bytes(distribution, params, counts)

    K = len(distribution)
    if counts is None:
        return np.zeros(K), {}
    counts = as_array(counts, "counts")
    if counts.shape != (K,):
        raise ValueError(f"counts must have shape ({K},), as the tokens, got {counts.shape}")
    if not ((counts >= 0) & (counts < np.inf) & (counts == np.floor(counts))).all():
        raise ValueError(f"counts must be whole numbers >= 0, got {shown(counts)}")
    return _penalty(params, counts.astype(np.float64)), {}


def _penalties_by_bytes(distribution: Distribution, params: SamplingParams, counts: Mapping):
    """As `_penalties`. ValueError if two listed tokens have the bytes of one that is penalised."""
    listed = np.zeros(len(distribution))
    unlisted = {}
    is_whole = len(distribution) == distribution.vocabulary_size
    for token, count in by_bytes(counts, distribution).items():
        penalty = _penalty(params, count)
        alike = distribution.bytes.count(token)
        if alike > 1 and penalty:
            which = f"{alike} listed tokens have these bytes"
            array = f"an array ({len(distribution)},) tells them apart"
            raise ValueError(f"counts must not have {shown(token)}: {which}; {array}")
        if alike:
            listed[distribution.bytes.index(token)] += penalty
        elif is_whole:
            raise ValueError(f"counts must be of the vocabulary's tokens, got {shown(token)}")
        elif penalty:
            unlisted[token] = -penalty
    return listed, unlisted


def _as_array(counts, distribution: Distribution):
    """Counts by token as an array (V,); an array as it is."""
    if counts is not None and not isinstance(counts, Mapping):
        return counts

    array = np.zeros(len(distribution), dtype=np.int64)
    for token, count in by_bytes(counts or {}, distribution).items():
        alike = distribution.bytes.count(token)
        if alike != 1:
            which = f"{alike} tokens of the vocabulary have these bytes"
            instead = f"an array ({len(distribution)},) tells tokens apart"
            raise ValueError(f"counts must not have {shown(token)}: {which}; {instead}")
        array[distribution.bytes.index(token)] = count
    return array


def _penalty(params: SamplingParams, count):
    """What OpenAI's formula subtracts for a token that was counted this often."""
    return params.frequency_penalty * count + params.presence_penalty * (count > 0)


def _place_of(distribution: Distribution, token_id: int) -> int | None:
    """Where the token of this id stands in the list; None if it is not listed."""
    if distribution.ids is not None:
        return distribution.ids.index(token_id) if token_id in distribution.ids else None

    if len(distribution) != distribution.vocabulary_size:
        raise ValueError(
            "logit_bias needs distribution.ids, to know which of the listed tokens it means"
        )
    if token_id >= len(distribution):
        raise ValueError(f"logit_bias ids must be in [0, {len(distribution) - 1}], got {token_id}")
    return token_id
