"""GLM's requests: what they become, and that none is a 500."""

import asyncio
from inspect import signature
from types import SimpleNamespace

import httpx
import pytest
from dialect_fuzz import answered, bodies
from zai.api_resource.chat.completions import Completions
from zai.types.chat.chat_completion import Completion
from zai.types.chat.chat_completion_chunk import ChatCompletionChunk

from samplers.local.dialects.glm.request import KNOWN, Own, read
from samplers.local.engine.model import ServedModel, Settings

HI = [{"role": "user", "content": "Hi"}]
OFF = {"thinking": {"type": "disabled"}}
MODELS = (ServedModel(SimpleNamespace(vocabulary=range(8)), None, Settings(), "m", "fp", 0),)
TOOL = {"type": "function", "function": {"name": "f"}}


def request(**fields):
    return asyncio.run(read(MODELS, {"model": "m", "messages": HI, **fields}, False))


@pytest.mark.parametrize(
    ("fields", "temperature", "top_p"),
    [
        ({}, 1, 0.95),
        ({"temperature": 0.3, "top_p": 0.2}, 0.3, 0.2),
        ({"temperature": 0, "top_p": 0.2}, 0, 1),
        ({"do_sample": False, "temperature": 1}, 0, 1),
        ({"do_sample": True, "temperature": 1}, 1, 0.95),
        ({"do_sample": None, "temperature": None}, 1, 0.95),
    ],
)
def test_sampling(fields, temperature, top_p):
    made, _ = request(**fields)
    assert (made.temperature, made.top_p) == (temperature, top_p)


@pytest.mark.parametrize(
    ("fields", "effort"),
    [
        ({}, "medium"),
        ({"reasoning_effort": "minimal"}, "low"),
        ({"reasoning_effort": "max"}, "xhigh"),
        ({"reasoning_effort": "none"}, "none"),
        ({"thinking": {"type": "disabled", "clear_thinking": False}}, "none"),
        ({"thinking": {"clear_thinking": True}}, "medium"),
    ],
)
def test_efforts(fields, effort):
    made, _ = request(**fields)
    assert (made.effort, made.shows_thoughts) == (effort, True)


def test_what_only_the_answer_needs():
    assert request()[1] == Own(None, False)
    assert request(request_id="r", tool_stream=True)[1] == Own("r", True)


def test_thoughts_of_earlier_turns_are_left_out():
    turn = {"role": "assistant", "content": "Hello."}
    made, _ = request(messages=[*HI, turn | {"reasoning_content": "xyzzy"}, *HI])
    assert made == request(messages=[*HI, turn, *HI])[0]


FIELDS = {
    "thinking": [OFF["thinking"], {"type": "enabled"}],
    "reasoning_effort": ["none", "low", "max"],
    "temperature": [0, 0.5, 1],
    "top_p": [0.01, 0.5],
    "do_sample": [True, False],
    "max_tokens": [1, 3],
    "seed": [0, 7],
    "stop": ["a", ["b"]],
    "stream": [True, False],
    "response_format": [{"type": "text"}, {"type": "json_object"}],
    "tools": [[TOOL]],
    "tool_choice": ["auto"],
    "tool_stream": [True, False],
    "request_id": ["r1"],
    "user_id": ["user-1"],
}
OTHERS = {"sensitive_word_check", "meta", "extra", "watermark_enabled"}  # for other models
OF_THE_SDK = {"self", "extra_headers", "extra_body", "timeout"}  # not on the wire


def test_the_fields_are_the_sdks():
    fields = set(signature(Completions.create).parameters) - OF_THE_SDK
    assert fields == KNOWN | OTHERS == FIELDS.keys() | {"model", "messages"} | OTHERS


def test_any_request_is_answered_or_refused(endpoint):
    fields = FIELDS | {name: [True, {"type": "x"}] for name in OTHERS}
    needed = {"model": endpoint.model, "messages": HI, "max_tokens": 2, "thinking": OFF["thinking"]}
    root = endpoint.base_url.removesuffix("/v1")
    headers = {"Authorization": f"Bearer {endpoint.key}"}

    def error(body: dict) -> None:
        assert set(body["error"]) == {"code", "message"}
        assert body["error"]["code"].isdecimal()

    checks = (
        lambda body: Completion.model_validate(body, strict=True),
        # the SDK's own type has a field that no answer of GLM's has
        lambda body: ChatCompletionChunk.model_validate(body | {"extra_json": {}}, strict=True),
        error,
    )
    with httpx.Client(base_url=root, headers=headers, timeout=60) as client:
        made = bodies(fields, needed, 60, seed=2)
        path = "/api/paas/v4/chat/completions"
        results = [answered(client, path, body, *checks) for body in made]
    assert min(results.count(True), results.count(False)) >= 15
