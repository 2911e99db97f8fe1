"""Tools and Structured Outputs on the real local endpoint."""

import json
from typing import Literal

import jsonschema
import pydantic
import pytest
from example_schemas import STRICT, an_object

from samplers.api import (
    APIError,
    Invalid,
    Parsed,
    Truncated,
    accumulate,
    fit,
    partial_json,
    read_answer,
    response_format,
    run_tools,
    strict_schema,
    tool,
    why_not_strict,
)

WEATHER = "What is the weather in Paris?"


class City(pydantic.BaseModel):
    name: str
    country: str
    size: Literal["small", "large"]


@tool
def weather(city: str, unit: Literal["C", "F"] = "C") -> dict:
    """The weather in a city now.

    city: the city's name
    """
    return {"city": city, "sky": "clear"}


def test_an_answer_is_an_object(client):
    match client.parse("Tell me about Paris, as JSON.", City, temperature=0, max_tokens=80):
        case Parsed(city):
            assert isinstance(city, City)
        case other:
            pytest.fail(f"{other}")


def test_a_streamed_answer_grows_into_the_same_object(client):
    params = {"temperature": 0, "max_tokens": 80, "response_format": response_format(City)}
    joined = accumulate(client.stream("Paris, as JSON.", **params))
    known = [partial_json(joined.completion.text) for _ in joined]
    assert {"name"} in [set(k) for k in known if k]  # the first field was there before the others
    jsonschema.validate(known[-1], strict_schema(City))
    assert read_answer(joined.completion, City).value == City.model_validate(known[-1])


def test_too_few_tokens_are_a_truncation_that_has_its_beginning(client):
    match client.parse("Tell me about Paris, as JSON.", City, temperature=0, max_tokens=4):
        case Truncated(text, partial):
            assert text.startswith('{"')
            assert set(partial) <= {"name"}
        case other:
            pytest.fail(f"{other}")


def test_plain_text_is_invalid(client):
    answer = client.chat("What is the capital of France?", temperature=0, max_tokens=40, stop=["."])
    assert isinstance(read_answer(answer, City), Invalid)


def test_a_loop_with_a_forced_call_ends_in_an_answer(client):
    params = {"temperature": 0, "max_tokens": 60}
    run = run_tools(client, WEATHER, [weather], tool_choice="required", **params)
    assert run.ended in ("answer", "tokens")
    assert [m["role"] for m in run.messages[:3]] == ["user", "assistant", "tool"]
    assert run.rounds[0].results[0].error is None
    assert run.text
    assert run.usage.completion_tokens <= 60
    assert run.usage.total_tokens == run.usage.prompt_tokens + run.usage.completion_tokens

    # the conversation can go on
    assert client.chat(list(run.messages), max_tokens=1).usage.completion_tokens == 1


@pytest.mark.parametrize("limit", [{"max_rounds": 1}, {"max_tokens": 3}])
def test_a_loop_that_a_limit_ended_leaves_a_result_for_every_call(client, limit):
    run = run_tools(client, WEATHER, [weather], temperature=0, tool_choice="required", **limit)
    assert run.ended in ("rounds", "tokens")
    calls = [c["id"] for m in run.messages for c in m.get("tool_calls", ())]
    assert [m["tool_call_id"] for m in run.messages if m["role"] == "tool"] == calls


def test_a_streamed_call_joined_is_the_call(client):
    params = {
        "tools": [weather.definition],
        "tool_choice": "required",
        "temperature": 0,
        "max_tokens": 60,
    }
    joined = accumulate(client.stream(WEATHER, **params))
    streamed = joined.read()
    whole = client.chat(WEATHER, **params)
    assert streamed.finish_reason == whole.finish_reason == "tool_calls"
    assert len(joined.times) > 3  # it came in many chunks

    (call,) = streamed.tool_calls
    (expected,) = whole.tool_calls
    assert (call.name, call.arguments) == (expected.name, expected.arguments)
    assert call.id
    jsonschema.validate(json.loads(call.arguments), weather.parameters)
    assert weather.run(call.arguments)


def test_history_with_calls_is_cut_where_it_may_be(client):
    params = {"temperature": 0, "max_tokens": 100}
    run = run_tools(client, WEATHER, [weather], tool_choice="required", **params)
    conversation = [*run.messages, {"role": "user", "content": "Thanks."}]

    def count(messages):
        return client.tokenize(messages).count

    fitted = fit(conversation, count(conversation) - 1, count)
    assert fitted.messages == conversation[-1:]


def error_for(client, schema) -> APIError | None:
    """The error with which the endpoint refuses the schema; None if it takes it."""
    json_schema = {"name": "x", "strict": True, "schema": schema}
    wanted = {"type": "json_schema", "json_schema": json_schema}
    try:
        client.chat("x", max_tokens=1, response_format=wanted)
    except APIError as error:
        return error
    return None


@pytest.mark.parametrize("name", STRICT)
def test_the_endpoint_takes_what_the_checker_passes(client, name):
    assert why_not_strict(STRICT[name]) == []
    assert error_for(client, STRICT[name]) is None


def test_the_endpoint_refuses_what_the_checker_refuses(client):
    # tests/local/request/test_schema.py has all the others
    schema = an_object(x={"type": "object"})
    assert why_not_strict(schema)
    error = error_for(client, schema)
    assert (error.status, error.param) == (400, "response_format")
