"""Lesson 02's exercises on a live model: the answer is of the distribution that was seen."""

import pytest

from samplers import Distribution
from samplers.lab.lessons.checks import verdict

# Of 13 tokens at T = 2: the first, above 1 / Z**2 of them, loses; the others gain.
SURE = Distribution.from_probs({"a": 0.88, **{f"t{i}": 0.01 for i in range(12)}})


@pytest.mark.parametrize(("answer", "right"), [(11, True), (0, False)])
def test_the_gainers_are_those_of_the_distribution(answer, right):
    assert verdict("02-gainers", answer, dist=SURE).startswith("Correct.") is right


@pytest.mark.parametrize(("answer", "right"), [((1, 13), True), ((1, 49_152), False)])
def test_at_an_infinite_temperature_every_token_of_this_vocabulary_is_left(answer, right):
    assert verdict("02-limits", answer, dist=SURE).startswith("Correct.") is right
