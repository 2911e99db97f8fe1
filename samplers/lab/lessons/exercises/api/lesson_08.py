"""Exercises of lesson 08, Call the tools. Those of its loops are in lesson_08b."""

import json
import re
from collections.abc import Iterable, Mapping

from samplers.api import why_not_strict
from samplers.checks import shown
from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.exercises.functions import outcome
from samplers.lab.lessons.exercises.plain import AnswerError, number, whole, word, yes
from samplers.lab.lessons.json_schema import validator

WHO = {  # words of an answer to 08-who, and whom they name
    **dict.fromkeys(("model", "llm", "smollm"), "model"),
    **dict.fromkeys(("endpoint", "server", "api", "openai", "service"), "endpoint"),
    **dict.fromkeys(("program", "code", "client", "notebook", "python", "kernel"), "program"),
    **dict.fromkeys(("i", "me", "myself", "mine", "we", "us", "you", "computer"), "program"),
}

BOOKINGS = (  # arguments, whether they fit, and what is wrong with a schema that says otherwise
    (
        {"city": "Rome", "people": 2, "note": None},
        True,
        "A table for 2 in Rome without a note (null) must fit.",
    ),
    (
        {"city": "Rome", "people": 2, "note": "quiet"},
        True,
        "A table for 2 in Rome with the note “quiet” must fit.",
    ),
    ({"city": "Rome", "people": "2", "note": None}, False, 'people "2", a text, must not fit.'),
    ({"city": "Rome", "people": 2.5, "note": None}, False, "2.5 people must not fit."),
    ({"city": 7, "people": 2, "note": None}, False, "The city 7 must not fit."),
    ({"city": "Rome", "people": 2, "note": 5}, False, "The note 5 must not fit."),
)


def _begins(index: int, call_id: str, name: str, arguments: str = "") -> dict:
    """The first delta of a call, as a stream's JSON has it."""
    function = {"name": name, "arguments": arguments}
    return {"index": index, "id": call_id, "type": "function", "function": function}


def _goes_on(index: int, arguments: str) -> dict:
    """A later delta of a call."""
    return {"index": index, "function": {"arguments": arguments}}


STREAMS = (  # deltas, the calls that they make, and a description
    (
        [_begins(0, "a", "f"), _goes_on(0, '{"x"'), _goes_on(0, ":1}")],
        [{"id": "a", "name": "f", "arguments": '{"x":1}'}],
        "One call whose arguments come in two pieces",
    ),
    (
        [
            _begins(0, "a", "f"),
            _goes_on(0, "{}"),
            _begins(1, "b", "g"),
            _goes_on(1, '{"y"'),
            _goes_on(1, ":2}"),
        ],
        [
            {"id": "a", "name": "f", "arguments": "{}"},
            {"id": "b", "name": "g", "arguments": '{"y":2}'},
        ],
        "Two calls, one after the other,",
    ),
    (
        [
            _begins(1, "b", "g"),
            _begins(0, "a", "f", '{"x'),
            _goes_on(1, "{"),
            _goes_on(0, '":1}'),
            _goes_on(1, "}"),
        ],
        [
            {"id": "a", "name": "f", "arguments": '{"x":1}'},
            {"id": "b", "name": "g", "arguments": "{}"},
        ],
        "Two calls whose pieces come mixed, the second one's first "
        "(put them in the order of index),",
    ),
    ([], [], "A stream without calls"),
)


def _cost(answer, tokens) -> bool | str:
    guess = number(answer)
    if tokens / 1.3 <= guess <= tokens * 1.3:
        return True
    return "It is more than that." if guess < tokens else "It is less than that."


def _who(answer) -> bool:
    named = {WHO[part] for part in re.findall(r"\w+", word(answer)) if part in WHO}
    if len(named) != 1:
        raise AnswerError(f"I can't read {shown(answer)} as one of the three.")
    return named == {"program"}


def _multiply(answer, answered) -> bool | str:
    try:
        guess = yes(answer)
    except AnswerError:
        raise AnswerError(f'I can\'t read {shown(answer)} as "yes" or "no".') from None
    if guess == bool(answered.tool_calls):
        return True
    return "See what came back: " + ("a call." if answered.tool_calls else "a text, and no call.")


def _strict(answer) -> bool | str:
    if not isinstance(answer, Mapping):
        return f"A schema is a dict, not {shown(answer)}."
    if {"function", "parameters", "json_schema"} & set(answer):
        return "Write the schema alone, the value of `parameters`."
    answer = json.loads(json.dumps(answer))  # a tuple is a list there
    reasons = why_not_strict(answer)
    if reasons:
        path, reason = reasons[0]
        return f"It is not strict yet: {path}: {reason}"

    properties = answer.get("properties", {})
    if set(properties) != {"city", "people", "note"}:
        return "The properties must be city, people and note."
    schema = validator(answer)
    for arguments, fits, hint in BOOKINGS:
        if schema.is_valid(arguments) != fits:
            return hint
    return True


def _join(answer) -> bool | str:
    for deltas, calls, description in STREAMS:
        result = outcome(answer, deltas)
        joined = result.values() if isinstance(result, Mapping) else result
        joined = list(joined) if isinstance(joined, Iterable) else joined
        if joined != calls:
            return f"{description} must give\n{calls}\nand your function gave\n{result!r:.300}"
    return True


EXERCISES = {
    "08-cost": Exercise(
        ask="write a number of tokens.",
        test=_cost,
        hint="A whole number, please.",
        why="The model reads the definition with every request, whether it needs the tool or not.",
    ),
    "08-who": Exercise(
        ask='write "the model", "the endpoint" or "my program".',
        test=_who,
        hint=(
            "Where is the function? "
            "The request holds its name and its schema, but no line of its code."
        ),
        why=(
            "Nobody else has the function. "
            "A tool call is a request to your program, and your program may say no."
        ),
    ),
    "08-multiply": Exercise(
        ask='write "yes" or "no".',
        test=_multiply,
        hint="See what came back: a text or a call?",
        why="Whether it needs help is the model's own guess, and a small model guesses badly.",
    ),
    "08-results": Exercise(
        ask="write 0, 1 or 2.",
        test=lambda answer: whole(answer) == 2,
        hint="What did the endpoint say when one result was missing?",
        why="One for each call, each with its tool_call_id, in any order.",
    ),
    "08-strict": Exercise(
        ask="write the schema, a dict.",
        test=_strict,
        hint="An object of three properties.",
        why=(
            "All are required and nothing else is allowed. What may be missing can be null instead."
        ),
    ),
    "08-join": Exercise(
        ask="write the function, then give it to check.",
        test=_join,
        hint="Keep a dict from index to the call so far.",
        why=(
            "The index says which call a piece belongs to; "
            "id and name come once, the arguments piece by piece."
        ),
    ),
}
