"""OpenAI's own SDK, strict, on tools and Structured Outputs, plain and streamed."""

import importlib

import openai
import pytest
from pydantic import BaseModel, Field
from wirecheck import transport

PARIS = [{"role": "user", "content": "What is the weather in Paris?"}]


class GetWeather(BaseModel):
    """Get the current weather in a city."""

    city: str = Field(description="the city's name")
    unit: str | None = Field(description="C or F", pattern="^[CF]$")


class Step(BaseModel):
    number: int = Field(ge=0, le=9)
    done: bool


class Plan(BaseModel):
    kind: str = Field(pattern="^(walk|ride)$")
    steps: list[Step] = Field(min_length=1, max_length=2)
    first: Step | None


TOOLS = [openai.pydantic_function_tool(GetWeather)]


@pytest.fixture(scope="module")
def chat(endpoint):
    base = next(kind for kind in openai.DefaultHttpxClient.__mro__ if kind.__name__ == "Client")
    # httpx, or httpx2 where the SDK uses that
    http = importlib.import_module(base.__module__.split(".")[0])
    with openai.OpenAI(
        base_url=endpoint.base_url,
        api_key=endpoint.key,
        http_client=openai.DefaultHttpxClient(transport=transport(http)),
        max_retries=0,
        timeout=120,
        _strict_response_validation=True,
    ) as client:
        yield client.chat.completions


@pytest.fixture(scope="module")
def request_fields(endpoint):
    """What every request of this file has."""
    return {"model": endpoint.model, "messages": PARIS}


def test_parse_gives_a_pydantic_object(chat, request_fields):
    answer = chat.parse(**request_fields, response_format=Plan, max_completion_tokens=120, seed=2)
    message = answer.choices[0].message
    assert isinstance(message.parsed, Plan)
    assert message.refusal is None


def test_parse_reports_that_the_answer_was_cut(chat, request_fields):
    with pytest.raises(openai.LengthFinishReasonError):
        chat.parse(**request_fields, response_format=Plan, max_completion_tokens=3)


def test_parse_reads_tools(chat, request_fields):
    answer = chat.parse(
        **request_fields,
        tools=TOOLS,
        tool_choice="required",
        temperature=0,
        parallel_tool_calls=False,
        max_completion_tokens=60,
    )
    (call,) = answer.choices[0].message.tool_calls
    assert isinstance(call.function.parsed_arguments, GetWeather)


def test_an_answer_goes_back_as_it_came(chat, endpoint):
    options = {"model": endpoint.model, "tools": TOOLS, "max_completion_tokens": 60}
    first = chat.create(
        messages=PARIS, tool_choice="required", parallel_tool_calls=False, **options
    )
    message = first.choices[0].message  # with its refusal and its annotations
    result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "18 °C"}
    second = chat.create(messages=[*PARIS, message, result], **options)
    assert second.choices[0].finish_reason


def test_the_stream_helper_on_structured_output(chat, request_fields):
    options = {"response_format": Plan, "max_completion_tokens": 120, "seed": 2, "temperature": 0.7}
    with chat.stream(**request_fields, **options) as stream:
        kinds = [event.type for event in stream]
        final = stream.get_final_completion()
    assert isinstance(final.choices[0].message.parsed, Plan)
    assert kinds.count("content.delta") > 5
    assert kinds.count("content.done") == 1


def test_the_stream_helper_on_tools(chat, request_fields):
    options = {"tools": TOOLS, "tool_choice": "required", "temperature": 0}
    with chat.stream(**request_fields, **options, max_completion_tokens=90) as stream:
        events = list(stream)
        final = stream.get_final_completion()
    done = [event for event in events if event.type == "tool_calls.function.arguments.done"]
    calls = final.choices[0].message.tool_calls
    assert [event.name for event in done] == ["GetWeather"] * len(calls)
    assert isinstance(calls[0].function.parsed_arguments, GetWeather)
    assert final.choices[0].finish_reason == "tool_calls"


@pytest.mark.parametrize("choice", ["auto", "required"])
def test_tool_choice_plain_and_streamed(chat, request_fields, choice):
    options = request_fields | {
        "tools": TOOLS,
        "tool_choice": choice,
        "seed": 4,
        "max_completion_tokens": 16,
        "temperature": 0,
    }
    plain = chat.create(**options).choices[0].message
    deltas = [chunk.choices[0].delta for chunk in chat.create(**options, stream=True)]

    text = "".join(delta.content or "" for delta in deltas)
    assert text == (plain.content or "")
    calls = [call.function for delta in deltas for call in delta.tool_calls or ()]
    plain_calls = [call.function for call in plain.tool_calls or ()]
    arguments = "".join(call.arguments for call in calls)
    assert arguments == "".join(call.arguments for call in plain_calls)
    assert bool(calls) is (choice == "required" or plain.content is None)


def test_a_bad_strict_schema_is_a_bad_request(chat, request_fields):
    schema = {"name": "x", "strict": True, "schema": {"type": "object"}}
    response_format = {"type": "json_schema", "json_schema": schema}
    with pytest.raises(openai.BadRequestError) as caught:
        chat.create(**request_fields, response_format=response_format)
    assert caught.value.param == "response_format"
    assert "In context=(), 'additionalProperties'" in caught.value.message
