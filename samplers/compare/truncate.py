"""Truncation of a distribution whose tail is known only within bounds: what surely stays, and what
may.

`Candidates` are the listed tokens in descending order of their weights, and the tail: all tokens
that are not listed. Every truncation keeps a prefix of the true order, so a token that stays keeps
all before it. Each function here takes intervals to intervals: whatever the tail is within its
bounds, what truly happens lies within the answer.
"""

from dataclasses import dataclass, replace

import numpy as np

ROUNDING = 1e-12  # of sums of float64 weights: a mass this close to a boundary is on it
EDGE = 1e-5  # of top_p: an endpoint's sums of float32 probabilities are no better
# relative: a tail token this close to a listed one may equal it, for m = 1 - Σp is rounded
CLOSE = 1e-9


@dataclass(frozen=True)
class Candidates:
    """`weights` (K,) descending; `sure` and `may` (K,): stays whatever the tail is, stays for some
    tail.

    The tail: its whole weight is in [low, high], no token of it weighs more than `cap`, and it has
    `size` tokens (inf if unknown). A tail token of a listed one's weight counts as after it, as API
    lists have it.
    """

    weights: np.ndarray
    sure: np.ndarray
    may: np.ndarray
    low: float
    high: float
    cap: float
    size: float
    edge: bool = False  # did the nucleus end so near to top_p that rounding may move it?

    @property
    def above(self) -> np.ndarray:
        """(K,) True for a listed token that no tail token can precede."""
        return self.weights >= self.cap * (1 - CLOSE)

    @property
    def clear(self) -> np.ndarray:
        """(K,) True for a listed token that no tail token can equal."""
        return self.weights > self.cap * (1 + CLOSE)

    def without_tail(self) -> "Candidates":
        return replace(self, low=0.0, high=0.0)


def top_k(c: Candidates, k: int, ties: bool = False) -> Candidates:
    """The k heaviest; with `ties` those that weigh as much as the k-th too. k = 0 is off."""
    if k == 0:
        return c
    first = _first_of_equals(c.weights) if ties else np.arange(len(c.weights))
    fewest, most = (
        _before(c.sure)[first],
        _before(c.may)[first] + np.where(c.above, 0.0, c.size if c.high else 0),
    )
    kept = replace(c, sure=c.sure & (most < k), may=c.may & (fewest < k))
    # at least `least` tail tokens find a place, at most `slots`; the heaviest ones weigh more than
    # their share
    slots, least = k - np.sum(c.sure & c.above), max(0, k - np.sum(c.may))
    if slots <= 0 and ties and not c.clear[c.sure][k - 1]:
        return replace(kept, low=0.0)  # tail tokens may tie with the k-th
    if slots <= 0:
        return kept.without_tail()
    high = c.high if ties else min(c.high, slots * c.cap)
    return replace(kept, low=c.low * min(1.0, least / c.size) if c.size else 0.0, high=high)


def min_p(c: Candidates, p: float) -> Candidates:
    """Those that weigh at least p times as much as the heaviest. p = 0 is off."""
    if p == 0:
        return c
    listed = c.weights[c.may].max(initial=0.0)
    least = p * c.weights[c.sure].max(initial=0.0) * (1 - ROUNDING)
    most = p * max(listed, c.cap if c.high else 0.0) * (1 - ROUNDING)
    kept = replace(c, sure=c.sure & (c.weights >= most), may=c.may & (c.weights >= least))
    if least > c.cap:
        return kept.without_tail()
    # each that goes weighed less than that
    return replace(kept, low=max(0.0, c.low - c.size * most) if c.low else 0.0)


def top_p(c: Candidates, p: float, boundary: str) -> Candidates:
    """The nucleus. `boundary`: a token stays iff the share strictly before it is "before < p" or
    "before <= p"; with "ties stay", iff the share of strictly heavier tokens is < p. The first
    always stays; p >= 1 is off.

    The share before a token is B / (B + R), which grows with B (the weight before) and falls with R
    (the rest).
    """
    if p >= 1:
        return c
    ties = boundary == "ties stay"
    first = _first_of_equals(c.weights) if ties else np.arange(len(c.weights))
    sure, may = c.weights * c.sure, c.weights * c.may
    low_before = _before(sure)[first]
    high_before = _before(may)[first] + np.where(c.above, 0.0, c.high)
    low_rest = (
        sure.sum() - low_before + np.where(c.sure, 0.0, c.weights) + np.where(c.above, c.low, 0.0)
    )
    high_rest = may.sum() - _before(may)[first] + c.high
    most, least = _share(high_before, low_rest), _share(low_before, high_rest)
    stays = _stays(most, p, boundary) | (high_before == 0)
    can = _stays(least, p, boundary) | (low_before == 0)
    edge = bool((c.may & ((np.abs(most - p) < EDGE) | (np.abs(least - p) < EDGE))).any())
    kept = replace(c, sure=c.sure & stays, may=c.may & can, edge=edge)

    ahead = c.sure & (c.clear if ties else c.above)
    before = sure[ahead].sum()
    if c.high == 0 or not (
        before == 0 or _stays(_share(before, may.sum() - may[ahead].sum() + c.high), p, boundary)
    ):
        return kept.without_tail()
    # what stays weighs at least p of the whole, and at most that and the token that crosses p
    high = c.high if ties else min(c.high, p * (may.sum() + c.high) - before + c.cap)
    return replace(kept, low=max(0.0, p * c.low - (1 - p) * may.sum()), high=max(0.0, high))


def both(a: Candidates, b: Candidates) -> Candidates:
    """What stays under two truncations of the same candidates: the shorter prefix."""
    return replace(
        a,
        sure=a.sure & b.sure,
        may=a.may & b.may,
        low=min(a.low, b.low),
        high=min(a.high, b.high),
        edge=a.edge or b.edge,
    )


def _before(weights: np.ndarray) -> np.ndarray:
    """The sum strictly before each place; one more at the end is left out."""
    return np.concatenate([[0.0], np.cumsum(weights, dtype=np.float64)[:-1]])


def _first_of_equals(weights: np.ndarray) -> np.ndarray:
    """The place of the first of those that weigh as much."""
    return np.searchsorted(-weights, -weights, side="left")


def _share(before, rest):
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(np.isinf(before), 1.0, before / (before + rest))


def _stays(share, p: float, boundary: str):
    return share <= p + ROUNDING if boundary == "before <= p" else share < p - ROUNDING
