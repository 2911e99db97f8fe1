"""Lesson 09's checks take right answers and name what is wrong with likely others."""

import json

import numpy as np
import pytest
from pydantic import BaseModel

from samplers.api import Parsed
from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.exercises.api.lesson_09 import PROMISES
from samplers.lab.lessons.json_trial import JsonTrial, TrialAnswer

TEXTS = ['{"age": 1}', '```json\n{"age": 1}\n```', "Tom is 25."]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (1, "Correct"),
        ("1", "Correct"),
        (1.0, "Correct"),
        (2, "Not yet. JSON begins"),
        (0, "Not yet. JSON begins"),
        ("3", "Not yet. JSON begins"),
        (4, "Not yet. There are 3 answers."),
        (None, "Not yet. I can't read None as a number."),
        (0.5, "Not yet. I can't read 0.5 as a whole number."),
        ("all", "Not yet. I can't read 'all' as a number."),
    ],
)
def test_how_many_parse(answer, message):
    assert verdict("09-loads", answer, texts=TEXTS).startswith(message)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((0.8, 0.75), "Correct"),
        (["80 %", "75 %"], "Correct"),
        ("0.8, 0.75", "Correct"),
        (np.array([0.8, 0.75]), "Correct"),
        ((0.8, 0.25), "Not yet. 0.25 is what is left"),
        ((0.2, 0.75), "Not yet. One of the two is right: 0.75."),
        ((0.2, 0.2), "Not yet. 很 and 极 are left"),
        (0.8, "Not yet. I read 0.8 as 1 of the"),
        (None, "Not yet. I read None as 1 of the"),
        (("most", "little"), "Not yet. I can't read 'most' as a number."),
    ],
)
def test_the_mask_by_hand(answer, message):
    assert verdict("09-mask", answer).startswith(message)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (10, "Correct"),
        ("12", "Correct"),
        (8.0, "Correct"),
        (25, "Not yet. Fewer"),
        ("20", "Not yet. Fewer"),
        (2, "Not yet. More"),
        (50, "Not yet. There are 25 answers."),
        (None, "Not yet. I can't read None as a number."),
        (0.4, "Not yet. I can't read 0.4 as a whole number."),
        ("half", "Not yet. I can't read 'half' as a number."),
    ],
)
def test_how_many_are_true(answer, message):
    answers = [TrialAnswer("", "", True, True, i < 10, 13) for i in range(25)]
    trial = JsonTrial({"Structured Outputs": tuple(answers)})
    assert verdict("09-true", answer, trial=trial).startswith(message)


class Person(BaseModel):
    name: str
    age: int | None


def by_class(result, sentence):
    match result:
        case Parsed(Person(age=int(age))) if str(age) in words(sentence):
            return age
    return None


def test_a_reader_may_look_for_the_class():
    assert verdict("09-read", by_class, person=Person).startswith("Correct")


def words(sentence):
    return sentence.replace(".", " ").replace(",", " ").split()


def safe(result, sentence):
    if isinstance(result, Parsed) and str(result.value.age) in words(sentence):
        return result.value.age
    return None


def takes_part_of_a_number(result, sentence):
    if isinstance(result, Parsed) and str(result.value.age) in sentence:
        return result.value.age
    return None


def trusts_any_type(result, sentence):
    return result.value.age


def trusts_what_is_parsed(result, sentence):
    return getattr(getattr(result, "value", None), "age", None)


def trusts_what_is_truncated(result, sentence):
    return safe(result, sentence) or getattr(result, "partial", {}).get("age")


def parses_again(result, sentence):
    return json.loads(result.text)["age"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (safe, "Correct"),
        (trusts_any_type, "Not yet. Refusal, 'Tom is 41.': it raised AttributeError"),
        (trusts_what_is_parsed, "Not yet. Parsed of age 25"),
        (trusts_what_is_truncated, "Not yet. Truncated"),
        (parses_again, "Not yet. Parsed, 'Tom is 41.': it raised"),
        (takes_part_of_a_number, "Not yet. Parsed of age 4,"),
        (lambda result, sentence: str(safe(result, sentence) or "") or None, "Correct"),
        (lambda *given: safe(*given), "Correct"),
        (
            lambda result, sentence: [safe(result, sentence)],
            "Not yet. Parsed, 'Tom is 41.': it gave",
        ),
        (lambda result: 41, "Not yet. Parsed, 'Tom is 41.': it raised TypeError"),
        (None, "Not yet. Give the function itself"),
        (41, "Not yet. Give the function itself"),
    ],
)
def test_a_safe_reader(answer, message):
    assert verdict("09-read", answer).startswith(message)


HOPEFUL = dict.fromkeys(PROMISES, True)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (PROMISES, "Correct"),
        ({text: "yes" if true else "no" for text, true in PROMISES.items()}, "Correct"),
        (list(PROMISES.values()), "Correct"),
        (HOPEFUL, "Not yet. Think again about: An age that is not in the sentence"),
        ([False] * 5, "Not yet. Think again about: The answer has the keys"),
        ({text: not true for text, true in PROMISES.items()}, "Not yet. Think again about"),
        (None, "Not yet. I read None as 1 of the"),
        (HOPEFUL | {"An age is a whole number or null.": "perhaps"}, "Not yet. I can't read"),
        (
            {"An age is a whole number or null.": True},
            "Not yet. I find no answer for",
        ),
    ],
)
def test_what_strict_promises(answer, message):
    assert verdict("09-promises", answer).startswith(message)


def test_the_wrong_promises_are_named():
    assert verdict("09-promises", HOPEFUL).count(".") == 3  # two statements
