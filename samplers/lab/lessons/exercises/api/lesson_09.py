"""Exercises of lesson 09, Hold an answer to a schema."""

import json
from types import SimpleNamespace

from samplers.api import Completion, Invalid, Parsed, Refusal, Truncated, why_not_strict
from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.json_schema import validator

PROMISES = {
    "The answer has the keys of the schema and no others.": True,
    "An age is a whole number or null.": True,
    "An age that the sentence does not tell is null.": False,
    "The answer is whole, however small max_tokens is.": False,
    "A value of an enum is one of those listed.": True,
}
BOOK = {"title": "Emma", "year": 1815, "author": {"name": "Jane Austen"}, "tags": ["novel"]}
NOT_BOOKS = (
    {key: value for key, value in BOOK.items() if key != "author"},
    BOOK | {"year": "1815"},
    BOOK | {"author": "Jane"},
    BOOK | {"tags": [1]},
    BOOK | {"pages": 400},
    BOOK | {"title": None},
)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _mask(answer) -> bool | str:
    q, taken = answer
    if abs(taken - 0.25) < 0.005:
        return "0.25 is what is left. How much was taken away?"

    right = [value for value, truth in ((q, 0.8), (taken, 0.75)) if abs(value - truth) < 0.005]
    if len(right) == 1:
        return f"One of the two is right: {right[0]}."
    return len(right) == 2


def _mend(answer) -> bool | str:
    reasons = why_not_strict(answer)
    if reasons:
        path, reason = reasons[0]
        number = "1 reason" if len(reasons) == 1 else f"{len(reasons)} reasons"
        return f"{number} left. The first: {path}: {reason}"

    schema = validator(answer)
    if not schema.is_valid(BOOK):
        return f"It is strict, but refuses this book: {json.dumps(BOOK)}."
    if not schema.is_valid(BOOK | {"year": None}):
        return "It is strict, but a book without a year has no way to say so."
    for other in NOT_BOOKS:
        if schema.is_valid(other):
            return f"It is strict, but takes this for a book: {json.dumps(other)}."
    return True


def _cases() -> list[tuple[object, str, int | None]]:
    """(result, sentence, the only safe answer)."""
    completion = Completion.from_wire({"choices": [{"message": {"content": ""}}]})
    truncated = Truncated('{"name":"Tom","age":4', {"name": "Tom", "age": 4}, completion)
    error = "age: Input should be a valid integer"
    invalid = Invalid('{"name":"Tom","age":"41"}', error, completion)

    def person(age):
        return Parsed(SimpleNamespace(name="Tom", age=age), completion)

    return [
        (person(41), "Tom is 41.", 41),
        (person(7), "At 7, Tom still swims.", 7),
        (person(None), "Tom lives in Rome.", None),
        (Refusal("I can't help with that.", completion), "Tom is 41.", None),
        (truncated, "Tom is 41.", None),
        (invalid, "Tom is 41.", None),
        (person(25), "Tom lives in Rome.", None),
        (person(4), "Tom is 41.", None),
    ]


def _read(answer) -> bool | str:
    for result, sentence, safe in _cases():
        kind = type(result).__name__
        try:
            age = answer(result, sentence)
        except Exception as error:  # a learner's function may do anything
            return f"{kind}, {sentence!r}: it raised {type(error).__name__}: {error}"
        if age != safe:
            if isinstance(result, Parsed):
                kind = f"{kind} of age {result.value.age}"
            return f"{kind}, {sentence!r}: it gave {age!r}, but {safe!r} is safe."
    return True


def _true(answer, trial) -> bool | str:
    true = trial.count("Structured Outputs", "true")
    if abs(answer - true) <= 5:
        return True
    if answer > true:
        return "Fewer. Look what became of the people of no age."
    return False


def _promises(answer) -> bool | str:
    wrong = [text for text, true in PROMISES.items() if answer.get(text) is not true]
    return f"Think again about: {' '.join(wrong)}" if wrong else True


EXERCISES = {
    "09-loads": Exercise(
        ask="write a whole number from 0 to 3.",
        test=lambda answer, texts: answer == sum(map(_is_json, texts)),
        hint="JSON begins with { and ends with }. What does each of the three begin with?",
        why="A fence, or Python around it, and a program can read nothing.",
    ),
    "09-mask": Exercise(
        ask="write two numbers, (q of 很, probability taken away).",
        test=_mask,
        hint="很 and 极 are left: add them up. q is a share of what is left.",
        why="What is left is Z = 0.2 + 0.05 = 0.25. So q = 0.2 / 0.25, and 1 − Z was taken away.",
    ),
    "09-true": Exercise(
        ask="write a whole number from 0 to 50.",
        test=_true,
        hint="More. It reads ages in digits rather well.",
        why="All of them fit; in how many are true, the schema has no say.",
    ),
    "09-mend": Exercise(
        ask="write a strict schema of the same book.",
        test=_mend,
        hint="Go through the reasons one by one; why_not_strict(answer) says what is left.",
        why=(
            "Nothing is optional any more: "
            'what may be missing is there and null, ["integer", "null"].'
        ),
    ),
    "09-read": Exercise(
        ask="write a function (result, sentence) -> int or None.",
        test=_read,
        hint="Only Parsed has an age that is whole, and even that one must stand in the sentence.",
        why="Form is checked by the type, a fact by looking where it should come from.",
    ),
    "09-promises": Exercise(
        ask="write True or False for each statement.",
        test=_promises,
        hint=(
            "A schema promises only what the answer alone shows, "
            "without the sentence, and only of a whole one."
        ),
        why=(
            "The form, the whole form, and nothing but the form; and only if finish_reason is stop."
        ),
    ),
}
