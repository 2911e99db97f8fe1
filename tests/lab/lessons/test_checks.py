"""Exercises: no answer is no error, a wrong one gets a hint, a right one its reason."""

import sys
from dataclasses import replace
from importlib import import_module
from types import SimpleNamespace

import pytest

from samplers.lab import check
from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.exercises import Exercise, find, lessons
from samplers.lab.lessons.exercises.plain import number


def is_half(answer, scale=1):
    if answer > scale:
        return "Too large: go down."
    return abs(answer - 0.5 * scale) < 0.01


HALF = Exercise(
    ask="Set answer to a half.",
    test=is_half,
    hint="Divide one by two.",
    why="Two halves make one.",
)


@pytest.fixture(autouse=True)
def one_exercise(monkeypatch):
    monkeypatch.setattr("samplers.lab.lessons.checks.find", lambda name: HALF)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (..., "Your turn: Set answer to a half."),
        (0.5, "Correct. Two halves make one."),
        (0.4, "Not yet. Divide one by two."),
        (7, "Not yet. Too large: go down."),
    ],
)
def test_the_verdict(answer, text):
    assert verdict("99-half", answer) == text


def test_an_answer_of_the_wrong_kind_is_told_so_and_not_in_pythons_words():
    text = verdict("99-half", None)
    assert text == "Not yet. I can't read None as an answer: Set answer to a half."


def test_what_a_test_cannot_read_it_says_itself(monkeypatch):
    exercise = replace(HALF, test=lambda answer: number(answer) == 0.5)
    monkeypatch.setattr("samplers.lab.lessons.checks.find", lambda name: exercise)
    assert verdict("99-half", "a lot") == "Not yet. I can't read 'a lot' as a number."


def test_facts_reach_the_test():
    assert verdict("99-half", 50, scale=100).startswith("Correct")


def test_check_prints_and_returns_nothing(capsys):
    assert check("99-half", ...) is None
    assert capsys.readouterr().out == "Your turn: Set answer to a half.\n"


def test_long_lines_are_broken_between_words(capsys, monkeypatch):
    word = "x" * 120  # such as an address: it stays whole
    why = f"{'word ' * 50}{word}\nA line of its own."
    monkeypatch.setattr("samplers.lab.lessons.checks.find", lambda name: replace(HALF, why=why))
    check("00-half", 0.5)
    printed = capsys.readouterr().out
    assert printed.split() == f"Correct. {why}".split()
    assert all(len(line) <= 100 or line == word for line in printed.split("\n"))
    assert f"{word}\nA line of its own." in printed


def test_an_unknown_exercise_is_an_error(monkeypatch):
    with pytest.raises(ValueError, match="got '98-x'"):
        find("98-x")

    lesson = SimpleNamespace(EXERCISES={"02-a": HALF})
    monkeypatch.setitem(sys.modules, "samplers.lab.lessons.exercises.sampling.lesson_02", lesson)
    assert find("02-a") is HALF
    with pytest.raises(ValueError, match="one of 02-a, got '02-b'"):
        find("02-b")


def test_every_exercise_belongs_to_its_lesson():
    for lesson, module in lessons().items():
        for name, exercise in import_module(module).EXERCISES.items():
            assert name.startswith((f"{lesson}-", f"{lesson[:2]}-")), name
            assert exercise.ask, name
            assert exercise.hint, name
            assert exercise.why, name
            assert verdict(name, ...).startswith("Your turn"), name
