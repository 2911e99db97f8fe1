"""Truncation of a distribution whose tail is known only within bounds.

`Candidates` are the listed tokens in descending order of weight, and the tail: all tokens that are
not listed. Every truncation here keeps a prefix of the true order, so a token that stays keeps all
tokens before it. Each function takes intervals and returns intervals: whatever the tail is within
its bounds, the true result lies within what is returned.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np

from samplers.compare.rules import Rules
from samplers.params import SamplingParams

ROUNDING = 1e-12  # of sums of float64 weights: a mass this close to a boundary is on it
EDGE = 1e-5  # around top_p: an endpoint that sums float32 probabilities is no more exact than this
# Relative: a tail token this close to a listed one may equal it, because m = 1 - Σp is rounded.
CLOSE = 1e-9


@dataclass(frozen=True)
class Candidates:
    """The listed tokens' weights, which of them stay, and what bounds the tail.

    `weights` (K,) are in descending order. `sure` (K,): the token stays whatever the tail is.
    `may` (K,): it stays for some tail.

    The tail's whole weight is in [low, high]. It has `size` tokens (inf if unknown), and none of
    them weighs more than `cap`. A tail token that weighs as much as a listed one comes after it, as
    it does in an API's list.
    """

    weights: np.ndarray
    sure: np.ndarray
    may: np.ndarray
    low: float
    high: float
    cap: float
    size: float
    edge: bool = False  # the nucleus ends so close to top_p that rounding may move its end

    @property
    def above(self) -> np.ndarray:
        """(K,) True for a listed token that no tail token can precede."""
        return self.weights >= self.cap * (1 - CLOSE)

    @property
    def clear(self) -> np.ndarray:
        """(K,) True for a listed token that no tail token can equal."""
        return self.weights > self.cap * (1 + CLOSE)

    @cached_property
    def nuclei(self) -> "_Nuclei":
        """What every nucleus of these candidates needs, whatever its p."""
        return _nuclei(self, ties=False)

    @cached_property
    def nuclei_with_ties(self) -> "_Nuclei":
        """The same, where tokens of equal weight stay or go together."""
        return _nuclei(self, ties=True)

    def without_tail(self) -> "Candidates":
        """The same candidates with every tail token removed."""
        return replace(self, low=0.0, high=0.0)


def top_k(c: Candidates, k: int, ties: bool = False) -> Candidates:
    """The k heaviest; with `ties` also those that weigh as much as the k-th. k = 0 is off."""
    if k == 0:
        return c

    first = _first_of_equals(c.weights) if ties else np.arange(len(c.weights))
    tail_size = c.size if c.high else 0
    fewest_before = _before(c.sure)[first]
    most_before = _before(c.may)[first] + np.where(c.above, 0.0, tail_size)
    kept = replace(c, sure=c.sure & (most_before < k), may=c.may & (fewest_before < k))

    # At most `slots` tail tokens stay, and at least `least`.
    slots = k - np.sum(c.sure & c.above)
    least = max(0, k - np.sum(c.may))
    if slots <= 0:
        tail_may_tie = ties and not c.clear[c.sure][k - 1]
        return replace(kept, low=0.0) if tail_may_tie else kept.without_tail()

    # Those that stay are the heaviest of the tail, so they weigh at least their share of it.
    low = c.low * min(1.0, least / c.size) if c.size else 0.0
    high = c.high if ties else min(c.high, slots * c.cap)
    return replace(kept, low=low, high=high)


def min_p(c: Candidates, p: float) -> Candidates:
    """Those that weigh at least p times as much as the heaviest. p = 0 is off."""
    if p == 0:
        return c

    heaviest_sure = c.weights[c.sure].max(initial=0.0)
    heaviest_listed = c.weights[c.may].max(initial=0.0)
    heaviest = max(heaviest_listed, c.cap if c.high else 0.0)
    least_threshold = p * heaviest_sure * (1 - ROUNDING)
    most_threshold = p * heaviest * (1 - ROUNDING)
    sure = c.sure & (c.weights >= most_threshold)
    may = c.may & (c.weights >= least_threshold)
    kept = replace(c, sure=sure, may=may)

    if least_threshold > c.cap:
        return kept.without_tail()
    # Each tail token that is removed weighed less than the threshold.
    low = max(0.0, c.low - c.size * most_threshold) if c.low else 0.0
    return replace(kept, low=low)


def top_p(c: Candidates, p: float, boundary: str) -> Candidates:
    """The nucleus: the most probable tokens, up to a mass of p. p >= 1 is off.

    `boundary` says when a token stays. "before < p" and "before <= p": the share strictly before it
    is < p, or <= p. "ties stay": the share of strictly heavier tokens is < p. The first token
    always stays.

    The share before a token is B / (B + R), where B is the weight before it and R the weight of it
    and all after it. The share grows with B and falls with R.
    """
    if p >= 1:
        return c

    ties = boundary == "ties stay"
    nuclei = c.nuclei_with_ties if ties else c.nuclei
    sure = c.sure & _stays(nuclei.most_before, p, boundary)
    may = c.may & _stays(nuclei.least_before, p, boundary)
    near = _near(nuclei.most_before, p) | _near(nuclei.least_before, p)
    kept = replace(c, sure=sure, may=may, edge=bool((c.may & near).any()))

    if c.high == 0 or not _stays(nuclei.before_tail, p, boundary):
        return kept.without_tail()
    # What stays weighs at least p of the whole, and at most that and the token that crosses p.
    low = max(0.0, p * c.low - (1 - p) * nuclei.listed)
    most = p * (nuclei.listed + c.high) if p else 0.0  # the sum may be infinite
    high = c.high if ties else min(c.high, most - nuclei.tail_from + c.cap)
    return replace(kept, low=low, high=max(0.0, high))


def top_k_and_top_p(c: Candidates, params: SamplingParams, rules: Rules) -> Candidates:
    """What stays under both truncations of the same candidates: the shorter prefix.

    Where a min_p renormalizes, it is what stays under the one and then the other.
    """
    by_rank = top_k(c, params.top_k, rules.top_k_ties)
    if rules.min_p_renormalizes and params.min_p:
        return top_p(by_rank, params.top_p, rules.boundary)

    by_mass = top_p(c, params.top_p, rules.boundary)
    return replace(
        c,
        sure=by_rank.sure & by_mass.sure,
        may=by_rank.may & by_mass.may,
        low=min(by_rank.low, by_mass.low),
        high=min(by_rank.high, by_mass.high),
        edge=by_rank.edge or by_mass.edge,
    )


class Stage(NamedTuple):
    """A truncation as a request turns it on: the parameters that it reads, and what it does."""

    parameters: tuple[str, ...]
    apply: Callable[[Candidates, SamplingParams, Rules], Candidates]


# Every truncation that can be predicted, by its name in `Rules.stages`. To add one, write its
# function above and its entry here. It must keep a prefix of the order, which `predict` relies on.
STAGES = {
    "top_k": Stage(
        ("top_k",),
        lambda c, params, rules: top_k(c, params.top_k, rules.top_k_ties),
    ),
    "top_p": Stage(
        ("top_p",),
        lambda c, params, rules: top_p(c, params.top_p, rules.boundary),
    ),
    "min_p": Stage(
        ("min_p",),
        lambda c, params, rules: min_p(c, params.min_p),
    ),
    "top_k and top_p": Stage(("top_k", "top_p"), top_k_and_top_p),
}
_DEFAULTS = SamplingParams()
# {parameter: the value that turns it off}: for every truncation that is its default.
OFF = {name: getattr(_DEFAULTS, name) for stage in STAGES.values() for name in stage.parameters}
# What changes the tokens' weights, which `predict` sees to, and what does not change the next draw.
_PENALTIES = {"frequency_penalty", "presence_penalty", "repetition_penalty"}
_WEIGHTS = {"temperature", "logit_bias", *_PENALTIES}
_NO_EFFECT = {"seed", "max_tokens", "stop", "logprobs", "top_logprobs", "n"}


def truncates(params: SamplingParams) -> bool:
    """Does any truncation act under `params`?"""
    return any(getattr(params, name) != off for name, off in OFF.items())


def check_stages(params: SamplingParams, rules: Rules) -> None:
    """Raise ValueError for a stage that STAGES lacks, and for a parameter that no stage reads.

    A missing stage that has a parameter's name is an error only where the parameter is on: an
    engine may have a truncation that most requests leave off.
    """
    defaults = _defaults(type(params))
    for stage in rules.stages:
        if stage not in STAGES and stage not in defaults:
            raise ValueError(f"stages must be among {', '.join(STAGES)}, got {stage!r}")

    known = [STAGES[stage] for stage in rules.stages if stage in STAGES]
    read = (_WEIGHTS | _NO_EFFECT).union(*(stage.parameters for stage in known))
    for name, off in defaults.items():
        value = getattr(params, name)
        if name not in read and value != off:
            raise ValueError(
                f"{name} must be {off!r}, because predict knows no stage of this engine that reads "
                f"it, got {value!r}"
            )


@cache
def _defaults(kind: type[SamplingParams]) -> dict:
    return {f.name: f.default for f in fields(kind)}


def truncate(c: Candidates, params: SamplingParams, rules: Rules) -> Candidates:
    """What stays after the engine's truncations, in its order. Call `check_stages` before."""
    for stage in rules.stages:
        if stage in STAGES:
            c = STAGES[stage].apply(c, params, rules)
    return c


