"""Lesson 05's checks: bounds by hand, and the draws that a test of fit needs."""

import numpy as np
import pytest
from scipy import stats

from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.exercises.lesson_05 import draws_needed


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((0.388, 0.464), "Correct."),
        ((0.464, 0.388), "Correct."),
        ((0.3, 0.464), "Not yet. One of the two is right: 0.464."),
        ((0.3, 0.6), "Not yet. 0.6 is 好 at T = 1."),
        ((0.1, 0.2), "Not yet. The three unseen words"),
    ],
)
def test_the_bounds(answer, message):
    assert verdict("05-bounds", answer).startswith(message)


def test_the_draws_that_a_test_needs_are_those_of_a_simulation():
    """Pearson's test of p against that many draws of q: about nine of ten reject."""
    p = np.array([0.5, 0.3, 0.2])
    q = np.array([0.45, 0.32, 0.23])
    n = round(draws_needed(p, q))
    drawn = np.random.default_rng(0).multinomial(n, q, 20_000)
    statistic = ((drawn - n * p) ** 2 / (n * p)).sum(axis=1)
    assert abs((statistic > stats.chi2.isf(0.05, 2)).mean() - 0.9) < 0.02
