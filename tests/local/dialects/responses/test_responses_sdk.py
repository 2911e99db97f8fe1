"""OpenAI's SDK, strict, with the local model: `parse` with pydantic, and the life of an item."""

from typing import Literal

import openai
import pytest
from pydantic import BaseModel
from responses_door import FORCED, WEATHER, check_life, text_of

SHORT = {"temperature": 0, "max_output_tokens": 24}
BEGIN = ["response.created", "response.in_progress", "response.output_item.added"]
DELTA = "response.output_text.delta"
PIECE = "response.function_call_arguments.delta"


class City(BaseModel):
    """A city that the learner names."""

    city: Literal["Oslo"]


@pytest.mark.parametrize("name", ["model", "reasoning"])
def test_parse(responses, name):
    body = {"model": getattr(responses, name), "input": "A city?", "max_output_tokens": 24}
    if name == "reasoning":
        body["reasoning"] = {"effort": "none"}
    parsed = responses.sdk.responses.parse(**body, text_format=City)
    assert parsed.status == "completed"
    assert parsed.output_parsed == City(city="Oslo")
    assert (parsed.text.format.name, parsed.text.format.strict) == ("City", True)

    with responses.sdk.responses.stream(**body, text_format=City) as stream:
        final = stream.get_final_response()
    assert final.output_parsed == City(city="Oslo")


def test_parse_a_call(full_responses):
    tool = openai.pydantic_function_tool(City, name="weather")
    parsed = full_responses.sdk.responses.parse(
        **full_responses.body(**SHORT), tools=[tool], tool_choice="required"
    )
    (call,) = parsed.output
    assert (call.name, call.parsed_arguments) == ("weather", City(city="Oslo"))


def test_the_whole_life_of_a_text(full_responses):
    """RE1: of a text, in order, and by the SDK's helper."""
    events = full_responses.events(**SHORT)
    check_life(events)
    kinds = [event["type"] for event in events]
    deltas = kinds.count(DELTA)
    assert kinds == [
        *BEGIN,
        "response.content_part.added",
        *[DELTA] * deltas,
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    joined = "".join(event["delta"] for event in events if event["type"] == DELTA)
    plain = full_responses.response(**SHORT)
    assert joined == text_of(events[-1]["response"]) == text_of(plain)
    assert joined

    with full_responses.sdk.responses.stream(**full_responses.body(**SHORT)) as stream:
        numbers = [event.sequence_number for event in stream]
        assert stream.get_final_response().output_text == joined
    assert numbers == sorted(numbers)


def test_the_whole_life_of_a_call(responses):
    """RE1: of one function call."""
    events = responses.events(**SHORT, tools=[WEATHER], tool_choice=FORCED)
    check_life(events)
    kinds = [event["type"] for event in events]
    assert kinds == [
        *BEGIN,
        *[PIECE] * kinds.count(PIECE),
        "response.function_call_arguments.done",
        "response.output_item.done",
        "response.completed",
    ]
