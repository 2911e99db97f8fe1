"""Where the nucleus ends: the cut of top_p, without sorting the whole vocabulary."""

from typing import NamedTuple

import numpy as np

from samplers.arrays import exp_below, float64_sum

LOOK = 1500  # at least so many tokens of a large row are looked at first
EPS = float(np.finfo(np.float64).eps)
# By size of the type: what a sum in it may be wrong by, of the total. numpy adds in pairs, so that
# no term meets more than 40 roundings, each of half an eps.
ROUGH = {4: 20 * float(np.finfo(np.float32).eps), 8: 20 * EPS}


class Cut(NamedTuple):
    """The last kept value and how many tokens stay; of B rows both are (B, 1), of one row they are
    numbers.

    `ids`: of one row all tokens from the value on, ascending, where they are few enough to be
    listed.
    """

    value: np.ndarray
    count: np.ndarray
    ids: np.ndarray | None = None


def nucleus_cuts(
    rows: np.ndarray, top: np.ndarray, p: np.ndarray, scratch: np.ndarray, inclusive: bool = False
) -> Cut:
    """Where the nucleus of each row ends, by its definition, for rows (B, V), their maxima and p
    (B, 1).

    It is a running sum in descending order: a token stays iff the sum before it is < p of the last
    one, or <= where `inclusive`. Equal values are interchangeable in it, so values are sorted, not
    ids. `scratch`, shaped like rows, is written to.
    """
    V = rows.shape[-1]
    scratch[...] = rows
    scratch.sort()
    mass = np.exp(scratch - top)[:, ::-1].cumsum(axis=-1, dtype=np.float64)
    # the sum before a token is its predecessor's: every token whose own sum is short of the target,
    # and the next one
    short = np.less_equal if inclusive else np.less
    count = 1 + np.count_nonzero(short(mass, p * mass[:, -1:]), axis=-1, keepdims=True)
    count = np.where(p >= 1, V, np.minimum(count, V))
    return Cut(np.take_along_axis(scratch, V - count, axis=-1), count)


def nucleus_cut(
    row: np.ndarray, top: np.ndarray, p: float, scratch: np.ndarray, inclusive: bool = False
) -> Cut:
    """The same for one large row (V,), whose maximum `top` is (1,), and far faster: nearly nothing
    is sorted.

    A sample of some 2,000 tokens gives a guess: two ranks with the cut between them, or one value
    that all that stay are above. What comes before both ranks is one sum, in any order, and only
    the few tokens between are sorted. Why this is right: the guess is never trusted, the sums show
    on which side of it the cut lies. And float64 sums of V terms in two orders differ by less than
    V * eps of the total, so a token whose sum is further than that from the target is on the same
    side of it in both. Where one is nearer, or the guess was wrong, the row is sorted after all:
    the speed depends on the guess, the result never does.
    """
    if p >= 1:
        return Cut(row.dtype.type(-np.inf), len(row))
    cut = _guessed(row, top, p, scratch)
    if cut:
        return cut
    found = nucleus_cuts(row[None], top, np.array([[p]]), scratch[None], inclusive)
    return Cut(found.value[0, 0], found.count[0, 0])


