"""Pearson's test of a multinomial whose probabilities are known, or known within bounds."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

LEAST_EXPECTED = 5.0  # a cell's expected count that chi-square allows (Cochran, 1954)
SAMPLES = 9_999  # of a Monte Carlo test
LEVEL, POWER = 0.05, 0.90


@dataclass(frozen=True)
class Pearson:
    """The test of n draws: which cells it pools, and each group's bounds and a point within them,
    shape (G,).

    `group` (C,): the group of each of the prediction's cells, -1 for one that the prediction
    excludes.
    """

    n: int
    group: np.ndarray
    low: np.ndarray
    high: np.ndarray
    point: np.ndarray
    chi_square: bool  # or Monte Carlo

    @classmethod
    def of(cls, n: int, low: np.ndarray, high: np.ndarray) -> "Pearson":
        """The test for cells with probabilities in [low, high], (C,). It never sees the counts that
        it will judge.
        """
        point = within(low, high)
        group = _pool(n, np.where(high - low > 1e-9, low, point), high)
        chi_square = group.max() >= 1
        if not chi_square:  # too few draws for that: keep all cells
            group = np.where(high > 0, np.cumsum(high > 0) - 1, -1)
        low, high, point = (sums(group, x) for x in (low, high, point))
        return cls(n, group, low, np.minimum(high, 1.0), point / point.sum(), bool(chi_square))

    @property
    def exact(self) -> bool:
        return bool((self.high - self.low).max() <= 1e-9)

    @property
    def method(self) -> str:
        """What it is, in words."""
        if len(self.point) == 1:
            return "one cell, where no other outcome was possible"
        df = len(self.point) - 1
        name = (
            f"Pearson's chi-square, {df} degree{'s' * (df > 1)} of freedom"
            if self.chi_square
            else f"Pearson's statistic, Monte Carlo with {SAMPLES:,} samples"
        )
        return name + ("" if self.exact else ", against the nearest distribution within the bounds")

    def statistic(self, observed: np.ndarray) -> np.ndarray:
        """Σ (O - np)² / (np) for counts (..., G), least over the p within the bounds; shape (...)."""
        p = self.point if self.exact else nearest(observed / self.n, self.low, self.high)
        expected = np.where(p > 0, self.n * p, 1.0)  # a group of probability 0 has no draws here
        return ((observed - self.n * p) ** 2 / expected).sum(axis=-1)

    def p_value(self, observed: np.ndarray, rng: np.random.Generator) -> float:
        """Of counts (G,): chi-square's, or (k + 1) / (SAMPLES + 1) with k samples as extreme or
        more.
        """
        if len(self.point) == 1:
            return 1.0
        statistic = self.statistic(observed)
        if self.chi_square:
            return float(stats.chi2.sf(statistic, len(self.point) - 1))
        p = self.point if self.exact else nearest(observed / self.n, self.low, self.high)
        samples = _against(rng.multinomial(self.n, p, SAMPLES), self.n * p)
        return float((1 + (samples >= statistic - 1e-9 * abs(statistic)).sum()) / (SAMPLES + 1))

    def detectable(self, rng: np.random.Generator) -> float:
        """The least share that, moved from the likeliest group to the others, this test detects
        with POWER at LEVEL.

        By bisection on the test's simulated power, with the same random numbers at every step.
        """
        if len(self.point) < 2 or self.point.max() == 1:
            return np.inf
        critical = stats.chi2.isf(LEVEL, len(self.point) - 1)
        if not self.chi_square:
            null = _against(rng.multinomial(self.n, self.point, SAMPLES), self.n * self.point)
            critical = np.quantile(null, 1 - LEVEL, method="higher")
        seed = int(rng.integers(2**32))

        def power(share: float) -> float:
            samples = np.random.default_rng(seed).multinomial(
                self.n, shifted(self.point, share), 2000
            )
            return float((self.statistic(samples) > critical).mean())

        no, yes = 0.0, float(self.point.max())
        if power(yes) < POWER:
            return np.inf
        while yes - no > 0.01 * yes:
            middle = (no + yes) / 2
            no, yes = (no, middle) if power(middle) >= POWER else (middle, yes)
        return yes


def shifted(p: np.ndarray, share: float) -> np.ndarray:
    """`p` (G,) with `share` of the probability moved from the likeliest to the others, in
    proportion to theirs.
    """
    top = int(np.argmax(p))
    q = p * (1 + share / (1 - p[top]))
    q[top] = max(0.0, p[top] - share)
    return q / q.sum()


def within(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The point on the line from `low` to `high` that sums to 1, shape (C,)."""
    room = (high - low).sum()
    p = low + (high - low) * (np.clip((1 - low.sum()) / room, 0, 1) if room > 1e-12 else 0.0)
    return p / p.sum()


def nearest(frequency: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The p in [low, high] with Σ p = 1 that frequencies (..., C) fit best by Pearson's statistic,
    and by likelihood.

    Both have their optimum where p = clip(λ frequency, low, high): the derivatives, -f²/p² and
    -f/p, of the cells that are not clipped are equal there. λ by bisection; where all drawn cells
    are at a bound, others take what is left.
    """
    frequency = np.asarray(frequency, dtype=float)
    a, b = (np.full((*frequency.shape[:-1], 1), end) for end in (-40.0, 40.0))
    for _ in range(60):
        middle = (a + b) / 2
        short = np.clip(np.exp(middle) * frequency, low, high).sum(axis=-1, keepdims=True) < 1
        a, b = np.where(short, middle, a), np.where(short, b, middle)
    p = np.clip(np.exp(b) * frequency, low, high)
    spare = high - p
    missing = 1 - p.sum(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = p + np.where(
            missing > 1e-9, spare * np.minimum(1, missing / spare.sum(axis=-1, keepdims=True)), 0.0
        )
    return p / p.sum(axis=-1, keepdims=True)


def sums(group: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Each group's sum, shape (G,)."""
    return np.bincount(group[group >= 0], values[group >= 0])


def _pool(n: int, p: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Each cell's group: the least expected cells share one until that and every other expects
    enough.
    """
    group = np.full(len(p), -1)
    order = [i for i in np.argsort(p, kind="stable") if high[i] > 0]
    pooled, at = 0.0, 0
    while at < len(order) and (
        n * p[order[at]] < LEAST_EXPECTED or (at > 0 and n * pooled < LEAST_EXPECTED)
    ):
        pooled, at = pooled + p[order[at]], at + 1
    group[order[:at]] = 0
    group[order[at:]] = np.arange(len(order) - at) + (at > 0)
    return group


def _against(observed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    return ((observed - expected) ** 2 / np.where(expected > 0, expected, 1.0)).sum(axis=-1)
