"""Answers in different dress are read as the same; what cannot be read says so."""

from collections import namedtuple
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from samplers.lab.lessons.exercises.plain import (
    AnswerError,
    by_name,
    choice,
    number,
    numbers,
    several,
    share,
    whole,
    word,
    words,
    yes,
)

Pair = namedtuple("Pair", "low high")


@pytest.mark.parametrize(
    "answer",
    [" Fewer. ", "'fewer'", ["FEWER"], np.array(["fewer"]), "ｆｅｗｅｒ", "“fewer”", "fewer。"],
)
def test_a_word(answer):
    assert word(answer) == "fewer"


def test_a_word_with_an_apostrophe():
    assert word("the model’s own") == word("‘The model's own’") == "the model's own"


@pytest.mark.parametrize("answer", [None, {}, len, [], ["a", "b"]])
def test_no_word(answer):
    with pytest.raises(AnswerError, match=r"I can't read .* as a word"):
        word(answer)


@pytest.mark.parametrize(
    "answer", ["At once", "at  once.", "AT ONCE", ("at once",), np.str_("at once")]
)
def test_a_choice(answer):
    assert choice(answer, "at once", "later") == "at once"


@pytest.mark.parametrize("answer", ["soon", 1, "", True])
def test_no_choice(answer):
    with pytest.raises(AnswerError, match='as one of "at once", "later"'):
        choice(answer, "at once", "later")


@pytest.mark.parametrize(
    "answer",
    [{"好", "很"}, ["很", "好"], "好, 很", "好、很", np.array(["好", "很"]), ("好 ", "'很'")],
)
def test_words(answer):
    assert words(answer) == {"好", "很"}


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("1,920", 1920),
        ("1 920", 1920),
        ("36,835.5", 36_835.5),
        ("36\u202f835", 36_835),  # a narrow space that does not break
        (" $22.25.", 22.25),
        ("22.25 USD", 22.25),
        ("25 %", 25),
        (".4", 0.4),
        ("-.5", -0.5),
        ("about 12", 12),
        ("0.02 $", 0.02),
        ("２５％", 25),
        ("1/2", 0.5),
        ("½", 0.5),
        (".5", 0.5),
        ("-.5.", -0.5),
        ("．５", 0.5),
        ("$.50", 0.5),
        ("1/.5", 2),
        ("−0.5", -0.5),
        ("~ 3.5", 3.5),
        ("1e-6", 1e-6),
        ("14 tokens", 14),
        ("3 times", 3),
        ("0.5s", 0.5),
        ("inf", np.inf),
        ((Decimal("0.5"),), 0.5),
        (Fraction(1, 2), 0.5),
        (np.array([3]), 3),
        (np.array(3), 3),
        ([[3]], 3),
        ({3}, 3),
        (np.float32(0.5), 0.5),
    ],
)
def test_a_number(answer, value):
    assert number(answer) == value


@pytest.mark.parametrize(
    "answer",
    ["0,018", "22,25", "", "most", "5 or 6", "nan", "1/0", None, [1, 2], {1, 2}, True, 1j, 10**400],
)
def test_no_number(answer):
    with pytest.raises(AnswerError, match=r"I can't read .* as a number"):
        number(answer)


@pytest.mark.parametrize("answer", [3, 3.0, "3", " 3.0 ", np.int64(3), Decimal(3), [3]])
def test_a_whole_number(answer):
    assert whole(answer) == 3


@pytest.mark.parametrize("answer", [0.9, "2.5", "inf", np.float32(0.5)])
def test_no_whole_number(answer):
    with pytest.raises(AnswerError, match=r"I can't read .* as a whole number"):
        whole(answer)


@pytest.mark.parametrize("answer", [0.4, "0.4", 40, "40%", "40 %", np.float64(0.4), "2/5"])
def test_a_share(answer):
    assert share(answer) == pytest.approx(0.4)


def test_a_share_below_one_percent():
    assert share("0.5 %") == pytest.approx(0.005)


@pytest.mark.parametrize(
    "answer",
    [
        (5, 0.5),
        [5, 0.5],
        np.array([5, 0.5]),
        "(5, 0.5)",
        "5,0.5",
        "5 0.5",
        "5 and 0.5",
        "from 5 to 0.5",
        "（5，0.5）",
        ["5", "0.5"],
        Pair(5, 0.5),
        {"low": 5, "high": 0.5},
        (x for x in (5, 0.5)),
    ],
)
def test_two_numbers(answer):
    assert numbers(answer, 2) == [5, 0.5]


def test_two_numbers_with_thousands():
    assert numbers("1,105, 36,835", 2) == [1105, 36835]


@pytest.mark.parametrize("answer", [5, (1, 2, 3), "5", [], None])
def test_not_two_numbers(answer):
    with pytest.raises(AnswerError, match=r"of the 2 parts it needs|as 3 parts, and it needs 2"):
        numbers(answer, 2)


@pytest.mark.parametrize(
    "answer", ["5, 0", "(5, 0)", "5 0", ["5", "0"], np.array(["5", "0"]), {"a": "5", "b": "0"}]
)
def test_several(answer):
    assert several(answer) == ["5", "0"]


def test_a_set_has_no_order():
    with pytest.raises(AnswerError, match="no order"):
        several({5, 0})


@pytest.mark.parametrize(
    "answer", [True, "yes", "Yes.", "TRUE", 1, 1.0, np.bool_(True), "是", [True]]
)
def test_yes(answer):
    assert yes(answer) is True


@pytest.mark.parametrize(
    "answer", [False, "no", "No!", 0, np.bool_(False), "否", np.array([False])]
)
def test_no(answer):
    assert yes(answer) is False


@pytest.mark.parametrize("answer", ["maybe", 2, None, 0.5, [], (True, False)])
def test_neither_yes_nor_no(answer):
    with pytest.raises(AnswerError, match=r"I can't read"):
        yes(answer)


@pytest.mark.parametrize(
    "answer",
    [{"a": 1, "B": 2}, {"B ": 2, "A": 1}, [1, 2], np.array([1, 2]), "1, 2", {"'a'": 1, "b": 2}],
)
def test_parts_by_name(answer):
    given = by_name(answer, ["A", "b"])
    assert {name: int(part) for name, part in given.items()} == {"A": 1, "b": 2}


@pytest.mark.parametrize(
    ("answer", "message"),
    [({"a": 1}, "no answer for 'b'"), ([1], "1 of the 2"), (None, "1 of the 2")],
)
def test_no_parts_by_name(answer, message):
    with pytest.raises(AnswerError, match=message):
        by_name(answer, ["a", "b"])


def test_a_number_of_more_digits_than_python_prints():
    with pytest.raises(AnswerError, match="a value of type int"):
        number(10**5000)
