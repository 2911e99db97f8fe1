"""Where the nucleus ends: the cut of top_p, without sorting the whole vocabulary."""

import numpy as np

from samplers.arrays import row_max

SMALL = 1 << 13  # up to this many tokens a sort is as fast
STEP = 21  # every 21st token of a large row is looked at first; odd, as layouts repeat in powers of two


def nucleus_cut(rows: np.ndarray, p: np.ndarray, inclusive: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """The last kept value and how many tokens stay, both (B, 1), for rows (B, V) and p (B, 1).

    The definition is a running sum in descending order: a token stays iff the sum before it is < p of the last one, or
    <= where `inclusive`. `_by_sort` does just that; equal values are interchangeable in it, so it sorts values, not
    ids. A large row needs less: `_by_bracket` looks at every 21st token and guesses two values with the cut between
    them. What lies above both is one sum, in any order, and only the few tokens between are sorted. Why this is right:
    the guess is never trusted, the sums show on which side of it the cut lies. And float64 sums of V terms in two
    orders differ by less than V * eps of the total, so a token whose sum is further than that from the target is on the
    same side of it in both. Where one is nearer, or the guess was wrong, the answer is None and the row is sorted after
    all: the speed depends on the guess, the result never does.
    """
    top = row_max(rows)
    if (p >= 1).all():
        return np.full(p.shape, -np.inf, rows.dtype), np.full(p.shape, rows.shape[-1])
    found = _by_bracket(rows[0], top[0], p.item()) if len(rows) == 1 and rows.shape[-1] > SMALL else None
    return found or _by_sort(rows, top, p, inclusive)


def _by_sort(rows: np.ndarray, top: np.ndarray, p: np.ndarray, inclusive: bool) -> tuple[np.ndarray, np.ndarray]:
    ordered = -np.sort(-rows)
    mass = np.exp(ordered - top).astype(np.float64)
    mass.cumsum(axis=-1, out=mass)
    # the sum before a token is its predecessor's: every token whose own sum is short of the target, and the next one
    short = np.less_equal if inclusive else np.less
    count = 1 + short(mass, p * mass[:, -1:]).sum(axis=-1, keepdims=True)
    count = np.where(p >= 1, rows.shape[-1], np.minimum(count, rows.shape[-1]))
    return np.take_along_axis(ordered, count - 1, axis=-1), count


def _by_bracket(row: np.ndarray, top: np.ndarray, p: float) -> tuple[np.ndarray, np.ndarray] | None:
    weights = row - top
    np.exp(weights, out=weights)
    total = weights.sum(dtype=np.float64)
    target, slack = p * total, 3 * len(row) * np.finfo(np.float64).eps * total
    low, high = _guess(row, top, total - target)
    above = row > high
    before = np.count_nonzero(above)
    few = before * 64 < len(row)
    heavy = weights.compress(above) if few else np.multiply(weights, above.astype(row.dtype), out=weights)
    mass_before = heavy.sum(dtype=np.float64)
    # runs of equal tokens in descending order: `high` and `low` may be the values of many, even of all
    if before and mass_before >= target:
        before, mass_before = 0, 0.0
        values = -np.sort(-row.compress(above))
        counts = np.ones(len(values))
    else:
        values = np.concatenate([[high], -np.sort(-row.compress((row > low) & (row < high))), [low]])
        counts = np.ones(len(values))
        counts[0] = np.count_nonzero(row == high)
        counts[-1] = np.count_nonzero(row == low) if low < high else 0
    each = np.exp(values - top).astype(np.float64)
    mass = mass_before + (counts * each).cumsum()
    run = int(mass.searchsorted(target))  # the first whose sum reaches the target
    if run == len(mass) or each[run] == 0:
        return None
    start = mass[run - 1] if run else mass_before
    into = min(max(np.ceil((target - start) / each[run]), 1.0), counts[run])  # so many of the run
    count = before + int(counts[:run].sum() + into)
    without_last, with_last = start + (into - 1) * each[run], start + into * each[run]
    if with_last <= target + slack or (without_last >= target - slack and count > 1):
        return None
    return values[run].reshape(1, 1), np.array([[count]])


def _guess(row: np.ndarray, top: np.ndarray, tail: float) -> tuple[float, float]:
    """Two values that probably have the cut between them, where `tail` is the mass to be removed."""
    sample = np.sort(row[::STEP])
    n = len(sample)
    i = int(np.exp(sample - top).cumsum(dtype=np.float64).searchsorted(tail * n / len(row)))
    spread = int(3.5 * (i * (n - i) / n) ** 0.5) + 2  # standard errors of i of n tokens being below the cut
    return sample[max(i - spread, 0)], sample[min(i + spread, n - 1)]
