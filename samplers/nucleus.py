"""Where the nucleus ends: the cut of top_p, found without sorting the whole vocabulary."""

from typing import NamedTuple

import numpy as np

from samplers.arrays import exp_below, float64_sum
from samplers.cuts import Cut, sample

EPS = float(np.finfo(np.float64).eps)
# How wrong a sum in a type of 4 or 8 bytes may be, as a share of the total. numpy adds in pairs, so
# no term meets more than 40 roundings, each of half an eps.
SUM_ERROR = {4: 20 * float(np.finfo(np.float32).eps), 8: 20 * EPS}


class _Sample(NamedTuple):
    """Some of a row's values (n,), ascending, and their unnormalised probabilities."""

    values: np.ndarray
    weights: np.ndarray


class _Goal(NamedTuple):
    """The mass that the nucleus must reach, in the unit of a row's unnormalised probabilities."""

    total: float  # the mass of the whole row
    target: float  # p of it
    slack: float  # how wrong a sum may be: what is closer than this to the target is not decided


def nucleus_cuts(
    rows: np.ndarray, top: np.ndarray, p: np.ndarray, scratch: np.ndarray, inclusive: bool = False
) -> Cut:
    """Where the nucleus of each row ends, by its definition: rows (B, V), maxima and p (B, 1).

    The definition is a running sum in descending order: a token stays iff the sum before it is < p
    of the last sum, or <= with `inclusive`. How many of several equal tokens stay is decided here,
    and which of them in `samplers.cuts`: so values are sorted, not ids. `scratch` has the shape of
    `rows` and is written to.
    """
    V = rows.shape[-1]
    scratch[...] = rows
    scratch.sort()
    mass = exp_below(scratch, top)[:, ::-1].cumsum(axis=-1, dtype=np.float64)

    # The sum before a token is its predecessor's. So these stay: every token whose own sum is short
    # of the target, and the next one.
    is_short = np.less_equal if inclusive else np.less
    short = is_short(mass, p * mass[:, -1:])
    count = np.minimum(1 + np.count_nonzero(short, axis=-1, keepdims=True), V)
    count = np.where(p >= 1, V, count)
    return Cut(np.take_along_axis(scratch, V - count, axis=-1), count)


def nucleus_cut(
    row: np.ndarray, top: np.ndarray, p: float, scratch: np.ndarray, inclusive: bool = False
) -> Cut:
    """The same for one large row (V,) and its maximum (1,): far faster, as hardly any is sorted.

    A sample of about 2,000 tokens gives a guess: two ranks with the cut between them, or, where few
    tokens have most of the mass, a value below the cut. The mass above the two ranks is one sum, in
    any order, and only the few tokens between them are sorted.

    Why the result is right: the guess is never trusted. The sums show whether the cut lies where it
    says. Two float64 sums of the same V terms in different orders differ by less than V * eps of
    the total. So a token whose sum is further than that from the target is on the same side of it
    in both orders. Where a sum is closer, or the guess was wrong, the whole row is sorted after
    all: the speed depends on the guess, the result never does.
    """
    if p >= 1:
        return Cut(row.dtype.type(-np.inf), len(row))
    cut = _guessed_cut(row, top, p, scratch)
    if cut is not None:
        return cut
    cuts = nucleus_cuts(row[None], top, np.array([[p]]), scratch[None], inclusive)
    return Cut(cuts.value[0, 0], cuts.count[0, 0])


