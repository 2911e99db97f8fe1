"""Does a prediction hold? A test of fit, its effect, and what it could have seen."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from samplers.api import readable
from samplers.compare.pearson import Pearson, nearest, within
from samplers.compare.prediction import Prediction


@dataclass(frozen=True)
class Fit:
    """A test of fit. Under a true prediction `p_value` is uniform; against bounds it is an upper
    bound (conservative).

    `effect`: the total variation distance between the observed frequencies and the prediction
    (against bounds: the distribution within them that the test takes as nearest), in [0, 1];
    `effect_by_chance`: how large it is on average where the prediction is true, by the draws'
    chance alone. `detectable`: the smallest share of probability, moved from the likeliest cell to
    the others in proportion, that this many draws detect at level 0.05 with power 0.90; inf where
    even all of it would not do.
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
        seen = (
            f"a shift of {self.detectable:.3f}"
            if np.isfinite(self.detectable)
            else "no shift of this kind"
        )
        return (
            f"<Fit: {self.method}, statistic {self.statistic:.2f}, {p}; total variation {self.effect:.3f}"
            f" ({self.effect_by_chance:.3f} expected by chance); {self.draws:,} draws detect {seen} with 90 % power;"
            f" {len(self.pooled)} tokens pooled>"
        )


def goodness_of_fit(prediction: Prediction, counts, seed: int = 0) -> Fit:
    """Pearson's test of `counts` (`Counts`: its first tokens; or {token's bytes: draws}) against
    `prediction`.

    Cells. Tokens, and one cell for all that are not listed. Those with the smallest predictions are
    pooled until each cell expects LEAST_EXPECTED draws or more; pooling looks at the prediction
    alone, never at the counts, so it cannot bias the test. The statistic is then compared with
    chi-square, cells - 1 degrees of freedom. With so few draws that fewer than two such cells
    remain, no cell is pooled and the p-value is Monte Carlo's, (k + 1) / (SAMPLES + 1) with k of
    SAMPLES multinomial samples at least as extreme (`seed` is theirs). A draw that the prediction
    excludes (probability 0) refutes it: statistic inf, p-value 0.

    Bounds. The hypothesis is then that some distribution within the bounds is true, and the
    statistic is against the nearest one: its minimum, at p_i = clip(λ n_i, low_i, high_i) with Σ p
    = 1 (where the derivatives n_i² / p_i² of the unclipped are equal). The minimum is at most the
    statistic against the true one, so that the p-value is too large rather than too small: a
    rejection can be trusted, and the level is at most what it says. (The Monte Carlo p-value
    samples from the nearest distribution; it relies on the statistic's null distribution being much
    alike within the bounds.) `detectable` and `effect_by_chance` then start from the point
    `Prediction.probs`.

    `detectable` is found by simulating the very same test, so it allows for few draws and discrete
    statistics.
    """
    index, low, high = prediction.cells()
    names = [*map(readable, index), "(not listed)"]
    observed = np.zeros(len(low))
    for token, times in (counts if isinstance(counts, Mapping) else counts.tokens).items():
        observed[index.get(token, -1)] += times
    n = int(observed.sum())
    if n == 0:
        raise ValueError("counts must hold at least one draw, got none")
    test, rng = Pearson.of(n, low, high), np.random.default_rng(seed)
    excluded = bool(observed[test.group < 0].any())
    of_groups = np.bincount(test.group[test.group >= 0], observed[test.group >= 0])
    sizes = np.bincount(test.group[test.group >= 0])
    return Fit(
        statistic=np.inf if excluded else float(test.statistic(of_groups)),
        p_value=0.0 if excluded else test.p_value(of_groups, rng),
        effect=float(np.abs(observed / n - nearest(observed / n, low, high)).sum() / 2),
        effect_by_chance=float(_mean_deviation(n, within(low, high)).sum() / (2 * n)),
        detectable=test.detectable(rng),
        draws=n,
        cells=len(sizes),
        pooled=tuple(
            name for name, g in zip(names, test.group, strict=True) if g >= 0 and sizes[g] > 1
        ),
        method="a token was drawn that the prediction excludes" if excluded else test.method,
    )


def _mean_deviation(n: int, p: np.ndarray) -> np.ndarray:
    """E|X - np| of X ~ Binomial(n, p): 2 (m + 1) (1 - p) P(X = m + 1) with m = floor(np) (De
    Moivre).
    """
    m = np.floor(n * p)
    return 2 * (m + 1) * (1 - p) * stats.binom.pmf(m + 1, n, p)
