"""A function in any style gives the same outcome, and never touches what it was given."""

import numpy as np
import pytest

from samplers.lab.lessons.exercises.functions import array, outcome, returned
from samplers.lab.lessons.exercises.plain import AnswerError


def in_place(values):
    values[:] = [2 * value for value in values]


def generator(values):
    for value in values:
        yield 2 * value


class Doubling:
    def __call__(self, values):
        return [2 * value for value in values]


@pytest.mark.parametrize(
    "function", [in_place, generator, Doubling(), lambda v: [2 * x for x in v]]
)
def test_any_style(function):
    given = [1, 2]
    assert list(outcome(function, given)) == [2, 4]
    assert given == [1, 2]


def test_what_is_returned_may_be_none():
    assert outcome(lambda value: None, 2) == 2
    assert returned(lambda value: None, 2) is None
    assert returned(generator, [1, 2]) == [2, 4]
    with pytest.raises(AnswerError, match="your function raised KeyError"):
        returned(lambda value: {}[value], 2)


def test_an_array_changed_in_place():
    def halve(values):
        values /= 2

    given = np.array([1.0, 2.0])
    assert outcome(halve, given).tolist() == [0.5, 1]
    assert given.tolist() == [1, 2]


def test_an_endless_generator_ends():
    def endless():
        while True:
            yield 1

    assert len(outcome(endless)) == 100_000


def test_an_error_is_the_learners_own():
    with pytest.raises(AnswerError, match=r"For \(1, 0\) your function raised ZeroDivisionError"):
        outcome(lambda a, b: a / b, 1, 0)


def test_no_function():
    with pytest.raises(AnswerError, match="without brackets, not 3"):
        outcome(3)


def test_a_result_that_is_no_array():
    assert array([1, 2], "an array of logits").tolist() == [1, 2]
    with pytest.raises(AnswerError, match="returns 'no', not an array of logits"):
        array("no", "an array of logits")