def sample(row: np.ndarray) -> np.ndarray:
    """At least LOOK values of a large row (V,), ascending. The step is odd, as layouts repeat in
    powers of two.
    """
    return np.sort(row[:: (len(row) // LOOK - 1) | 1])


def _guessed(row: np.ndarray, top: np.ndarray, p: float, scratch: np.ndarray) -> Cut | None:
    V, error = len(row), 3 * len(row) * EPS  # what its order may change in a sum of the row
    weights = exp_below(row, top, scratch)
    looked = sample(row)
    mass, n = np.exp(looked - top), len(looked)
    cut = _among_few(row, top, weights, looked, mass, p, error)
    if cut:
        return cut
    total = float(float64_sum(weights))
    low, high = (place * V // n for place in _guess(mass, total * (1 - p) * n / V))
    scratch[...] = row
    # where many tokens share a value, a sort is faster
    if (looked[n // 32 :] == looked[: -(n // 32)]).any():
        scratch.sort()
    else:
        _part(scratch, low, high)
    return _between(scratch, low, high, top, p, total, error)


def _among_few(
    row: np.ndarray,
    top: np.ndarray,
    weights: np.ndarray,
    looked: np.ndarray,
    mass: np.ndarray,
    p: float,
    error: float,
) -> Cut | None:
    """The cut if few tokens have most of the mass, and it is one of those above a value that the
    sample gives.

    Rarely is one's sum so near to the target that a sum in the row's own type, which takes half the
    time, does not do.
    """
    n, whole = len(mass), float(mass.sum())
    if whole * 1000 >= n:
        return None
    rough, best = float(weights.sum()), mass[: -n // 16 : -1]
    above = int(best.cumsum().searchsorted(whole - rough * (1 - p) * n / len(row)))
    above += int(3 * above**0.5) + 2  # standard errors of so many looked at being above the cut
    if above >= len(best):
        return None
    (ids,) = (row > looked[-1 - above]).nonzero()
    values = row[ids]
    near = np.sort(values)[::-1]
    cut = _settle(near, top, 0, 0.0, p, rough, error + ROUGH[row.itemsize])
    cut = cut or _settle(near, top, 0, 0.0, p, float(float64_sum(weights)), error)
    return cut and Cut(cut.value, cut.count, ids[values >= cut.value])


def _guess(mass: np.ndarray, tail: float) -> tuple[int, int]:
    """Two ranks with the cut between them, probably, in a sample of ascending `mass` (n,), of which
    `tail` goes.

    The running sum reaches it at some place, give or take three standard errors: a token more or
    less below the cut, of weight w, moves the place by 1 - w / the weight at the cut.
    """
    n, sums = len(mass), mass.cumsum()
    i = min(int(sums.searchsorted(tail)), n - 1)
    if mass[i] == 0:  # nothing that was looked at has any
        return 0, n
    moves = 1 - mass[:i] / mass[i]
    spread = int(3 * float(moves @ moves) ** 0.5) + 2
    return max(i - spread, 0), min(i + spread, n)


def _part(values: np.ndarray, low: int, high: int) -> None:
    """Put the `low` least values first, the next ones up to rank `high` after them, then the
    others; in any order.
    """
    second_above = len(values) - low < high  # the second partition is the smaller one
    first, part, second = (
        (low, values[low:], high - low) if second_above else (high, values[:high], low)
    )
    if 0 < first < len(values):
        values.partition(first)
    if 0 < second < len(part):
        part.partition(second)


def _between(
    parted: np.ndarray, low: int, high: int, top: np.ndarray, p: float, total: float, error: float
) -> Cut | None:
    """The cut if it lies between two ranks of a parted row, which is written to."""
    near, below, above = np.sort(parted[low:high])[::-1], parted[:high], parted[high:]
    if len(above) < len(below):
        start = float(float64_sum(exp_below(above, top, above)))
    else:
        start = total - float(float64_sum(exp_below(below, top, below)))
    return _settle(near, top, len(above), start, p, total, error)


def _settle(
    near: np.ndarray,
    top: np.ndarray,
    before: int,
    start: float,
    p: float,
    total: float,
    error: float,
) -> Cut | None:
    """The cut at which the mass reaches p of the total, if it is certain that one of `near` is it.

    These are in descending order; `before` tokens, whose mass is `start`, come before them. `error`
    is what the sums may be wrong by, of the total.
    """
    target, slack = p * total - start, error * total
    mass = np.exp(near - top).cumsum(dtype=np.float64)
    i = int(mass.searchsorted(target))  # the first whose sum reaches the target
    if i == len(near) or mass.item(i) <= target + slack:
        return None
    if before + i and (mass.item(i - 1) if i else 0.0) >= target - slack:
        return None
    return Cut(near[i], before + i + 1)
