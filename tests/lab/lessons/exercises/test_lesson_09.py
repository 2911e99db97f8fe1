"""Lesson 09's checks: right answers, likely wrong ones, and what is said about them."""

import json

import pytest

from samplers.api import Parsed
from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.exercises.lesson_09 import PROMISES
from samplers.lab.lessons.json_trial import JsonTrial, TrialAnswer

AUTHOR = {
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
    "additionalProperties": False,
}


def book(**changed) -> dict:
    keys = {"title": {"type": "string"}, "year": {"type": ["integer", "null"]}, "author": AUTHOR}
    keys |= {"tags": {"type": "array", "items": {"type": "string"}}} | changed
    return {
        "type": "object",
        "properties": keys,
        "required": list(keys),
        "additionalProperties": False,
    }


def test_how_many_parse():
    texts = ['{"age": 1}', '```json\n{"age": 1}\n```', "Tom is 25."]
    assert verdict("09-loads", 1, texts=texts).startswith("Correct")
    assert verdict("09-loads", 2, texts=texts).startswith("Not yet. JSON begins")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((0.8, 0.75), "Correct"),
        ((0.8, 0.25), "Not yet. 0.25 is what is left"),
        ((0.2, 0.75), "Not yet. One of the two is right: 0.75."),
        ((0.2, 0.2), "Not yet. 很 and 极 are left"),
    ],
)
def test_the_mask_by_hand(answer, said):
    assert verdict("09-mask", answer).startswith(said)


def test_how_many_are_true():
    tried = [TrialAnswer("", "", True, True, i < 23, 13) for i in range(50)]
    trial = JsonTrial({"Structured Outputs": tuple(tried)})
    assert verdict("09-true", 25, trial=trial).startswith("Correct")
    assert verdict("09-true", 50, trial=trial).startswith("Not yet. Fewer")
    assert verdict("09-true", 5, trial=trial).startswith("Not yet. More")


def test_a_mended_schema():
    assert verdict("09-mend", book()).startswith("Correct")
    assert verdict(
        "09-mend", book(year={"anyOf": [{"type": "integer"}, {"type": "null"}]})
    ).startswith("Correct")
    assert "without a year has no way" in verdict("09-mend", book(year={"type": "integer"}))
    assert "takes this for a book" in verdict(
        "09-mend", book(tags={"type": "array", "items": {"type": ["string", "integer"]}})
    )
    assert "1 reason left. The first: #/properties/tags" in verdict(
        "09-mend", book(tags={"type": "array"})
    )
    assert "refuses this book" in verdict("09-mend", book(tags={"type": "string"}))
    asked = {
        "title": {"type": "string", "minLength": 1},
        "year": {"type": "integer", "default": 2026},
    }
    asked |= {
        "author": {"type": "object", "properties": {"name": {"type": "string"}}},
        "tags": {"type": "array"},
    }
    asked = {"type": "object", "required": ["title"], "properties": asked}
    assert "7 reasons left" in verdict("09-mend", asked)


def test_a_safe_reader():
    def words(sentence):
        return sentence.replace(".", " ").replace(",", " ").split()

    def safe(result, sentence):
        found = isinstance(result, Parsed) and str(result.value.age) in words(sentence)
        return result.value.age if found else None

    assert verdict("09-read", safe).startswith("Correct")

    def careless(result, sentence):
        return (
            result.value.age
            if isinstance(result, Parsed) and str(result.value.age) in sentence
            else None
        )

    trusting = [
        (
            lambda result, sentence: result.value.age,
            "Refusal, 'Tom is 41.': it raised AttributeError",
        ),
        (
            lambda result, sentence: getattr(getattr(result, "value", None), "age", None),
            "Parsed of age 25",
        ),
        (
            lambda result, sentence: (
                safe(result, sentence) or getattr(result, "partial", {}).get("age")
            ),
            "Truncated",
        ),
        (
            lambda result, sentence: json.loads(result.text)["age"],
            "Parsed, 'Tom is 41.': it raised",
        ),
        (careless, "Parsed of age 4,"),
    ]
    for answer, said in trusting:
        assert verdict("09-read", answer).startswith(f"Not yet. {said}")


def test_what_strict_promises():
    assert verdict("09-promises", PROMISES).startswith("Correct")
    hopeful = dict.fromkeys(PROMISES, True)
    assert verdict("09-promises", hopeful).count(".") == 3  # two statements
