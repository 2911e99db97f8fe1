"""Anything at any place: a translation, or a ValueError that says what came."""

import json
from contextlib import suppress
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samplers.api.dialects.anthropic import answer, openai_request, request, whole

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.floats(0, 2) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
FUNCTION = {"name": "weather", "arguments": "{}"}
THOUGHT = {"type": "thinking", "thinking": "t", "signature": "s"}
SCHEMA = {"type": "object", "properties": {}}
DATA = "data:image/png;base64,QUJD"
PDF = "data:application/pdf;base64,QUJD"
OPENAI = {
    "model": "m",
    "messages": [
        {"role": "system", "content": "S"},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "x"},
                {"type": "image_url", "image_url": {"url": DATA, "detail": "low"}},
                {"type": "file", "file": {"filename": "a", "file_data": PDF}},
            ],
        },
        {
            "role": "assistant",
            "content": "a",
            "refusal": "r",
            "thinking_blocks": [THOUGHT],
            "tool_calls": [{"id": "a", "type": "function", "function": FUNCTION}],
        },
        {"role": "tool", "tool_call_id": "a", "content": "r"},
    ],
    "tools": [{"type": "function", "function": {"name": "weather", "parameters": SCHEMA}}],
    "tool_choice": {"type": "function", "function": {"name": "weather"}},
    "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA}},
    "stop": ["x"],
    "stream_options": {"include_usage": True},
    "reasoning_effort": "low",
    "service_tier": "auto",
    "temperature": 1,
    "user": "u",
}
CALL = {"type": "tool_use", "id": "a", "name": "weather", "input": {}}
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "QUJD"}}
ANTHROPIC = {
    "model": "m",
    "max_tokens": 9,
    "system": [{"type": "text", "text": "S"}],
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": "x"}, IMAGE]},
        {"role": "assistant", "content": [THOUGHT, {"type": "text", "text": "x"}, CALL]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": "r"}]},
    ],
    "tools": [{"name": "weather", "input_schema": SCHEMA}],
    "tool_choice": {"type": "tool", "name": "weather", "disable_parallel_tool_use": True},
    "thinking": {"type": "disabled"},
    "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": SCHEMA}},
    "metadata": {"user_id": "u"},
    "service_tier": "auto",
    "stop_sequences": ["x"],
}
ANSWER = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "m",
    "content": [THOUGHT, {"type": "text", "text": "x", "citations": []}, CALL],
    "stop_reason": "refusal",
    "stop_details": {"type": "refusal", "explanation": "e"},
    "usage": {"input_tokens": 1, "output_tokens": 1, "service_tier": "standard"},
}
DELTA = {"type": "input_json_delta", "partial_json": "{}"}
EVENTS = {
    "events": [
        {"type": "message_start", "message": {**ANSWER, "content": [], "stop_reason": None}},
        {"type": "content_block_start", "index": 0, "content_block": THOUGHT},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "x", "thinking": "t"}},
        {"type": "content_block_start", "index": 1, "content_block": CALL},
        {"type": "content_block_delta", "index": 1, "delta": DELTA},
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {}},
    ]
}


def places(value, path=()):
    """The path of every value inside."""
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield (*path, key)
        if isinstance(value[key], dict | list):
            yield from places(value[key], (*path, key))


def put(value, path, new):
    changed = deepcopy(value)
    inside = changed
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = new
    return changed


TRANSLATIONS = {
    "request": (OPENAI, request),
    "older": (OPENAI, lambda body: request(body, "2023-06-01")),
    "openai_request": (ANTHROPIC, openai_request),
    "answer": (ANSWER, answer),
    "whole": (EVENTS, lambda body: whole(body["events"])),
}


@pytest.mark.parametrize("name", TRANSLATIONS)
@given(data=st.data())
@settings(deadline=None, max_examples=200)
def test_anything_anywhere(name, data):
    valid, translate = TRANSLATIONS[name]
    translate(valid)
    path = data.draw(st.sampled_from([path for path in places(valid) if path != ("events",)]))
    body = put(valid, path, data.draw(JSON))
    before = deepcopy(body)

    with suppress(ValueError):
        made = translate(body)
        assert all(line.endswith(".") for line in getattr(made, "lost", ()))
        json.dumps(getattr(made, "body", made))
    assert body == before
