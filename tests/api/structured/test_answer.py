"""Structured Outputs: answers as typed results."""

import dataclasses
import decimal
import json

import pydantic
import pytest
from example_models import PLACE, Dog, Node, Odd, Owner, Pair, Place, Point
from fake_endpoint import Recorded, completion, delta, event, fake, sse

from samplers.api import (
    Invalid,
    Parsed,
    Refusal,
    Truncated,
    accumulate,
    read_answer,
    response_format,
)


def answered(text=None, finish_reason="stop", refusal=None):
    """The Completion of an endpoint that answers this."""
    message = {"role": "assistant", "content": text, "refusal": refusal}
    return fake(completion(message=message, finish_reason=finish_reason)).chat("x")


def test_parse_asks_and_reads():
    endpoint = Recorded(completion('{"east": 2.5, "north": 48}'))
    client = fake(endpoint)
    match client.parse("Paris", Point, temperature=0):
        case Parsed(point):
            assert point == Point(east=2.5, north=48.0)
        case other:
            pytest.fail(f"{other}")
    (body,) = endpoint.bodies
    assert body["response_format"] == response_format(Point)
    assert body["temperature"] == 0


def test_a_model_without_a_strict_schema_is_not_sent():
    endpoint = Recorded(completion())
    with pytest.raises(ValueError, match="no strict schema"):
        fake(endpoint).parse("x", dict)
    assert endpoint.requests == []


@pytest.mark.parametrize(
    ("model", "text", "value"),
    [
        (Pair, '{"first": 1, "second": {"east": 1, "north": 2}}', Pair(1, Point(east=1, north=2))),
        (Owner, '{"pet": {"kind": "dog"}}', Owner(pet=Dog(kind="dog"))),
        (Node, '{"value": 1, "children": [], "next": null}', Node(value=1, children=[])),
        (Place, json.dumps(PLACE), Place.model_validate(PLACE)),
        (pydantic.create_model("D", x=(decimal.Decimal, ...)), '{"x": "1.10"}', None),
    ],
)
def test_parsed(model, text, value):
    match read_answer(answered(text), model):
        case Parsed(parsed):
            assert isinstance(parsed, model)
            assert value is None or parsed == value
        case other:
            pytest.fail(f"{other}")


@pytest.mark.parametrize(
    ("refusal", "text"), [("I can't help with that.", None), ("No.", '{"east": 1, "north": 2}')]
)
def test_refused(refusal, text):
    match read_answer(answered(text, refusal=refusal), Point):
        case Refusal(reason):
            assert reason == refusal
        case other:
            pytest.fail(f"{other}")


def test_an_answer_that_a_filter_cut_is_a_refusal():
    match read_answer(answered('{"ea', "content_filter"), Point):
        case Refusal(text):
            assert text == '{"ea'
        case other:
            pytest.fail(f"{other}")


def test_truncated_has_what_is_known():
    match read_answer(answered('{"name": "東', "length"), Place):
        case Truncated(text, partial):
            assert (text, partial) == ('{"name": "東', {"name": "東"})
        case other:
            pytest.fail(f"{other}")
    assert read_answer(answered("", "length"), Place).partial is None


def test_a_stream_can_be_read_after_every_chunk():
    deltas = [delta(character) for character in '{"east": 2.5, "north": 48}']
    end = [delta("", finish_reason="stop"), "[DONE]"]
    client = fake(sse(*map(event, deltas + end)))
    joined = accumulate(client.stream("x", response_format=response_format(Point)))

    known = []
    for _ in joined:
        result = read_answer(joined.completion, Point)
        known.append(result.partial if isinstance(result, Truncated) else result.value)
    assert known[0] == {}
    assert {"east": 2} in known  # a number may still grow
    assert known[-1] == Point(east=2.5, north=48)


@pytest.mark.parametrize(
    ("model", "text", "reason"),
    [
        (Point, "Paris is at 2.35 east.", "the whole: Invalid JSON"),
        (Point, "", "the whole: Invalid JSON"),
        (Point, None, "the whole: Invalid JSON"),
        (Point, '```json\n{"east": 1}\n```', "the whole: Invalid JSON"),
        (Point, "[]", "the whole: "),
        (Point, '{"east": "1", "north": 2}', "east: Input should be a valid number"),
        (Point, "{}", "east: Field required"),
        (Point, "[" * 100_000, "the whole: Invalid JSON"),
        (Odd, '{"number": 2}', "number: Value error, an even number"),
        (Place, "{}", "founded: Field required"),
    ],
)
def test_invalid_says_where_and_why(model, text, reason):
    match read_answer(answered(text), model):
        case Invalid(got_text, got_reason):
            assert got_text == (text or "")
            assert reason in got_reason
            assert "pydantic" not in got_reason
        case other:
            pytest.fail(f"{other}")


def test_results_keep_the_completion_and_print_without_it():
    result = read_answer(answered('{"east": 1, "north": 2}'), Point)
    assert result.completion.usage.total_tokens == 15
    assert repr(result) == "Parsed(value=Point(east=1.0, north=2.0))"

    assert repr(read_answer(answered(refusal="No."), Point)) == "Refusal(text='No.')"
    truncated = read_answer(answered("{", "length"), Point)
    assert repr(truncated) == "Truncated(text='{', partial={})"
    invalid = read_answer(answered("[]"), Odd)
    assert repr(invalid).startswith("Invalid(text='[]', reason='the whole: Input should be ")
    assert "Completion" not in repr(invalid)
    for answer in (result, truncated, invalid, read_answer(answered(refusal="No."), Point)):
        with pytest.raises(dataclasses.FrozenInstanceError):
            answer.completion = None


@pytest.mark.parametrize(
    ("count", "more"), [(1, ""), (5, ""), (6, "; and 1 more"), (9, "; and 4 more")]
)
def test_five_problems_are_listed(count, more):
    model = pydantic.create_model("Many", **{f"f{i}": (int, ...) for i in range(count)})
    listed = "; ".join(f"f{i}: Field required" for i in range(min(count, 5)))
    assert read_answer(answered("{}"), model).reason == listed + more
