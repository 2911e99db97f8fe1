"""Where the nucleus ends: the cut of top_p, without sorting the whole vocabulary."""

import math
from typing import NamedTuple

import numpy as np

from samplers.arrays import exp_below, row_max

SMALL = 1 << 13  # up to this many tokens a sort is as fast
LOOK = 1500  # at least so many tokens of a large row are looked at first


class Cut(NamedTuple):
    """The last kept value and how many tokens stay, both (B, 1).

    `ids`: where they are known, the few tokens of a single row that hold all that stay; ascending.
    """

    value: np.ndarray
    count: np.ndarray
    ids: np.ndarray | None = None


def nucleus_cut(rows: np.ndarray, p: np.ndarray, scratch: np.ndarray, inclusive: bool = False) -> Cut:
    """Where the nucleus of each row ends, for rows (B, V) and p (B, 1). `scratch`, shaped like rows, is written to.

    The definition is a running sum in descending order: a token stays iff the sum before it is < p of the last one, or
    <= where `inclusive`. `_by_sort` does just that; equal values are interchangeable in it, so it sorts values, not
    ids. A large row needs less: `_by_bracket` looks at some 2,000 tokens and guesses two values with the cut between
    them. What lies above both is one sum, in any order, and only the few tokens between are sorted. Why this is right:
    the guess is never trusted, the sums show on which side of it the cut lies. And float64 sums of V terms in two
    orders differ by less than V * eps of the total, so a token whose sum is further than that from the target is on the
    same side of it in both. Where one is nearer, or the guess was wrong, the answer is None and the row is sorted after
    all: the speed depends on the guess, the result never does.
    """
    top = row_max(rows)
    if (p >= 1).all():
        return Cut(np.full(p.shape, -np.inf, rows.dtype), np.full(p.shape, rows.shape[-1]))
    large = len(rows) == 1 and rows.shape[-1] > SMALL
    found = _by_bracket(rows[0], top[0], p.item(), scratch[0]) if large else None
    return found or _by_sort(rows, top, p, scratch, inclusive)


