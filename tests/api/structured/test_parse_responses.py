"""Structured Outputs by Responses: the same four results."""

import pytest
from example_models import Point
from fake_endpoint import Recorded, fake
from fake_responses import answer, message

from samplers.api import (
    Invalid,
    Parsed,
    Refusal,
    Response,
    Truncated,
    accumulate,
    read_answer,
    strict_schema,
)

PARIS = '{"east": 2.5, "north": 48}'
CUT = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
FILTERED = {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}


def parsed(*items, **fields):
    return fake(answer(*items, **fields)).parse("Paris", Point, api="responses")


def test_it_asks_flat_and_reads():
    endpoint = Recorded(answer(message(PARIS)))
    client = fake(endpoint)
    messages = [{"role": "user", "content": [{"type": "text", "text": "Paris"}]}]
    match client.parse(messages, Point, api="responses", text={"verbosity": "low"}, top_p=0.5):
        case Parsed(point):
            assert point == Point(east=2.5, north=48.0)
        case other:
            pytest.fail(f"{other}")
    (body,) = endpoint.bodies
    assert body["text"] == {
        "verbosity": "low",
        "format": {
            "type": "json_schema",
            "name": "Point",
            "strict": True,
            "schema": strict_schema(Point),
        },
    }
    assert body["input"][0]["content"][0]["type"] == "input_text"
    assert body["top_p"] == 0.5
    assert endpoint.requests[0].url.path == "/v1/responses"


def test_the_other_results():
    refusal = parsed(message(content=[{"type": "refusal", "refusal": "No."}]))
    assert (type(refusal), refusal.text) == (Refusal, "No.")
    assert isinstance(parsed(message(PARIS), **FILTERED), Refusal)

    cut = parsed(message('{"east": 2.5, "no'), **CUT)
    assert (type(cut), cut.partial) == (Truncated, {"east": 2.5})
    assert isinstance(cut.completion, Response)

    assert isinstance(parsed(message("Paris!")), Invalid)
    assert isinstance(parsed(message('{"east": "2", "north": 1}')), Invalid)


def test_a_stream_is_read_in_the_same_way():
    from fake_endpoint import sse
    from fake_responses import text_events

    stream = fake(sse(*text_events('{"east": 2.5, ', '"north": 48}'))).respond_stream("Paris")
    assert read_answer(accumulate(stream).read(), Point).value == Point(east=2.5, north=48.0)


def test_what_is_no_api():
    with pytest.raises(ValueError, match="api must be one of chat, responses, got 'both'"):
        fake(answer()).parse("x", Point, api="both")


def test_chats_parameters_are_refused_by_name():
    with pytest.raises(ValueError, match="Responses take max_output_tokens"):
        fake(answer()).parse("x", Point, api="responses", max_completion_tokens=16)
