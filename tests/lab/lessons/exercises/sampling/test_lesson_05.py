"""Lesson 05's checks: of the prediction that was seen, bounds by hand, the draws of a test."""

import numpy as np
import pytest
from scipy import stats

from samplers import Distribution, SamplingParams
from samplers.compare import predict
from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.exercises.sampling.lesson_05 import draws_needed


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


@pytest.mark.parametrize(("answer", "message"), [(2, "Correct."), (4, "Not yet. Which of")])
def test_the_texts_of_four_engines(answer, message):
    assert verdict("05-engines", answer).startswith(message)


def test_the_draws_that_a_test_needs_are_those_of_a_simulation():
    """Pearson's test of p against that many draws of q: about nine of ten reject."""
    p = np.array([0.5, 0.3, 0.2])
    q = np.array([0.45, 0.32, 0.23])
    n = round(draws_needed(p, q))
    drawn = np.random.default_rng(0).multinomial(n, q, 20_000)
    statistic = ((drawn - n * p) ** 2 / (n * p)).sum(axis=1)
    assert abs((statistic > stats.chi2.isf(0.05, 2)).mean() - 0.9) < 0.02


# "The" is rare here: 250 draws have it 25 times, with a standard deviation of 4.7.
RARE = Distribution.from_probs({"L": 0.7, "The": 0.1, "La": 0.2})


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((15.5, 34.5), "Correct."),
        ((20, 30), "Not yet. The middle is right, but the spread is too small: two standard dev"),
        ((9, 41), "Not yet. 250 times"),
    ],
)
def test_the_spread_is_that_of_the_prediction(answer, message):
    prediction = predict(RARE, SamplingParams(), "openai")
    assert verdict("05-spread", answer, prediction=prediction).startswith(message)


@pytest.mark.parametrize(
    ("answer", "message"),
    [(75, "Correct."), (0.3, "Not yet. That is the share."), (0, "Not yet. Add up")],
)
def test_the_draws_that_a_wrong_prediction_excludes(answer, message):
    """top_p 0.6 keeps "L" alone, and the others have 0.3."""
    prediction = predict(RARE, SamplingParams(), "openai")
    wrong = predict(RARE, SamplingParams(top_p=0.6), "openai")
    assert verdict("05-excluded", answer, prediction=prediction, wrong=wrong).startswith(message)


def test_a_wrong_prediction_may_exclude_nothing():
    wide = predict(RARE, SamplingParams(), "openai")
    narrow = predict(RARE, SamplingParams(top_p=0.6), "openai")
    assert verdict("05-excluded", 0, prediction=narrow, wrong=wide).startswith("Correct.")