def _guessed_cut(row: np.ndarray, top: np.ndarray, p: float, scratch: np.ndarray) -> Cut | None:
    """The cut where the guess holds, otherwise None."""
    V = len(row)
    weights = exp_below(row, top, scratch)
    values = sample(row)
    sampled = _Sample(values, exp_below(values, top))
    cut = _cut_of_peaked(row, top, weights, sampled, p)
    if cut is not None:
        return cut

    n = len(values)
    goal = _goal(float(float64_sum(weights)), p, _order_error(V))
    low, high = _guessed_ranks(sampled.weights, goal.total * (1 - p) * n / V)
    low = low * V // n
    high = high * V // n
    scratch[...] = row  # the weights in it are not needed any more
    many_ties = (values[n // 32 :] == values[: -(n // 32)]).any()
    if many_ties:
        scratch.sort()  # faster then than a partition
    else:
        _partition(scratch, low, high)
    return _cut_between(scratch, low, high, top, goal)


def _goal(total: float, p: float, error: float) -> _Goal:
    return _Goal(total, p * total, error * total)


def _order_error(V: int) -> float:
    """A bound on how much a float64 sum of V terms depends on their order, as a share of it."""
    return 3 * V * EPS


def _cut_of_peaked(
    row: np.ndarray, top: np.ndarray, weights: np.ndarray, sampled: _Sample, p: float
) -> Cut | None:
    """The cut where few tokens have most of the mass: only those above a guessed value are sorted.

    A sum in float32 takes half the time. It is too coarse only when a sum is very close to the
    target; then we sum again in float64.
    """
    n = len(sampled.weights)
    sampled_mass = float(sampled.weights.sum())
    if sampled_mass * 1000 >= n:
        return None

    total = float(weights.sum())  # in the row's own type
    best = sampled.weights[::-1][: (n - 1) // 16]
    above = int(best.cumsum().searchsorted(sampled_mass - total * (1 - p) * n / len(row)))
    above += int(3 * above**0.5) + 2  # three standard errors of a count
    if above >= len(best):
        return None

    (ids,) = (row > sampled.values[-1 - above]).nonzero()
    values = row[ids]
    descending = np.sort(values)[::-1]
    error = _order_error(len(row))
    goal = _goal(total, p, error + SUM_ERROR[row.itemsize])
    cut = _certain_cut(descending, top, 0, 0.0, goal)
    if cut is None:
        goal = _goal(float(float64_sum(weights)), p, error)
        cut = _certain_cut(descending, top, 0, 0.0, goal)
    if cut is None:
        return None
    return Cut(cut.value, cut.count, ids[values >= cut.value])


def _guessed_ranks(weights: np.ndarray, tail: float) -> tuple[int, int]:
    """Two ranks in a sample of ascending `weights` (n,), probably with the cut between them.

    `tail` is the mass, in the sample's unit, that the cut removes. The running sum reaches it at
    some rank, which is a guess: had the sample one more token of weight w below the cut, the rank
    would move by 1 - w / (the weight at the cut). The two ranks are three standard errors away.
    """
    n = len(weights)
    i = min(int(weights.cumsum().searchsorted(tail)), n - 1)
    if weights[i] == 0:  # no sampled token has any mass
        return 0, n
    moves = 1 - weights[:i] / weights[i]
    spread = int(3 * float(moves @ moves) ** 0.5) + 2
    return max(i - spread, 0), min(i + spread, n)


def _partition(values: np.ndarray, low: int, high: int) -> None:
    """Put the `low` least values first, then those up to rank `high`, then the others.

    Within the three groups the order is any.
    """
    V = len(values)
    # the second partition is of one side of the first: the smaller one
    if V - low < high:
        first = low
        side = values[low:]
        second = high - low
    else:
        first = high
        side = values[:high]
        second = low
    if 0 < first < V:
        values.partition(first)
    if 0 < second < len(side):
        side.partition(second)


def _cut_between(
    parted: np.ndarray, low: int, high: int, top: np.ndarray, goal: _Goal
) -> Cut | None:
    """The cut if it lies between two ranks of a partitioned row, which is written to."""
    descending = np.sort(parted[low:high])[::-1]
    below = parted[:high]
    above = parted[high:]
    if len(above) < len(below):
        mass_above = float(float64_sum(exp_below(above, top, above)))
    else:
        mass_above = goal.total - float(float64_sum(exp_below(below, top, below)))
    return _certain_cut(descending, top, len(above), mass_above, goal)


def _certain_cut(
    descending: np.ndarray, top: np.ndarray, count_above: int, mass_above: float, goal: _Goal
) -> Cut | None:
    """The cut, if it is certain that it is one of the values `descending`.

    `count_above` tokens, whose mass is `mass_above`, come before them.
    """
    target = goal.target - mass_above
    mass = exp_below(descending, top).cumsum(dtype=np.float64)
    i = int(mass.searchsorted(target))  # the first whose sum reaches the target
    if i == len(descending) or mass.item(i) <= target + goal.slack:
        return None

    is_best = count_above + i == 0  # the best token stays whatever its mass
    mass_before = mass.item(i - 1) if i else 0.0
    if not is_best and mass_before >= target - goal.slack:
        return None

    return Cut(descending[i], count_above + i + 1)
