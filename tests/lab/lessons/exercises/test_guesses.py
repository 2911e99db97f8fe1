"""A table of guesses is read in any dress, and a guess that is missing is named."""

import numpy as np
import pytest

from samplers.lab.lessons.exercises.guesses import wrong_guesses
from samplers.lab.lessons.exercises.plain import AnswerError

RIGHT = {"the sea is wet": True, "the sky is green": False, "two are few": True}


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (RIGHT, []),
        (dict(reversed(RIGHT.items())), []),
        ({name.upper(): value for name, value in RIGHT.items()}, []),
        ([True, False, True], []),
        (np.array([True, False, True]), []),
        ("yes, no, yes", []),
        (("wet", "0", 1.0), []),
        ([True] * 3, ["the sky is green"]),
        (RIGHT | {"two are few": "no"}, ["two are few"]),
        ([False, True, False], list(RIGHT)),
    ],
)
def test_guesses(answer, wrong):
    assert wrong_guesses(answer, RIGHT, {"wet": True}) == wrong


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({}, "I find no answer for 'the sea is wet'"),
        ([True], "1 of the 3 parts"),
        (None, "1 of the 3 parts"),
        ({True, False}, "A set has no order"),
        (["wet", "green", "few"], "can't read 'wet' as yes"),
        ([None, True, True], "can't read None"),
    ],
)
def test_no_guesses(answer, message):
    with pytest.raises(AnswerError, match=message):
        wrong_guesses(answer, RIGHT)