def sample(row: np.ndarray) -> np.ndarray:
    """At least LOOK values of a large row (V,), ascending. The step is odd, as layouts repeat in powers of two."""
    return np.sort(row[:: (len(row) // LOOK - 1) | 1])


def _by_sort(rows: np.ndarray, top: np.ndarray, p: np.ndarray, scratch: np.ndarray, inclusive: bool) -> Cut:
    ordered = np.negative(rows, out=scratch)
    ordered.sort()
    np.negative(ordered, out=ordered)
    mass = np.exp(ordered - top).astype(np.float64)
    mass.cumsum(axis=-1, out=mass)
    # the sum before a token is its predecessor's: every token whose own sum is short of the target, and the next one
    short = np.less_equal if inclusive else np.less
    count = 1 + short(mass, p * mass[:, -1:]).sum(axis=-1, keepdims=True)
    count = np.where(p >= 1, rows.shape[-1], np.minimum(count, rows.shape[-1]))
    return Cut(np.take_along_axis(ordered, count - 1, axis=-1), count)


class _Bracket(NamedTuple):
    """Two values, the tokens between them in descending order, and how many come before those, with their mass.

    Tokens equal to `high` are among those before; tokens equal to `low` come after.
    """

    low: float
    high: float
    near: np.ndarray
    before: int
    start: float


def _by_bracket(row: np.ndarray, top: np.ndarray, p: float, scratch: np.ndarray) -> Cut | None:
    weights = exp_below(row, top, scratch)
    looked = sample(row)
    mass, share = np.exp(looked - top).cumsum(), len(looked) / len(row)
    order = 3 * len(row) * np.finfo(np.float64).eps  # what its order may change in a sum of the row

    def exact() -> tuple[float, float]:
        return float(weights.sum(dtype=np.float64)), order

    # Where few tokens have most of the mass, a sum of half the time does: numpy adds in pairs, so that no weight meets
    # more than 40 roundings, and rarely is a token's sum that near to the target.
    peaked = mass[-1] * 1000 < len(looked)
    total, error = (float(weights.sum()), order + 20 * np.finfo(row.dtype).eps) if peaked else exact()
    low, high, few_below = _guess(looked, mass, total * (1 - p) * share)
    if high > top:
        ids = np.flatnonzero(row > low)
        bracket = _Bracket(low, high, -np.sort(-row[ids]), 0, 0.0)
        cut = _settle(row, top, bracket, p, total, error)
        if cut is None and peaked:
            cut = _settle(row, top, bracket, p, *exact())
        return cut if cut is None or cut.value <= low else cut._replace(ids=ids)
    if peaked:
        total, error = exact()
    return _settle(row, top, _bracket(row, top, weights, low, high, few_below, total), p, total, error)


def _guess(looked: np.ndarray, mass: np.ndarray, tail: float) -> tuple[float, float, bool]:
    """Two values that probably have the cut between them, where `tail` of the sample's mass is to be removed.

    The higher is inf where few tokens are above the cut; True where few are below it.
    """
    n = len(looked)
    i = int(mass.searchsorted(tail))
    spread = int(3 * (i * (n - i) / n) ** 0.5) + 2  # standard errors of i of n tokens being below the cut
    low, high = looked[max(i - spread, 0)], i + spread
    if high < n // 4:
        return low, looked[max(high, n // 8)], True  # numpy finds an eighth of the ids faster than a twentieth
    return low, looked[high] if high < n - n // 16 else np.inf, False


def _bracket(
    row: np.ndarray, top: np.ndarray, weights: np.ndarray, low: float, high: float, few_below: bool, total: float
) -> _Bracket:
    """What lies between two values at or below `top`. The weights may be written to."""
    if few_below:
        ids = np.flatnonzero(row < high)
        near, before, start = row[ids], len(row) - len(ids), total - weights[ids].sum(dtype=np.float64)
        near = near.compress(near > low)
    else:  # a lid on the weights takes from the total what is above it
        below, lid = row < high, np.exp(high - top)
        near, before = row.compress(below & (row > low)), len(row) - np.count_nonzero(below)
        start = total - np.minimum(weights, lid, out=weights).sum(dtype=np.float64) + before * float(lid[0])
    return _Bracket(low, high, -np.sort(-near), before, start)


def _settle(row: np.ndarray, top: np.ndarray, bracket: _Bracket, p: float, total: float, error: float) -> Cut | None:
    """The cut at which the mass reaches p of the total; None where a sum is too near to it for the total's error."""
    target, slack = p * total, error * total
    low, high, near, before, start = bracket
    weights = np.exp(near - top)
    mass = weights.astype(np.float64).cumsum()
    i = int(mass.searchsorted(target - start))  # the first whose sum reaches the target
    # its value and weight, how many tokens have it where that may be many, even all; number and mass of those before
    if before and start >= target:
        value, each, many = high, _weight(high, top), np.count_nonzero(row == high)
        before, start = before - many, start - many * each
    elif i < len(near):
        value, each, many = near[i], float(weights[i]), 1
        before, start = before + i, start + float(mass[i - 1]) if i else start
    else:
        value, each, many = low, _weight(low, top), np.count_nonzero(row == low) if low < high else 0
        before, start = before + i, start + float(mass[-1]) if i else start
    if each == 0:
        return None
    into = math.ceil(min(max((target - start) / each, 1), many))
    count, without_last, with_last = before + into, start + (into - 1) * each, start + into * each
    if with_last <= target + slack or (without_last >= target - slack and count > 1):
        return None
    return Cut(np.array([[value]]), np.array([[count]]))


def _weight(value: np.floating, top: np.ndarray) -> float:
    return float(np.exp(value - top)[0])
