"""Pearson's test of a multinomial whose probabilities are known, or known within bounds."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

LEAST_EXPECTED = 5.0  # the expected count that chi-square needs in a cell (Cochran, 1954)
SAMPLES = 9_999  # of a Monte Carlo test
POWER_SAMPLES = 2_000  # of a simulated power
LEVEL = 0.05
POWER = 0.90


@dataclass(frozen=True)
class Pearson:
    """The test of n draws: the groups that its cells are pooled into, and what they expect.

    `group` (C,): the group of each of the prediction's cells, -1 for one that the prediction
    excludes. `low`, `high` (G,): each group's bounds. `point` (G,): probabilities within them.
    """

    n: int
    group: np.ndarray
    low: np.ndarray
    high: np.ndarray
    point: np.ndarray
    chi_square: bool  # or Monte Carlo

    @classmethod
    def of(cls, n: int, low: np.ndarray, high: np.ndarray) -> "Pearson":
        """The test for cells with probabilities in [low, high], (C,).

        It is made before the counts are seen, so they cannot bias it.
        """
        point = within(low, high)
        group = _pool(n, np.where(high - low > 1e-9, low, point), high)
        chi_square = bool(group.max() >= 1)
        if not chi_square:  # too few draws for two groups: keep every cell
            group = np.where(high > 0, np.cumsum(high > 0) - 1, -1)

        point = sums(group, point)
        return cls(
            n=n,
            group=group,
            low=sums(group, low),
            high=np.minimum(sums(group, high), 1.0),
            point=point / point.sum(),
            chi_square=chi_square,
        )

    @property
    def exact(self) -> bool:
        return bool((self.high - self.low).max() <= 1e-9)

    @property
    def method(self) -> str:
        """The test's name."""
        df = len(self.point) - 1
        if df == 0:
            return "one cell, where no other outcome was possible"
        if self.chi_square:
            name = f"Pearson's chi-square, {df} degree{'s' * (df > 1)} of freedom"
        else:
            name = f"Pearson's statistic, Monte Carlo with {SAMPLES:,} samples"
        return name if self.exact else f"{name}, against the nearest distribution within the bounds"

    def statistic(self, observed: np.ndarray) -> np.ndarray:
        """Σ (O - np)² / (np) of counts (..., G), for the best p within the bounds; shape (...)."""
        return _statistic(observed, self.n * self._nearest(observed))

    def p_value(self, observed: np.ndarray, rng: np.random.Generator) -> float:
        """The p-value of counts (G,).

        It is chi-square's, or (k + 1) / (SAMPLES + 1) where k samples are at least as extreme.
        """
        if len(self.point) == 1:
            return 1.0

        statistic = self.statistic(observed)
        if self.chi_square:
            return float(stats.chi2.sf(statistic, len(self.point) - 1))
        samples = self._sample_statistics(self._nearest(observed), rng)
        extreme = samples >= statistic - 1e-9 * abs(statistic)
        return float((1 + extreme.sum()) / (SAMPLES + 1))

    def detectable(self, rng: np.random.Generator) -> float:
        """The least share that this test detects with POWER at LEVEL; inf if none is.

        The share is moved from the likeliest group to the others. It is found by bisection on the
        test's simulated power, with the same random numbers at every step.
        """
        if len(self.point) < 2 or self.point.max() == 1:
            return np.inf

        critical = stats.chi2.isf(LEVEL, len(self.point) - 1)
        if not self.chi_square:
            samples = self._sample_statistics(self.point, rng)
            critical = np.quantile(samples, 1 - LEVEL, method="higher")
        seed = int(rng.integers(2**32))

        def is_detected(share: float) -> bool:
            p = shifted(self.point, share)
            samples = np.random.default_rng(seed).multinomial(self.n, p, POWER_SAMPLES)
            return float((self.statistic(samples) > critical).mean()) >= POWER

        undetected = 0.0
        detected = float(self.point.max())
        if not is_detected(detected):
            return np.inf
        while detected - undetected > 0.01 * detected:
            middle = (undetected + detected) / 2
            if is_detected(middle):
                detected = middle
            else:
                undetected = middle
        return detected

    def _nearest(self, observed: np.ndarray) -> np.ndarray:
        """The probabilities that counts (..., G) are tested against, (G,) or (..., G)."""
        return self.point if self.exact else nearest(observed / self.n, self.low, self.high)

    def _sample_statistics(self, p: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """The statistic of SAMPLES samples from p (G,), each against p itself."""
        return _statistic(rng.multinomial(self.n, p, SAMPLES), self.n * p)


def shifted(p: np.ndarray, share: float) -> np.ndarray:
    """`p` (G,) with `share` moved from the likeliest to the others, in proportion to theirs."""
    top = int(np.argmax(p))
    q = p * (1 + share / (1 - p[top]))
    q[top] = max(0.0, p[top] - share)
    return q / q.sum()


def within(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The point on the line from `low` to `high` that sums to 1, shape (C,)."""
    room = (high - low).sum()
    step = np.clip((1 - low.sum()) / room, 0, 1) if room > 1e-12 else 0.0
    p = low + (high - low) * step
    return p / p.sum()


def nearest(frequency: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The p in [low, high] with Σ p = 1 that fits frequencies (..., C) best.

    It is the best by Pearson's statistic and by likelihood. Both have their optimum where
    p = clip(λ frequency, low, high): there the derivatives, -f²/p² and -f/p, of the cells that are
    not clipped are equal. λ is found by bisection. Where all drawn cells are at a bound, others
    take what is left.
    """
    frequency = np.asarray(frequency, dtype=float)
    smaller = np.full((*frequency.shape[:-1], 1), -40.0)  # log λ
    larger = np.full_like(smaller, 40.0)
    for _ in range(60):
        middle = (smaller + larger) / 2
        p = np.clip(np.exp(middle) * frequency, low, high)
        too_small = p.sum(axis=-1, keepdims=True) < 1
        smaller = np.where(too_small, middle, smaller)
        larger = np.where(too_small, larger, middle)
    p = np.clip(np.exp(larger) * frequency, low, high)

    room = high - p
    missing = 1 - p.sum(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        step = np.minimum(1, missing / room.sum(axis=-1, keepdims=True))
        p = p + np.where(missing > 1e-9, room * step, 0.0)
    return p / p.sum(axis=-1, keepdims=True)


def sums(group: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Each group's sum of its cells' values, shape (G,); group -1 is left out."""
    return np.bincount(group[group >= 0], values[group >= 0])


def _pool(n: int, p: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Each cell's group (C,): the least expected share one, so that every group expects enough."""
    order = [i for i in np.argsort(p, kind="stable") if high[i] > 0]
    count = 0  # of the cells that are pooled
    pooled = 0.0  # their probability
    for i in order:
        enough = n * p[i] >= LEAST_EXPECTED and (count == 0 or n * pooled >= LEAST_EXPECTED)
        if enough:
            break
        pooled += p[i]
        count += 1

    group = np.full(len(p), -1)
    group[order[:count]] = 0
    group[order[count:]] = np.arange(len(order) - count) + (count > 0)
    return group


def _statistic(observed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Σ (O - E)² / E over the last axis. A group of expectation 0 has no draws here."""
    return ((observed - expected) ** 2 / np.where(expected > 0, expected, 1.0)).sum(axis=-1)
