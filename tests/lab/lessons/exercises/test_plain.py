"""Answers in different dress are read as the same; what is no number is an error."""

from decimal import Decimal

import numpy as np
import pytest

from samplers.lab.lessons.exercises.plain import number, several, word


@pytest.mark.parametrize("answer", [" Fewer. ", "'fewer'", ["FEWER"], np.array(["fewer"]), "fewer"])
def test_a_word(answer):
    assert word(answer) == "fewer"


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("1,920", 1920),
        ("36,835.5", 36_835.5),
        (" $22.25.", 22.25),
        ("22.25 USD", 22.25),
        ("25 %", 25),
        ((Decimal("0.5"),), 0.5),
        (np.array([3]), 3),
        (np.float32(0.5), 0.5),
    ],
)
def test_a_number(answer, value):
    assert number(answer) == value


@pytest.mark.parametrize("answer", ["0,018", "22,25", "", "most", None, [1, 2], {1}])
def test_no_number(answer):
    with pytest.raises((ValueError, TypeError)):
        number(answer)


@pytest.mark.parametrize(
    "answer", ["5, 0", "(5, 0)", "5 0", ["5", "0"], np.array(["5", "0"]), {"a": "5", "b": "0"}]
)
def test_several(answer):
    assert several(answer) == ["5", "0"]


def test_a_set_has_no_order():
    with pytest.raises(TypeError, match="no order"):
        several({5, 0})
