"""Where the nucleus ends: the cut of top_p, without sorting the whole vocabulary."""

import numpy as np

from samplers.arrays import exp_below, row_max

SMALL = 1 << 13  # up to this many tokens a sort is as fast
STEP = 31  # every 31st token of a large row is looked at first; odd, as layouts repeat in powers of two


def nucleus_cut(
    rows: np.ndarray, p: np.ndarray, scratch: np.ndarray, inclusive: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """The last kept value and how many tokens stay, both (B, 1), for rows (B, V) and p (B, 1). `scratch` is written to.

    The definition is a running sum in descending order: a token stays iff the sum before it is < p of the last one, or
    <= where `inclusive`. `_by_sort` does just that; equal values are interchangeable in it, so it sorts values, not
    ids. A large row needs less: `_by_bracket` looks at every 31st token and guesses two values with the cut between
    them. What lies above both is one sum, in any order, and only the few tokens between are sorted. Why this is right:
    the guess is never trusted, the sums show on which side of it the cut lies. And float64 sums of V terms in two
    orders differ by less than V * eps of the total, so a token whose sum is further than that from the target is on the
    same side of it in both. Where one is nearer, or the guess was wrong, the answer is None and the row is sorted after
    all: the speed depends on the guess, the result never does.
    """
    top = row_max(rows)
    if (p >= 1).all():
        return np.full(p.shape, -np.inf, rows.dtype), np.full(p.shape, rows.shape[-1])
    large = len(rows) == 1 and rows.shape[-1] > SMALL
    found = _by_bracket(rows[0], top[0], p.item(), scratch[0]) if large else None
    return found or _by_sort(rows, top, p, scratch, inclusive)


def _by_sort(
    rows: np.ndarray, top: np.ndarray, p: np.ndarray, scratch: np.ndarray, inclusive: bool
) -> tuple[np.ndarray, np.ndarray]:
    ordered = np.negative(rows, out=scratch)
    ordered.sort()
    np.negative(ordered, out=ordered)
    mass = np.exp(ordered - top).astype(np.float64)
    mass.cumsum(axis=-1, out=mass)
    # the sum before a token is its predecessor's: every token whose own sum is short of the target, and the next one
    short = np.less_equal if inclusive else np.less
    count = 1 + short(mass, p * mass[:, -1:]).sum(axis=-1, keepdims=True)
    count = np.where(p >= 1, rows.shape[-1], np.minimum(count, rows.shape[-1]))
    return np.take_along_axis(ordered, count - 1, axis=-1), count


def _by_bracket(
    row: np.ndarray, top: np.ndarray, p: float, scratch: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    weights = exp_below(row, top, scratch)
    total = weights.sum(dtype=np.float64)
    target, slack = p * total, 3 * len(row) * np.finfo(np.float64).eps * total
    low, high, few_below = _guess(row, top, total - target)
    # `near`, the tokens between the two; how many come before them, those equal to `high` too; and their mass
    if high > top:
        near, before, start = row.compress(row > low), 0, 0.0
    elif few_below:
        ids = np.flatnonzero(row < high)
        near, before, start = row[ids], len(row) - len(ids), total - weights[ids].sum(dtype=np.float64)
        near = near.compress(near > low)
    else:  # a lid on the weights takes from the total what is above it
        below, lid = row < high, np.exp(high - top)
        near, before = row.compress(below & (row > low)), len(row) - np.count_nonzero(below)
        start = total - np.minimum(weights, lid, out=weights).sum(dtype=np.float64) + before * float(lid[0])
    near = -np.sort(-near)
    mass = start + np.exp(near - top).astype(np.float64).cumsum()
    i = int(mass.searchsorted(target))  # the first whose sum reaches the target
    # its value, how many tokens have it where that may be many, even all, and the number and mass of those before
    if before and start >= target:
        value, many = high, np.count_nonzero(row == high)
        before, start = before - many, start - many * float(np.exp(high - top)[0])
    elif i < len(near):
        value, many = near[i], 1
        before, start = before + i, mass[i - 1] if i else start
    else:
        value, many = low, np.count_nonzero(row == low) if low < high else 0
        before, start = before + i, mass[-1] if i else start
    each = float(np.exp(value - top)[0])
    if each == 0:
        return None
    into = int(min(max(np.ceil((target - start) / each), 1), many))
    count, without_last, with_last = before + into, start + (into - 1) * each, start + into * each
    if with_last <= target + slack or (without_last >= target - slack and count > 1):
        return None
    return value.reshape(1, 1), np.array([[count]])


def _guess(row: np.ndarray, top: np.ndarray, tail: float) -> tuple[float, float, bool]:
    """Two values that probably have the cut between them, where `tail` is the mass to be removed.

    The higher is inf where few tokens are above the cut; True where few are below it.
    """
    sample = np.sort(row[::STEP])
    n = len(sample)
    i = int(np.exp(sample - top).cumsum().searchsorted(tail * n / len(row)))
    spread = int(3 * (i * (n - i) / n) ** 0.5) + 2  # standard errors of i of n tokens being below the cut
    low, high = sample[max(i - spread, 0)], i + spread
    if high < n // 4:
        return low, sample[max(high, n // 8)], True  # numpy finds an eighth of the ids faster than a twentieth
    return low, sample[high] if high < n - n // 16 else np.inf, False