def _before(weights: np.ndarray) -> np.ndarray:
    """The sum strictly before each place, shape (K,)."""
    return np.concatenate([[0.0], np.cumsum(weights, dtype=np.float64)[:-1]])


def _first_of_equals(weights: np.ndarray) -> np.ndarray:
    """For each place, the first place of the same weight, shape (K,)."""
    return np.searchsorted(-weights, -weights, side="left")


class _Before(NamedTuple):
    """The share of the whole weight that comes before a token, and whether nothing does."""

    share: np.ndarray
    is_first: np.ndarray


class _Nuclei(NamedTuple):
    """What comes before each listed token (K,), as far as the bounds tell, and before the tail."""

    least_before: _Before
    most_before: _Before
    before_tail: _Before
    tail_from: float  # the weight of the listed tokens that surely come before the tail
    listed: float  # the weight of all listed tokens


def _nuclei(c: Candidates, ties: bool) -> _Nuclei:
    first = _first_of_equals(c.weights) if ties else np.arange(len(c.weights))
    sure = c.weights * c.sure
    may = c.weights * c.may
    sure_before = _before(sure)[first]
    may_before = _before(may)[first]

    own_if_unsure = np.where(c.sure, 0.0, c.weights)
    tail_after = np.where(c.above, c.low, 0.0)
    least_rest = sure.sum() - sure_before + own_if_unsure + tail_after
    most_rest = may.sum() - may_before + c.high
    most_before = may_before + np.where(c.above, 0.0, c.high)
    listed = may.sum()
    tail_from = c.weights[c.sure & (c.clear if ties else c.above)].sum()
    before_tail = _share(tail_from, listed - tail_from + c.high)
    before_listed = _share(sure_before, most_rest), _share(most_before, least_rest)
    return _Nuclei(*before_listed, before_tail, tail_from, listed)


def _share(before, rest) -> _Before:
    """B / (B + R), the share before a token; 1 where B is infinite, NaN where both are 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(np.isinf(before), 1.0, before / (before + rest))
    return _Before(share, before == 0)


def _stays(before: _Before, p: float, boundary: str):
    """Does a token stay with this before it? The first one always does."""
    share, is_first = before
    within = share <= p + ROUNDING if boundary == "before <= p" else share < p - ROUNDING
    return within | is_first


def _near(before: _Before, p: float):
    """Is the share before a token so close to p that an endpoint's rounding may decide?"""
    return np.abs(before.share - p) < EDGE
