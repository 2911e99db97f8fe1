"""Does a prediction hold? A test of fit, its effect, and what the test could have detected."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from samplers.api import readable
from samplers.checks import instance
from samplers.compare.pearson import Pearson, nearest, sums, within
from samplers.compare.prediction import Prediction
from samplers.draw import seeded

MOST_DRAWS = 2**53  # float64 counts no further


@dataclass(frozen=True)
class Fit:
    """A test of fit.

    `p_value`: uniform if the prediction is true. Against bounds it is an upper bound
    (conservative).

    `effect`: the total variation distance, in [0, 1], between the observed frequencies and the
    prediction (against bounds: the distribution within them that the test takes as nearest).
    `effect_by_chance`: how large the effect is on average if the prediction is true.

    `detectable`: the smallest share of probability that this many draws detect at level 0.05 with
    power 0.90, if it is moved from the likeliest cell to the others in proportion. It is inf where
    even moving all of it would not be detected.
    """

    statistic: float
    p_value: float
    effect: float
    effect_by_chance: float
    detectable: float
    draws: int
    cells: int
    pooled: tuple[str, ...]  # readable tokens that share one cell of the test
    method: str

    def __repr__(self) -> str:
        p = f"p = {self.p_value:.3f}" if self.p_value >= 0.001 else "p < 0.001"
        shift = "no shift of this kind"
        if np.isfinite(self.detectable):
            shift = f"a shift of {self.detectable:.3f}"

        return (
            f"<Fit: {self.method}, statistic {self.statistic:.2f}, {p}; "
            f"total variation {self.effect:.3f} "
            f"({self.effect_by_chance:.3f} expected by chance); "
            f"{self.draws:,} draws detect {shift} with 90 % power; "
            f"{len(self.pooled)} tokens pooled>"
        )


def goodness_of_fit(prediction: Prediction, counts, seed: int = 0) -> Fit:
    """Pearson's test of `counts` against `prediction`.

    `counts`: `Counts`, whose first tokens are tested, or {token: draws}, where a token is its bytes
    or a listed one's text. `seed`, an integer >= 0: of the Monte Carlo samples. ValueError for any
    other token, for what is no number of draws, and for no draws at all.

    Cells. Each token is a cell, and all that are not listed are one. The cells with the smallest
    predictions are pooled until each cell expects LEAST_EXPECTED draws or more. Pooling depends on
    the prediction alone, never on the counts, so it cannot bias the test. The statistic is then
    compared with chi-square, cells - 1 degrees of freedom. If there are so few draws that fewer
    than two such cells remain, no cell is pooled and the p-value is Monte Carlo's: (k + 1) /
    (SAMPLES + 1) with k of SAMPLES multinomial samples at least as extreme. A draw that the
    prediction excludes (probability 0) refutes it: statistic inf, p-value 0.

    Bounds. The hypothesis is then that some distribution within the bounds is true, and the
    statistic is against the nearest one: its minimum, at p_i = clip(λ n_i, low_i, high_i) with Σ p
    = 1, where the derivatives n_i² / p_i² of those that are not clipped are equal. The minimum is
    at most the statistic against the true distribution, so the p-value is too large rather than too
    small: a rejection can be trusted, and the level is at most what it says. (The Monte Carlo
    p-value samples from the nearest distribution. It relies on the statistic's null distribution
    being much the same everywhere within the bounds.) `detectable` and `effect_by_chance` then
    start from the point `Prediction.probs`.

    `detectable` is found by simulating this very test, so it allows for few draws and discrete
    statistics.
    """
    instance(prediction, "prediction", Prediction, "what predict returns")
    index, low, high = prediction.cells()
    observed = prediction.observed(counts)
    n = int(observed.sum())
    if n == 0:
        raise ValueError("counts must hold at least one draw, got none")
    if n > MOST_DRAWS:
        raise ValueError(f"counts must hold at most {MOST_DRAWS} draws, got {n:g}")

    test = Pearson.of(n, low, high)
    rng = seeded(seed)
    if observed[test.group < 0].any():
        method = "a token was drawn that the prediction excludes"
        statistic = np.inf
        p_value = 0.0
    else:
        method = test.method
        in_groups = sums(test.group, observed)
        statistic = float(test.statistic(in_groups))
        p_value = test.p_value(in_groups, rng)

    frequency = observed / n
    deviation = np.abs(frequency - nearest(frequency, low, high)).sum()
    return Fit(
        statistic=statistic,
        p_value=p_value,
        effect=float(deviation / 2),
        effect_by_chance=float(_mean_deviation(n, within(low, high)).sum() / (2 * n)),
        detectable=test.detectable(rng),
        draws=n,
        cells=len(test.point),
        pooled=_pooled([*map(readable, index), "(not listed)"], test.group),
        method=method,
    )


def _pooled(names: list[str], group: np.ndarray) -> tuple[str, ...]:
    """The names of the cells that share a group with others."""
    sizes = np.bincount(group[group >= 0])
    pairs = zip(names, group, strict=True)
    return tuple(name for name, g in pairs if g >= 0 and sizes[g] > 1)


def _mean_deviation(n: int, p: np.ndarray) -> np.ndarray:
    """E|X - np| of X ~ Binomial(n, p), shape (C,).

    It is 2 (m + 1) (1 - p) P(X = m + 1) with m = floor(np) (De Moivre).
    """
    m = np.floor(n * p)
    return 2 * (m + 1) * (1 - p) * stats.binom.pmf(m + 1, n, p)
