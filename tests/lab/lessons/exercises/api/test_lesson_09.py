"""Lesson 09's checks take right answers and name what is wrong with likely others."""

import json

import pytest

from samplers.api import Parsed
from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.exercises.api.lesson_09 import PROMISES
from samplers.lab.lessons.json_trial import JsonTrial, TrialAnswer

NULLABLE = {"anyOf": [{"type": "integer"}, {"type": "null"}]}
STRINGS_AND_NUMBERS = {"type": "array", "items": {"type": ["string", "integer"]}}
AUTHOR = {
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
    "additionalProperties": False,
}


def book(**changed) -> dict:
    """A strict schema of a book, with some properties changed."""
    properties = {
        "title": {"type": "string"},
        "year": {"type": ["integer", "null"]},
        "author": AUTHOR,
        "tags": {"type": "array", "items": {"type": "string"}},
    } | changed
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


LOOSE = {
    "type": "object",
    "required": ["title"],
    "properties": {
        "title": {"type": "string", "minLength": 1},
        "year": {"type": "integer", "default": 2026},
        "author": {"type": "object", "properties": {"name": {"type": "string"}}},
        "tags": {"type": "array"},
    },
}


def test_how_many_parse():
    texts = ['{"age": 1}', '```json\n{"age": 1}\n```', "Tom is 25."]
    assert verdict("09-loads", 1, texts=texts).startswith("Correct")
    assert verdict("09-loads", 2, texts=texts).startswith("Not yet. JSON begins")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((0.8, 0.75), "Correct"),
        ((0.8, 0.25), "Not yet. 0.25 is what is left"),
        ((0.2, 0.75), "Not yet. One of the two is right: 0.75."),
        ((0.2, 0.2), "Not yet. 很 and 极 are left"),
    ],
)
def test_the_mask_by_hand(answer, message):
    assert verdict("09-mask", answer).startswith(message)


@pytest.mark.parametrize(
    ("answer", "message"), [(25, "Correct"), (50, "Not yet. Fewer"), (5, "Not yet. More")]
)
def test_how_many_are_true(answer, message):
    answers = [TrialAnswer("", "", True, True, i < 23, 13) for i in range(50)]
    trial = JsonTrial({"Structured Outputs": tuple(answers)})
    assert verdict("09-true", answer, trial=trial).startswith(message)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (book(), "Correct"),
        (book(year=NULLABLE), "Correct"),
        (book(year={"type": "integer"}), "without a year has no way"),
        (book(tags=STRINGS_AND_NUMBERS), "takes this for a book"),
        (book(tags={"type": "array"}), "1 reason left. The first: #/properties/tags"),
        (book(tags={"type": "string"}), "refuses this book"),
        (LOOSE, "9 reasons left"),
    ],
)
def test_a_fixed_schema(answer, message):
    assert message in verdict("09-mend", answer)


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
    ],
)
def test_a_safe_reader(answer, message):
    assert verdict("09-read", answer).startswith(message)


def test_what_strict_promises():
    assert verdict("09-promises", PROMISES).startswith("Correct")
    hopeful = dict.fromkeys(PROMISES, True)
    assert verdict("09-promises", hopeful).count(".") == 3  # two statements
