"""Lesson 08's checks name what is wrong with an answer; the document's loop joins the calls."""

from types import SimpleNamespace

import pytest

from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.document_loop import join_calls

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
    [
        (230, "Correct."),
        ("200 tokens", "Correct."),
        (250.5, "Correct."),
        (60, "more than that"),
        (900, "less than that"),
        ("1,900", "less than that"),
        (None, "I can't read None as a number."),
        ("many", "I can't read 'many' as a number."),
        ([1, 2], "I can't read [1, 2] as a number."),
    ],
)
def test_the_cost_of_a_definition(answer, hint):
    assert hint in verdict("08-cost", answer, tokens=230)


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("08-who", "my program", "Correct."),
        ("08-who", " My Program. ", "Correct."),
        ("08-who", "I do", "Correct."),
        ("08-who", "the client (me)", "Correct."),
        ("08-who", "the API", "Not yet. Where is the function?"),
        ("08-who", "the model", "Not yet. Where is the function?"),
        ("08-who", "Endpoint", "Not yet. Where is the function?"),
        ("08-who", "the server", "Not yet. Where is the function?"),
        ("08-who", None, "Not yet. I can't read None"),
        ("08-who", "nobody", "Not yet. I can't read 'nobody'"),
        ("08-who", "the model or my program", "Not yet. I can't read"),
        ("08-results", 2, "Correct."),
        ("08-results", "2", "Correct."),
        ("08-results", 2.0, "Correct."),
        ("08-results", 1, "Not yet. What did the endpoint say"),
        ("08-results", 0, "Not yet. What did the endpoint say"),
        ("08-results", "3", "Not yet. What did the endpoint say"),
        ("08-results", None, "Not yet. I can't read None as a number."),
        ("08-results", 1.5, "Not yet. I can't read 1.5 as a whole number."),
        ("08-results", "two", "Not yet. I can't read 'two' as a number."),
    ],
)
def test_predictions(name, answer, message):
    assert verdict(name, answer).startswith(message)


@pytest.mark.parametrize(
    ("answer", "calls", "message"),
    [
        ("no", (), "Correct."),
        ("No.", (), "Correct."),
        (False, (), "Correct."),
        ("YES", ("a",), "Correct."),
        ("yes", (), "Not yet. See what came back: a text, and no call."),
        ("No", ("a",), "Not yet. See what came back: a call."),
        (1, (), "Not yet. See what came back: a text"),
        (None, (), 'Not yet. I can\'t read None as "yes" or "no".'),
        ("437", (), 'Not yet. I can\'t read \'437\' as "yes" or "no".'),
        (23 * 19, (), 'Not yet. I can\'t read 437 as "yes" or "no".'),
    ],
)
def test_the_prediction_of_a_call_is_compared_with_the_answer(answer, calls, message):
    answered = SimpleNamespace(tool_calls=calls)
    assert verdict("08-multiply", answer, answered=answered).startswith(message)


@pytest.mark.parametrize(
    ("changed", "hint"),
    [
        ({}, "Correct."),
        ({"required": ("note", "people", "city")}, "Correct."),
        ({"parameters": STRICT}, "Write the schema alone"),
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


@pytest.mark.parametrize("answer", [None, "a schema", [STRICT]])
def test_a_schema_is_a_dict(answer):
    assert verdict("08-strict", answer).startswith("Not yet. A schema is a dict, not")


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


def piece_by_piece(deltas):
    yield from joined(deltas)


def in_place(deltas):
    deltas[:] = joined(deltas)


def as_a_tuple(deltas):
    return tuple(joined(deltas))


def by_index(deltas):
    return dict(enumerate(joined(deltas)))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (joined, "Correct."),
        (piece_by_piece, "Correct."),
        (in_place, "Correct."),
        (by_index, "Correct."),
        (as_a_tuple, "Correct."),
        (all_in_one_call, "one after the other"),
        (in_the_order_of_arrival, "mixed"),
        (to_the_last_call, "mixed"),
        (lambda deltas: joined(deltas) or "none", "without calls"),
        (lambda deltas: deltas[0], "your function"),
        (lambda: None, "your function raised TypeError"),
        ([], "Give the function itself"),
        (None, "Give the function itself"),
    ],
)
def test_joined_deltas(answer, message):
    assert message in verdict("08-join", answer)


def chunk(index, call_id, name, arguments, **more):
    """A chunk as the SDK gives it, with one piece of one call."""
    function = SimpleNamespace(name=name, arguments=arguments)
    piece = SimpleNamespace(index=index, id=call_id, function=function, **more)
    return SimpleNamespace(choices=[SimpleNamespace(delta=SimpleNamespace(tool_calls=[piece]))])


def test_the_documents_loop_joins_pieces_and_dies_of_the_usage():
    begins = chunk(0, "a", "f", "", type="function")
    chunks = [begins, chunk(0, None, None, '{"x"'), chunk(0, None, None, ":1}")]
    assert join_calls(chunks) == {0: {"id": "a", "function": {"name": "f", "arguments": '{"x":1}'}}}

    with pytest.raises(IndexError):
        join_calls([*chunks, SimpleNamespace(choices=[])])
