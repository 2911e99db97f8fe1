"""Lesson 08's checks take the right answers and name what is wrong with others; the document's loop
is as it says.
"""

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
TOLD = {
    "role": "tool",
    "tool_call_id": "call_7",
    "content": '{"error": "the station in Rome does not answer"}',
}
NOTE = {"anyOf": [{"type": "string"}, {"type": "null"}]}
STRICT = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "people": {"type": "integer"}, "note": NOTE},
    "required": ["city", "people", "note"],
    "additionalProperties": False,
}


def says(name, answer, **facts) -> str:
    return verdict(name, answer, **facts)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [(230, "Correct."), (200, "Correct."), (60, "more than that"), (900, "less than that")],
)
def test_the_cost_of_a_definition(answer, hint):
    assert hint in says("08-cost", answer, tokens=230)


def test_predictions():
    assert says("08-who", "my program").startswith("Correct.")
    assert says("08-who", "the model").startswith("Not yet.")
    assert says("08-results", 2).startswith("Correct.")
    assert says("08-results", 1).startswith("Not yet.")
    for calls, right in (((), "no"), (("a call",), "yes")):
        answered = SimpleNamespace(tool_calls=calls)
        assert says("08-multiply", right, answered=answered).startswith("Correct.")
        assert says("08-multiply", "no" if right == "yes" else "yes", answered=answered).startswith(
            "Not yet."
        )


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
    assert hint in says("08-failed", TOLD | changed, call=CALL)


@pytest.mark.parametrize(
    ("changed", "hint"),
    [
        ({}, "Correct."),
        ({"required": ["city", "people"]}, "required must name every property"),
        ({"additionalProperties": True}, "additionalProperties"),
        ({"properties": STRICT["properties"] | {"people": {"type": "number"}}}, "2.5 people"),
        ({"properties": STRICT["properties"] | {"people": {"type": "string"}}}, "must fit"),
        ({"properties": STRICT["properties"] | {"note": {"type": "string"}}}, "without a note"),
        (
            {"properties": {"city": {"type": "string"}}, "required": ["city"]},
            "city, people and note",
        ),
    ],
)
def test_a_strict_schema(changed, hint):
    assert hint in says("08-strict", STRICT | changed)


def joined(deltas, place=lambda delta, calls: delta["index"], order=sorted):
    calls = {}
    for delta in deltas:
        begins = {"id": delta.get("id"), "name": delta["function"].get("name"), "arguments": ""}
        call = calls.setdefault(place(delta, calls), begins)
        call["arguments"] += delta["function"]["arguments"]
    return [calls[index] for index in order(calls)]


def test_joined_deltas():
    def to_the_last_call(delta, calls):
        return delta["index"] if "id" in delta else max(calls)

    assert says("08-join", joined).startswith("Correct.")
    assert "one after the other" in says(
        "08-join", lambda deltas: joined(deltas, lambda delta, calls: 0)
    )
    assert "mixed" in says("08-join", lambda deltas: joined(deltas, order=list))
    assert "mixed" in says("08-join", lambda deltas: joined(deltas, to_the_last_call))
    assert "without calls" in says("08-join", lambda deltas: joined(deltas) or None)


def test_the_hole():
    def run(arguments):
        return f"asking about {eval(arguments, {'SECRET': 'k-1'})['city']}"

    assert says("08-eval", '{"city": SECRET}', run=run, key="k-1").startswith("Correct.")
    assert "copied" in says("08-eval", '{"city": "k-1"}', run=run, key="k-1")
    assert "not the key" in says("08-eval", '{"city": "Rome"}', run=run, key="k-1")
    assert says("08-eval", "{'city': OTHER}", run=run, key="k-1").startswith(
        "Not yet: checking your answer gave NameError"
    )
    assert says("08-eval", ["x"], run=run, key="k-1").startswith("Not yet.")


def reply(*calls, content=None):
    made = [
        SimpleNamespace(id=f"c{i}", function=SimpleNamespace(name=n, arguments=a))
        for i, (n, a) in enumerate(calls)
    ]
    return SimpleNamespace(
        choices=[SimpleNamespace(message=SimpleNamespace(tool_calls=made, content=content))]
    )


def loop(*answers, execute=lambda name, arguments: arguments):
    script, messages = iter(answers), []
    completions = SimpleNamespace(create=lambda **request: next(script))
    client = SimpleNamespace(chat=SimpleNamespace(completions=completions))
    return react_loop(client, "m", messages, [], execute), messages


def test_the_documents_loop_answers_trusts_and_gives_up():
    answer, messages = loop(reply(("f", '{"x": 1}')), reply(content="done"))
    assert answer == "done"
    assert messages[1] == {"role": "tool", "tool_call_id": "c0", "content": '{"x": 1}'}
    assert loop(*[reply(("f", "{}"))] * 5)[0] == "Reached max iterations"
    with pytest.raises(json.JSONDecodeError):
        loop(reply(("f", "{")))
