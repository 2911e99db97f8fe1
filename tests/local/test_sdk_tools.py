"""OpenAI's own SDK, strict, on tools and Structured Outputs: parse with pydantic, the stream
helper, streamed tools.
"""

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


@pytest.fixture(scope="module")
def chat(endpoint):
    options = {"max_retries": 0, "timeout": 120, "_strict_response_validation": True}
    base = next(kind for kind in openai.DefaultHttpxClient.__mro__ if kind.__name__ == "Client")
    # httpx, or httpx2 where the SDK uses that
    http = importlib.import_module(base.__module__.split(".")[0])
    session = openai.DefaultHttpxClient(transport=transport(http))
    with openai.OpenAI(
        base_url=endpoint.base_url, api_key=endpoint.key, http_client=session, **options
    ) as client:
        yield client.chat.completions


def test_parse_gives_a_pydantic_object(chat, endpoint):
    answer = chat.parse(
        model=endpoint.model,
        messages=PARIS,
        response_format=Plan,
        max_completion_tokens=120,
        seed=2,
    )
    message = answer.choices[0].message
    assert isinstance(message.parsed, Plan)
    assert message.refusal is None


def test_parse_says_when_the_answer_was_cut(chat, endpoint):
    with pytest.raises(openai.LengthFinishReasonError):
        chat.parse(
            model=endpoint.model, messages=PARIS, response_format=Plan, max_completion_tokens=3
        )


def test_parse_reads_tools(chat, endpoint):
    tools = [openai.pydantic_function_tool(GetWeather)]
    answer = chat.parse(model=endpoint.model, messages=PARIS, tools=tools, tool_choice="required", temperature=0,
                        parallel_tool_calls=False, max_completion_tokens=60)  # fmt: skip
    (call,) = answer.choices[0].message.tool_calls
    assert isinstance(call.function.parsed_arguments, GetWeather)


def test_an_answer_goes_back_as_it_came(chat, endpoint):
    tools, options = (
        [openai.pydantic_function_tool(GetWeather)],
        {"model": endpoint.model, "max_completion_tokens": 60},
    )
    first = chat.create(
        messages=PARIS, tools=tools, tool_choice="required", parallel_tool_calls=False, **options
    )
    message = first.choices[0].message  # with its refusal and its annotations
    result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "18 °C"}
    assert (
        chat.create(messages=[*PARIS, message, result], tools=tools, **options)
        .choices[0]
        .finish_reason
    )


def test_the_stream_helper_on_structured_output(chat, endpoint):
    options = {"response_format": Plan, "max_completion_tokens": 120, "seed": 2, "temperature": 0.7}
    with chat.stream(model=endpoint.model, messages=PARIS, **options) as stream:
        kinds = [event.type for event in stream]
        final = stream.get_final_completion()
    assert isinstance(final.choices[0].message.parsed, Plan)
    assert kinds.count("content.delta") > 5
    assert kinds.count("content.done") == 1


def test_the_stream_helper_on_tools(chat, endpoint):
    options = {
        "tools": [openai.pydantic_function_tool(GetWeather)],
        "tool_choice": "required",
        "temperature": 0,
    }
    with chat.stream(
        model=endpoint.model, messages=PARIS, max_completion_tokens=90, **options
    ) as stream:
        events = list(stream)
        final = stream.get_final_completion()
    done = [event for event in events if event.type == "tool_calls.function.arguments.done"]
    calls = final.choices[0].message.tool_calls
    assert [event.name for event in done] == ["GetWeather"] * len(calls)
    assert isinstance(calls[0].function.parsed_arguments, GetWeather)
    assert final.choices[0].finish_reason == "tool_calls"


@pytest.mark.parametrize("choice", ["auto", "required"])
def test_tool_choice_plain_and_streamed(chat, endpoint, choice):
    options = {
        "tools": [openai.pydantic_function_tool(GetWeather)],
        "tool_choice": choice,
        "seed": 4,
    }
    options |= {
        "model": endpoint.model,
        "messages": PARIS,
        "max_completion_tokens": 16,
        "temperature": 0,
    }
    plain = chat.create(**options).choices[0].message
    chunks = [chunk.choices[0].delta for chunk in chat.create(**options, stream=True)]
    text = "".join(chunk.content or "" for chunk in chunks)
    calls = [call.function for chunk in chunks for call in chunk.tool_calls or ()]
    assert text == (plain.content or "")
    assert "".join(call.arguments for call in calls) == "".join(
        call.function.arguments for call in plain.tool_calls or ()
    )
    assert bool(calls) is (choice == "required" or plain.content is None)


def test_a_bad_strict_schema_is_a_bad_request(chat, endpoint):
    form = {
        "type": "json_schema",
        "json_schema": {"name": "x", "strict": True, "schema": {"type": "object"}},
    }
    with pytest.raises(openai.BadRequestError) as caught:
        chat.create(model=endpoint.model, messages=PARIS, response_format=form)
    assert caught.value.param == "response_format"
    assert "In context=(), 'additionalProperties'" in caught.value.message
