"""Tools in the Messages API, both ways: what an answer calls, and what came of it."""

import pytest
from anthropic_door import CITY, FORCED, WEATHER, Door, joined

OTHER = {"name": "clock", "input_schema": CITY}
ASK = [{"role": "user", "content": "What is the weather in Oslo?"}]


@pytest.fixture(scope="module")
def door(endpoint):
    with Door(endpoint) as door:
        yield door


@pytest.fixture(scope="module")
def full_door(full):
    with Door(full) as door:
        yield door


def answered(content, **fields) -> list[dict]:
    """A history with a call and its result."""
    call = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Oslo"}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", **fields}
    if content is not None:
        result["content"] = content
    return [
        *ASK,
        {"role": "assistant", "content": [call]},
        {"role": "user", "content": [result]},
    ]


def test_the_stream_of_a_call(door):
    events = door.events(tools=[WEATHER], tool_choice=FORCED, max_tokens=60)
    start, *deltas, stop = events[1:-2]
    block = start["content_block"]
    assert block | {"id": ""} == {"type": "tool_use", "id": "", "name": "weather", "input": {}}
    assert deltas[0]["delta"] == {"type": "input_json_delta", "partial_json": ""}
    assert len(deltas) > 2
    assert stop == {"type": "content_block_stop", "index": 0}
    message = joined(events)
    assert message["content"][0]["input"] == {"city": "Oslo"}
    assert message["stop_reason"] == "tool_use"


def test_any_tool_several_times(full_door):
    fields = {"tools": [WEATHER, OTHER], "tool_choice": {"type": "any"}, "max_tokens": 80}
    fields["messages"] = [{"role": "user", "content": "Hello!"}]  # nothing to call a tool for
    for message in (full_door.message(**fields), joined(full_door.events(**fields))):
        calls = message["content"]
        assert {call["type"] for call in calls} == {"tool_use"}
        assert len({call["id"] for call in calls}) == len(calls) >= 1
        assert {call["name"] for call in calls} <= {"weather", "clock"}


@pytest.mark.parametrize("kind", ["any", "auto"])
def test_one_call_at_most(full_door, kind):
    choice = {"type": kind, "disable_parallel_tool_use": True}
    fields = {"tools": [WEATHER], "tool_choice": choice, "max_tokens": 60, "messages": ASK}
    message = full_door.message(temperature=0, **fields)
    assert [block["type"] for block in message["content"]] == ["tool_use"]


def test_none_calls_nothing(door):
    message = door.message(tools=[WEATHER], tool_choice={"type": "none"}, messages=ASK)
    assert [block["type"] for block in message["content"]] == ["text"]
    assert message["stop_reason"] in ("end_turn", "max_tokens")


def test_a_call_that_max_tokens_cuts_off_has_an_empty_input(door):
    long = CITY | {"properties": {"city": {"type": "string", "minLength": 400}}}
    tool = WEATHER | {"input_schema": long}
    message = door.message(tools=[tool], tool_choice=FORCED, max_tokens=30)
    assert message["stop_reason"] == "max_tokens"
    (block,) = message["content"]
    assert block["input"] == {}


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "custom"},
        {"type": None},
        {"description": "d" * 3000},
        {"name": "n" * 128},
        {"input_schema": {"type": "object", "properties": None, "required": None}},
        {"input_schema": {"type": "object", "properties": {}}},
        {"input_schema": CITY, "strict": True},
        {"cache_control": {"type": "ephemeral", "ttl": "1h"}, "eager_input_streaming": None},
        {"allowed_callers": ["direct"], "defer_loading": False},
    ],
)
def test_what_others_write_into_a_tool(door, fields):
    assert door.count(tools=[{"name": "weather", "input_schema": CITY} | fields]) > 0


def test_examples_of_inputs_are_read(door):
    plain = door.count(tools=[WEATHER])
    assert door.count(tools=[WEATHER | {"input_examples": [{"city": "Oslo"}]}]) > plain


