"""Exercises of lesson 08, Call the tools."""

import json

from samplers.api import why_not_strict
from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.json_schema import validator

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
    if tokens / 1.3 <= answer <= tokens * 1.3:
        return True
    return "It is more than that." if answer < tokens else "It is less than that."


def _failed(answer, call) -> bool | str:
    if not isinstance(answer, dict) or answer.get("role") != "tool":
        return "It is a message, a dict, and its role is not the user's or the assistant's."
    if answer.get("tool_call_id") != call["id"]:
        return "Which call is it the result of? tool_call_id must say so."

    content = answer.get("content")
    if not isinstance(content, str):
        return "content must be a text: make one of a dict with json.dumps."
    unknown = set(answer) - {"role", "tool_call_id", "content"}
    if unknown:
        return f"A tool message has no field {min(unknown)!r}: what failed stands in the content."
    if not any(word in content for word in ("Rome", "station", "LookupError", "not answer")):
        return "Say in the content what failed, so that the model can act on it."
    return True


def _strict(answer) -> bool | str:
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
        result = answer(json.loads(json.dumps(deltas)))  # a copy, which it may change
        if result != calls:
            return f"{description} must give\n{calls}\nand your function gave\n{result!r:.300}"
    return True


def _eval(answer, run, key) -> bool | str:
    if not isinstance(answer, str):
        return "Write a text: it is what stands in `arguments`."
    if key in answer:
        return "You have copied the key. The model does not know it: what does it write instead?"
    if key not in str(run(answer)):
        return "The tool ran, but what it was given is not the key."
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
        test=lambda answer: "program" in answer,
        hint=(
            "Where is the function? "
            "The request holds its name and its schema, and no line of its code."
        ),
        why=(
            "Nobody else has the function. "
            "A tool call is a request to your program, and it may say no."
        ),
    ),
    "08-multiply": Exercise(
        ask='write "yes" or "no".',
        test=lambda answer, answered: answer == ("yes" if answered.tool_calls else "no"),
        hint="See what came back: a text or a call?",
        why="Whether it needs help is the model's own guess, and a small model guesses badly.",
    ),
    "08-results": Exercise(
        ask="write 0, 1 or 2.",
        test=lambda answer: answer == 2,
        hint="What did the endpoint say when one result was missing?",
        why="One for each call, each with its tool_call_id, in any order.",
    ),
    "08-failed": Exercise(
        ask="write the message, a dict.",
        test=_failed,
        hint="A failure goes back to the model just as a result does.",
        why=(
            "Every call has its result, so the conversation can go on, "
            "and the model knows what went wrong."
        ),
    ),
    "08-strict": Exercise(
        ask="write the schema, a dict.",
        test=_strict,
        hint="An object of three properties.",
        why="All required, nothing else allowed; what may be missing may be null instead.",
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
    "08-eval": Exercise(
        ask="write the text that the model would put into arguments.",
        test=_eval,
        hint='It must be a Python dict with the key "city", and Python may look names up.',
        why=(
            "eval runs whatever the text says, with all that your program knows. "
            "json.loads only reads."
        ),
    ),
}
