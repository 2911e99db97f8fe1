"""Anthropic's own SDK, validating every answer strictly, must not notice who answers."""

import asyncio
from typing import Literal

import anthropic
import pytest
from anthropic_door import CITY, FORCED, FRANCE, WEATHER, Door
from pydantic import BaseModel

SHORT = {"max_tokens": 8, "messages": FRANCE}
# One answer alone is possible, so that two requests without a seed can be compared.
SURE = SHORT | {"max_tokens": 60, "tools": [WEATHER], "tool_choice": FORCED}


@pytest.fixture(scope="module")
def door(endpoint):
    with Door(endpoint) as door:
        yield door


def test_a_message(door):
    message = door.sdk.messages.create(model=door.model, **SHORT)
    assert message.id.startswith("msg_")
    assert message._request_id.startswith("req_")
    assert (message.type, message.role, message.model) == ("message", "assistant", door.model)
    assert [block.type for block in message.content] == ["text"]
    assert message.usage.output_tokens <= 8
    assert message.usage.service_tier == "standard"


def test_a_message_is_history(door):
    first = door.sdk.messages.create(model=door.model, **SURE)
    results = [
        {"type": "tool_result", "tool_use_id": block.id, "content": "rain"}
        for block in first.content
    ]
    history = [*FRANCE, first.to_param(), {"role": "user", "content": results}]
    again = door.sdk.messages.create(model=door.model, max_tokens=4, messages=history)
    assert again.usage.input_tokens > 0
    dumped = {"role": "assistant", "content": first.model_dump()["content"]}
    history[1] = dumped
    assert door.sdk.messages.count_tokens(model=door.model, messages=history).input_tokens == (
        again.usage.input_tokens
    )


def test_a_stream_is_the_whole_message(door):
    whole = door.sdk.messages.create(model=door.model, **SURE)
    with door.sdk.messages.stream(model=door.model, **SURE) as stream:
        kinds = [event.type for event in stream]
        final = stream.get_final_message()
    assert kinds[0] == "message_start"
    assert kinds[-1] == "message_stop"
    assert [block.input for block in final.content] == [{"city": "Oslo"}]
    assert stream.request_id.startswith("req_")
    for message in (whole, final):
        assert message.content[0].id.startswith("toolu_")
        assert message.stop_reason == "tool_use"
    same = ("name", "type", "input")
    assert [getattr(final.content[0], name) for name in same] == [
        getattr(whole.content[0], name) for name in same
    ]
    counts = ("input_tokens", "output_tokens", "cache_read_input_tokens")
    assert [getattr(final.usage, name) for name in counts] == [
        getattr(whole.usage, name) for name in counts
    ]


def test_text_as_it_comes(door):
    with door.sdk.messages.stream(model=door.model, **SHORT) as stream:
        pieces = list(stream.text_stream)
        assert "".join(pieces) == stream.get_final_text()
    assert len(pieces) > 1


def test_async(door):
    async def ask():
        async with anthropic.AsyncAnthropic(**door.options) as client:
            message = await client.messages.create(model=door.model, **SURE)
            async with client.messages.stream(model=door.model, **SURE) as stream:
                return message, await stream.get_final_message()

    for message in asyncio.run(ask()):
        assert message.content[0].input == {"city": "Oslo"}


def test_an_answer_of_a_class(door):
    class Answer(BaseModel):
        city: Literal["Oslo"]

    answer = door.sdk.messages.parse(
        model=door.model, max_tokens=40, messages=FRANCE, output_format=Answer
    )
    assert answer.parsed_output == Answer(city="Oslo")
    assert answer.stop_reason == "end_turn"


def test_structured_output(door):
    config = {"format": {"type": "json_schema", "schema": CITY}}
    answer = door.sdk.messages.create(
        model=door.model, max_tokens=40, messages=FRANCE, output_config=config
    )
    assert answer.content[0].text.replace(" ", "") == '{"city":"Oslo"}'


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"system": "Answer in one word."},
        {"tools": [WEATHER]},
        {"tools": [WEATHER], "tool_choice": {"type": "none"}},
        {"tools": [WEATHER], "tool_choice": FORCED, "system": [{"type": "text", "text": "Hi"}]},
        {"output_config": {"format": {"type": "json_schema", "schema": CITY}}},
    ],
)
def test_the_count_is_what_usage_has(door, fields):
    count = door.sdk.messages.count_tokens(model=door.model, messages=FRANCE, **fields)
    message = door.sdk.messages.create(model=door.model, **SHORT, **fields)
    assert count.input_tokens == message.usage.input_tokens


def test_the_beta_client(door):
    message = door.sdk.beta.messages.create(model=door.model, betas=["some-2026-01-01"], **SURE)
    assert message.content[0].input == {"city": "Oslo"}


def test_the_reasoning_model_answers_without_thinking(door, reasoning):
    message = door.sdk.messages.create(model=reasoning.model, **SHORT)
    assert message.model == reasoning.model
    assert message.usage.output_tokens <= 8


def test_a_simulated_filter(door):
    fault = {"x-samplers-fault": "content_filter"}
    message = door.sdk.messages.create(model=door.model, extra_headers=fault, **SHORT)
    assert message.stop_reason == "refusal"
    assert message.stop_details.type == "refusal"


def test_a_stream_that_breaks_off(door):
    fault = {"x-samplers-fault": "error_event"}
    with (
        pytest.raises(anthropic.APIStatusError) as raised,
        door.sdk.messages.stream(model=door.model, extra_headers=fault, **SHORT) as stream,
    ):
        stream.until_done()
    assert raised.value.body["error"]["type"] == "api_error"


ERRORS = [
    (anthropic.BadRequestError, {"max_tokens": -1}, {}),
    (anthropic.NotFoundError, {"model": "claude-fable-5-2"}, {}),
    (anthropic.AuthenticationError, {}, {"api_key": "wrong"}),
    (anthropic.PermissionDeniedError, {}, {"default_headers": {"Host": "evil.example"}}),
]


@pytest.mark.parametrize(("kind", "fields", "options"), ERRORS)
def test_each_class_of_error(door, kind, fields, options):
    with (
        anthropic.Anthropic(**(door.options | options)) as client,
        pytest.raises(kind) as raised,
    ):
        client.messages.create(**(SHORT | {"model": door.model} | fields))
    error = raised.value
    assert error.request_id.startswith("req_")
    assert error.body["request_id"] == error.request_id
    assert error.type == error.body["error"]["type"]
    assert error.api_message


def test_both_ways_to_send_the_key(door):
    for headers in ({"x-api-key": "wrong"}, {"authorization": "Bearer wrong"}):
        other = door.http.post("/v1/messages", json=door.body(), headers=headers)
        assert other.status_code == 401, headers
    key = {"authorization": f"Bearer {door.options['api_key']}", "anthropic-version": "2023-06-01"}
    assert door.http.post("/v1/messages", json=door.body(), headers=key).status_code == 200
