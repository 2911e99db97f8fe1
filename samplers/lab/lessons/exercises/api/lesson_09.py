"""Exercises of lesson 09, Hold an answer to a schema."""

import json
from numbers import Number
from types import SimpleNamespace

from samplers.api import Completion, Invalid, Parsed, Refusal, Truncated
from samplers.checks import shown
from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.exercises.functions import outcome
from samplers.lab.lessons.exercises.plain import (
    AnswerError,
    by_name,
    number,
    several,
    share,
    whole,
    yes,
)

PROMISES = {
    "The answer has the keys of the schema and no others.": True,
    "An age is a whole number or null.": True,
    "An age that is not in the sentence is null.": False,
    "The answer is complete, however small max_tokens is.": False,
    "A value of an enum is one of those listed.": True,
}


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _loads(answer, texts) -> bool | str:
    guess = whole(answer)
    parsed = sum(map(_is_json, texts))
    if guess > len(texts) or guess < 0:
        return f"There are {len(texts)} answers."
    return guess == parsed


def _mask(answer) -> bool | str:
    q, taken = (share(part) for part in several(answer, 2))
    if abs(taken - 0.25) < 0.005:
        return "0.25 is what is left. How much was taken away?"

    right = [value for value, truth in ((q, 0.8), (taken, 0.75)) if abs(value - truth) < 0.005]
    if len(right) == 1:
        return f"One of the two is right: {right[0]:.2f}."
    return len(right) == 2


def _cases(make) -> list[tuple[object, str, int | None]]:
    """(result, sentence, the only safe answer); `make` makes a person."""
    completion = Completion.from_wire({"choices": [{"message": {"content": ""}}]})
    truncated = Truncated('{"name":"Tom","age":4', {"name": "Tom", "age": 4}, completion)
    error = "age: Input should be a valid integer"
    invalid = Invalid('{"name":"Tom","age":"41"}', error, completion)

    def person(age):
        return Parsed(make(name="Tom", age=age), completion)

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


def _read(answer, person=SimpleNamespace) -> bool | str:
    if not callable(answer):
        outcome(answer)  # says that it is no function

    for result, sentence, safe in _cases(person):
        kind = type(result).__name__
        try:
            # None is an answer here, so it comes back in a tuple
            (age,) = outcome(lambda *given: (answer(*given),), result, sentence)
        except AnswerError as error:
            cause = error.__cause__
            return f"{kind}, {sentence!r}: it raised {type(cause).__name__}: {cause}"
        if age is not None and not isinstance(age, Number | str):
            return f"{kind}, {sentence!r}: it gave {shown(age)}, which is no age."
        if (age if age is None else number(age)) != safe:
            if isinstance(result, Parsed):
                kind = f"{kind} of age {result.value.age}"
            return f"{kind}, {sentence!r}: it gave {age!r}, but {safe!r} is safe."
    return True


def _true(answer, trial) -> bool | str:
    guess = whole(answer)
    asked = len(trial.answers["Structured Outputs"])
    true = trial.count("Structured Outputs", "true")
    if not 0 <= guess <= asked:
        return f"There are {asked} answers."
    if abs(guess - true) <= asked / 10:
        return True
    if guess > true:
        return "Fewer. Think of the people without an age, and of the ages in words."
    return "More. It reads ages in digits rather well."


def _promises(answer) -> bool | str:
    said = by_name(answer, PROMISES)
    wrong = [text for text, true in PROMISES.items() if yes(said[text]) is not true]
    return f"Think again about: {' '.join(wrong)}" if wrong else True


EXERCISES = {
    "09-loads": Exercise(
        ask="write a whole number from 0 to 3.",
        test=_loads,
        hint="JSON begins with { and ends with }. What does each of the three begin with?",
        why="With a fence around the JSON, or Python code in its place, json.loads fails.",
    ),
    "09-mask": Exercise(
        ask="write two numbers, (q of 很, probability taken away).",
        test=_mask,
        hint="很 and 极 are left: add them up. q is a share of what is left.",
        why="What is left is Z = 0.2 + 0.05 = 0.25. So q = 0.2 / 0.25, and 1 − Z was taken away.",
    ),
    "09-true": Exercise(
        ask="write a whole number from 0 to 15.",
        test=_true,
        hint="Some ages are given in words, and some not at all.",
        why="All of them fit. But the schema has no say in how many are true.",
    ),
    "09-read": Exercise(
        ask="write a function (result, sentence) -> int or None.",
        test=_read,
        hint="Only Parsed has an age that you may use, and even that one must be in the sentence.",
        why="The type checks the form. A fact must be checked against its source.",
    ),
    "09-promises": Exercise(
        ask="write True or False for each statement.",
        test=_promises,
        hint=(
            "A schema promises only what the answer alone shows, "
            "without the sentence, and only of a complete one."
        ),
        why=(
            "The form, the whole form, and nothing but the form; and only if finish_reason is stop."
        ),
    ),
}
