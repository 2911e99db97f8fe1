"""DeepSeek's requests: what has no effect while it thinks, what is refused, in which words."""

import asyncio
from types import SimpleNamespace
from typing import get_type_hints

import httpx
import pytest
from dialect_fuzz import answered, bodies
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat.completion_create_params import CompletionCreateParamsBase

from samplers.local.dialects.deepseek.errors import error_body
from samplers.local.dialects.deepseek.request import KNOWN, ignored, read
from samplers.local.engine.model import ServedModel, Settings
from samplers.local.request.chat import ChatRequest
from samplers.local.request.errors import ApiError

HI = [{"role": "user", "content": "Hi, json"}]
OFF = {"thinking": {"type": "disabled"}}
ENGINE = SimpleNamespace(vocabulary=range(8))
MODELS = (ServedModel(ENGINE, None, Settings(), "m", "fp", 0),)
TOOL = {"type": "function", "function": {"name": "f"}}


def request(**fields) -> ChatRequest:
    body = {"model": "m", "messages": HI, **fields}
    return asyncio.run(read(MODELS, body, False))


def refused(**fields) -> str:
    """The sentence of the 400."""
    with pytest.raises(ApiError) as caught:
        request(**fields)
    assert caught.value.status == 400
    body = error_body(400, caught.value.body["error"], "")
    return body["error"]["message"]


@pytest.mark.parametrize(
    "knobs",
    [
        {"temperature": 0},
        {"temperature": 2, "top_p": 0.1},
        {"frequency_penalty": 2, "presence_penalty": -2},
        {"logprobs": False, "top_logprobs": None},
    ],
)
def test_knobs_have_no_effect_while_it_thinks(knobs):
    assert request(**knobs) == request()
    plain = request(**OFF, **knobs)
    assert (plain == request(**OFF)) == ("logprobs" in knobs)
    assert plain.temperature == knobs.get("temperature", 1)


@pytest.mark.parametrize(
    ("fields", "effort"),
    [
        ({}, "high"),
        ({"thinking": {"type": "enabled"}}, "high"),
        ({"reasoning_effort": "minimal"}, "low"),
        ({"reasoning_effort": "medium"}, "high"),
        ({"reasoning_effort": "xhigh"}, "high"),
        ({"reasoning_effort": "max"}, "xhigh"),
        ({"reasoning_effort": "max", **OFF}, "none"),
    ],
)
def test_efforts(fields, effort):
    assert request(**fields).effort == effort


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"model": "deepseek-flash"}, "Model Not Exist"),
        ({"tools": [TOOL], "tool_choice": "required"}, "Thinking mode does not support this"),
        ({"response_format": {"type": "json_schema"}}, "This response_format type is unavailable"),
        ({"response_format": {"type": "yaml"}}, "unknown variant `yaml`"),
        ({"logprobs": True}, "Thinking mode does not support the parameter `logprobs`"),
        ({"top_logprobs": 2}, "Thinking mode does not support the parameter `top_logprobs`"),
        ({"temperature": 2.1}, "Invalid temperature value, the valid range of temperature is [0,"),
        ({"top_p": 0}, "the valid range of top_p is (0, 1]"),
        ({"max_tokens": 0}, "the valid range of max_tokens is [1,"),
        ({"max_tokens": "9"}, "Failed to deserialize the JSON body into the target type"),
        ({"messages": None}, "missing field `messages`"),
        ({"messages": [{"role": "developer", "content": "x"}]}, "messages[0].role: unknown varia"),
        ({"messages": [HI[0] | {"reasoning_content": 1}]}, "messages[0].reasoning_content"),
        ({"messages": [{"role": "assistant", "content": "", "reasoning_content": 1}]}, "string"),
        ({"thinking": {"type": "auto"}}, "unknown variant `auto`"),
        ({"thinking": {}}, "thinking.type"),
        ({"reasoning_effort": "none"}, "unknown variant `none`"),
        ({"user_id": "é" * 257}, "at most 512 bytes"),
        ({"stop": [""]}, "stop"),
        ({"stop": ["a"] * 17}, "stop"),
        ({"stop": 0}, "stop"),
        ({"stream_options": {"include_usage": True}}, "should be set along with stream = true"),
    ],
)
def test_what_it_refuses(fields, sentence):
    assert sentence in refused(**fields)


def test_json_must_be_mentioned():
    asked = {"response_format": {"type": "json_object"}}
    assert request(**asked).response_format.any_json
    messages = [{"role": "user", "content": "Hi"}]
    assert refused(messages=messages, **asked).startswith("Prompt must contain the word 'json'")


def test_the_references_own_example():
    """Its nulls, and its tool_choice without tools."""
    nulls = dict.fromkeys(["stop", "stream_options", "tools", "top_logprobs"])
    made = request(tool_choice="none", response_format={"type": "text"}, logprobs=False, **nulls)
    assert made == request()


def test_only_what_it_does_not_know_is_ignored():
    names = [*KNOWN, "best_of", "n"]
    assert ignored(dict.fromkeys(names, 1) | {"temp": None}) == ["best_of", "n"]


FIELDS = {
    "thinking": [OFF["thinking"], {"type": "enabled"}],
    "reasoning_effort": ["low", "max"],
    "temperature": [0, 1.5],
    "top_p": [0.5, 1],
    "frequency_penalty": [-2, 1.0],
    "presence_penalty": [0, 2],
    "max_tokens": [1, 3],
    "stop": ["a", ["b", "c"]],
    "stream": [True, False],
    "logprobs": [True, False],
    "top_logprobs": [0, 3],
    "response_format": [{"type": "text"}, {"type": "json_object"}],
    "tools": [[TOOL]],
    "tool_choice": ["auto", "none", "required"],
    "user_id": ["u"],
}


def test_any_request_is_answered_or_refused(endpoint):
    """The SDK's other fields are ignored, whatever they are."""
    others = get_type_hints(CompletionCreateParamsBase).keys() - KNOWN
    fields = FIELDS | {name: [1, "x", None, {}] for name in others}
    needed = {"model": endpoint.model, "messages": HI, "max_tokens": 2, "thinking": OFF["thinking"]}
    root = endpoint.base_url.removesuffix("/v1")
    headers = {"Authorization": f"Bearer {endpoint.key}"}

    def error(body: dict) -> None:
        assert set(body["error"]) == {"message", "type", "param", "code"}

    checks = (
        lambda body: ChatCompletion.model_validate(body, strict=True),
        lambda body: ChatCompletionChunk.model_validate(body, strict=True),
        error,
    )
    with httpx.Client(base_url=root, headers=headers, timeout=60) as client:
        made = bodies(fields, needed, 60, seed=1)
        results = [answered(client, "/deepseek/chat/completions", body, *checks) for body in made]
    assert min(results.count(True), results.count(False)) >= 15
