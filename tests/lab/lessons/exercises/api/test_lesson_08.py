"""Lesson 08's checks name what is wrong with an answer; the document's loop does what it did."""

import json
from types import SimpleNamespace

import pytest

from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.document_loop import react_loop

CALL = {
    "id": "call_7",
    "type": "function",
    "function": {"name": "get_weather", "arguments": '{"city":"Rome"}'},
}
FAILED = {
    "role": "tool",
    "tool_call_id": "call_7",
    "content": '{"error": "the station in Rome does not answer"}',
}
PROPERTIES = {
    "city": {"type": "string"},
    "people": {"type": "integer"},
    "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
}
STRICT = {
    "type": "object",
    "properties": PROPERTIES,
    "required": ["city", "people", "note"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("answer", "hint"),
    [(230, "Correct."), (200, "Correct."), (60, "more than that"), (900, "less than that")],
)
def test_the_cost_of_a_definition(answer, hint):
    assert hint in verdict("08-cost", answer, tokens=230)


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("08-who", "my program", "Correct."),
        ("08-who", "the model", "Not yet."),
        ("08-results", 2, "Correct."),
        ("08-results", 1, "Not yet."),
    ],
)
def test_predictions(name, answer, message):
    assert verdict(name, answer).startswith(message)


@pytest.mark.parametrize(("calls", "right", "wrong"), [((), "no", "yes"), (("a",), "yes", "no")])
def test_the_prediction_of_a_call_is_compared_with_the_answer(calls, right, wrong):
    answered = SimpleNamespace(tool_calls=calls)
    assert verdict("08-multiply", right, answered=answered).startswith("Correct.")
    assert verdict("08-multiply", wrong, answered=answered).startswith("Not yet.")


@pytest.mark.parametrize(
    ("changed", "hint"),
    [
        ({}, "Correct."),
        ({"content": "LookupError: no station"}, "Correct."),
        ({"role": "user"}, "role"),
        ({"tool_call_id": "call_8"}, "tool_call_id must say so"),
        ({"content": {"error": "Rome"}}, "json.dumps"),
        ({"content": "{}"}, "what failed"),
        ({"error": "Rome"}, "no field 'error'"),
    ],
)
def test_the_message_of_a_failed_call(changed, hint):
    assert hint in verdict("08-failed", FAILED | changed, call=CALL)


@pytest.mark.parametrize(
    ("changed", "hint"),
    [
        ({}, "Correct."),
        ({"required": ["city", "people"]}, "including every key in properties"),
        ({"additionalProperties": True}, "additionalProperties"),
        ({"properties": PROPERTIES | {"people": {"type": "number"}}}, "2.5 people"),
        ({"properties": PROPERTIES | {"people": {"type": "string"}}}, "must fit"),
        ({"properties": PROPERTIES | {"note": {"type": "string"}}}, "without a note"),
        (
            {"properties": {"city": {"type": "string"}}, "required": ["city"]},
            "city, people and note",
        ),
    ],
)
def test_a_strict_schema(changed, hint):
    assert hint in verdict("08-strict", STRICT | changed)


def joined(deltas, place=lambda delta, calls: delta["index"], order=sorted):
    calls = {}
    for delta in deltas:
        begins = {"id": delta.get("id"), "name": delta["function"].get("name"), "arguments": ""}
        call = calls.setdefault(place(delta, calls), begins)
        call["arguments"] += delta["function"]["arguments"]
    return [calls[index] for index in order(calls)]


def all_in_one_call(deltas):
    return joined(deltas, lambda delta, calls: 0)


def in_the_order_of_arrival(deltas):
    return joined(deltas, order=list)


def to_the_last_call(deltas):
    return joined(deltas, lambda delta, calls: delta["index"] if "id" in delta else max(calls))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (joined, "Correct."),
        (all_in_one_call, "one after the other"),
        (in_the_order_of_arrival, "mixed"),
        (to_the_last_call, "mixed"),
        (lambda deltas: joined(deltas) or None, "without calls"),
    ],
)
def test_joined_deltas(answer, message):
    assert message in verdict("08-join", answer)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ('{"city": SECRET}', "Correct."),
        ('{"city": "k-1"}', "Not yet. You have copied the key."),
        ('{"city": "Rome"}', "Not yet. The tool ran, but what it was given is not the key."),
        ("{'city': OTHER}", "Not yet: checking your answer gave NameError"),
        (["x"], "Not yet."),
    ],
)
def test_what_eval_lets_through(answer, message):
    def run(arguments):
        return f"asking about {eval(arguments, {'SECRET': 'k-1'})['city']}"

    assert verdict("08-eval", answer, run=run, key="k-1").startswith(message)


def completion(*calls, content=None):
    """What the SDK returns: calls are (name, arguments)."""
    tool_calls = [
        SimpleNamespace(id=f"c{i}", function=SimpleNamespace(name=name, arguments=arguments))
        for i, (name, arguments) in enumerate(calls)
    ]
    message = SimpleNamespace(tool_calls=tool_calls, content=content)
    return SimpleNamespace(choices=[SimpleNamespace(message=message)])


def loop(*completions):
    """(the answer, the messages) of the document's loop when the SDK returns these completions."""
    replies = iter(completions)
    create = SimpleNamespace(create=lambda **request: next(replies))
    client = SimpleNamespace(chat=SimpleNamespace(completions=create))
    messages = []
    answer = react_loop(client, "m", messages, [], lambda name, arguments: arguments)
    return answer, messages


def test_the_documents_loop_answers_trusts_and_gives_up():
    answer, messages = loop(completion(("f", '{"x": 1}')), completion(content="done"))
    assert answer == "done"
    assert messages[1] == {"role": "tool", "tool_call_id": "c0", "content": '{"x": 1}'}

    assert loop(*[completion(("f", "{}"))] * 5)[0] == "Reached max iterations"
    with pytest.raises(json.JSONDecodeError):
        loop(completion(("f", "{")))