def test_contents_of_a_result(door):
    """A text, blocks or nothing; and an error shows."""
    texts = [{"type": "text", "text": "rain"}]
    plain = door.count(messages=answered("rain"))
    assert door.count(messages=answered(texts)) == plain
    assert door.count(messages=answered([*texts, *texts])) > plain
    assert door.count(messages=answered("rain", is_error=False)) == plain
    assert door.count(messages=answered("rain", is_error=True)) > plain
    empty = [door.count(messages=answered(content)) for content in ("", [], None)]
    assert len(set(empty)) == 1
    assert empty[0] < plain


def test_text_beside_the_result(door):
    history = answered("rain")
    history[2]["content"].append({"type": "text", "text": "And tomorrow?"})
    apart = [*answered("rain"), {"role": "user", "content": "And tomorrow?"}]
    assert door.count(messages=history) == door.count(messages=apart)
    assert door.count(messages=history) > door.count(messages=answered("rain"))
    assert door.message(messages=history, tools=[WEATHER])["role"] == "assistant"


TOOL = "tools.0.custom"
REFUSED = [
    ({"tools": [{"input_schema": CITY}]}, f"{TOOL}.name: Field required"),
    ({"tools": [{"name": "w"}]}, f"{TOOL}.input_schema: Field required"),
    (
        {"tools": [WEATHER | {"name": "a b"}]},
        f"{TOOL}.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'",
    ),
    ({"tools": [WEATHER | {"parameters": {}}]}, f"{TOOL}.parameters: Extra inputs are not"),
    ({"tools": [WEATHER | {"input_schema": {}}]}, f"{TOOL}.input_schema.type: Field required"),
    (
        {"tools": [WEATHER | {"input_schema": {"type": "array"}}]},
        f"{TOOL}.input_schema.type: Input should be 'object'",
    ),
    (
        {"tools": [WEATHER | {"input_schema": CITY | {"properties": {"a": {"not": {}}}}}]},
        f"{TOOL}.input_schema: In context=('properties', 'a'), 'not' is not supported",
    ),
    (
        {"tools": [WEATHER | {"input_schema": {"type": "object"}, "strict": True}]},
        f"{TOOL}.input_schema: For 'object' type, 'additionalProperties' must be explicitly",
    ),
    ({"tools": [WEATHER | {"defer_loading": True}]}, f"{TOOL}.defer_loading: there is no tool"),
    ({"tools": [WEATHER, WEATHER]}, "tools: Tool names must be unique."),
    (
        {"tools": [{"type": "web_search_20260318", "name": "web_search"}]},
        "tools.0: this model does not support tool types: web_search_20260318",
    ),
    ({"tools": None}, "tools: Input should be a valid list"),
    ({"tool_choice": {"type": "auto"}}, "tool_choice.auto may only be specified while providing"),
    ({"tools": [], "tool_choice": {"type": "any"}}, "tool_choice.any may only be specified"),
    ({"tools": [WEATHER], "tool_choice": "auto"}, "tool_choice: Input should be a valid"),
    ({"tools": [WEATHER], "tool_choice": {"type": "tool"}}, "tool_choice.tool.name: Field"),
    (
        {"tools": [WEATHER], "tool_choice": {"type": "tool", "name": "x"}},
        "Tool 'x' not found in provided tools",
    ),
    ({"messages": answered([{"type": "image"}])}, "messages.2.content.0.tool_result.content.0: im"),
    ({"messages": answered("x", is_error="no")}, "messages.2.content.0.tool_result.is_error: Inp"),
    ({"messages": answered(5)}, "messages.2.content.0.tool_result.content: Input should be"),
]


@pytest.mark.parametrize(("fields", "begin"), REFUSED)
def test_a_wrong_tool_is_refused(door, fields, begin):
    assert door.refused(**fields).startswith(begin)
