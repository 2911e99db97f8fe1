"""Tools without an engine: their fields, the sequence of messages, and tool_calls read from the
text of calls.
"""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samplers.local.answer.call_stream import CallStream
from samplers.local.request import tool_text
from samplers.local.request.chat import parse
from samplers.local.request.errors import ApiError

USER = {"role": "user", "content": "Hi"}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}
CALLER = {"role": "assistant", "content": None, "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "c1", "content": "ok"}
SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "integer"}},
    "required": ["a"],
    "additionalProperties": False,
}


def tool(name: str = "f", **fields) -> dict:
    return {"type": "function", "function": {"name": name, "parameters": SCHEMA} | fields}


def ask(**fields):
    return parse({"model": "m", "messages": [USER]} | fields, {}, 100)


def refused(**fields) -> dict:
    with pytest.raises(ApiError) as caught:
        ask(**fields)
    assert caught.value.status == 400
    return caught.value.body["error"]


def chosen(choice, **fields) -> tuple | None:
    tools = ask(tools=[tool("f"), tool("g")], tool_choice=choice, **fields).tools
    return tools and ([function.name for function in tools.functions], tools.forced, tools.most)


def test_tool_choice():
    assert chosen(None) == chosen("auto") == (["f", "g"], False, 16)
    assert chosen("none") is None
    assert chosen("required", parallel_tool_calls=False) == (["f", "g"], True, 1)
    assert chosen({"type": "function", "function": {"name": "g"}}) == (["g"], True, 1)
    allowed = {"mode": "required", "tools": [{"type": "function", "function": {"name": "g"}}]}
    assert chosen({"type": "allowed_tools", "allowed_tools": allowed}) == (["g"], True, 16)


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({"tools": "f"}, "tools", "invalid_type"),
        ({"tools": [tool()] * 129}, "tools", "array_above_max_length"),
        ({"tools": [{"type": "function"}]}, "tools[0].function", "missing_required_parameter"),
        (
            {"tools": [{"type": "custom", "custom": {"name": "x"}}]},
            "tools[0].custom",
            "unsupported_parameter",
        ),
        ({"tools": [{"type": "robot"}]}, "tools[0].type", "invalid_value"),
        ({"tools": [tool("a b")]}, "tools[0].function.name", "invalid_value"),
        ({"tools": [tool("f" * 65)]}, "tools[0].function.name", "string_above_max_length"),
        ({"tools": [tool("f\n")]}, "tools[0].function.name", "invalid_value"),
        ({"tools": [tool(parameters=[])]}, "tools[0].function.parameters", "invalid_type"),
        ({"tools": [tool(strict="yes")]}, "tools[0].function.strict", "invalid_type"),
        ({"tools": [tool(colour=1)]}, "tools[0].function.colour", "unknown_parameter"),
        (
            {"tools": [tool(), tool("g", strict=True, parameters={"type": "object"})]},
            "tools[1].function.parameters",
            "invalid_function_parameters",
        ),
        ({"tools": [tool()], "tool_choice": "must"}, "tool_choice", "invalid_value"),
        ({"tools": [tool()], "tool_choice": 1}, "tool_choice", "invalid_type"),
        (
            {"tools": [tool()], "tool_choice": {"type": "function", "function": {"name": "h"}}},
            "tool_choice",
            None,
        ),
        ({"tools": [tool()], "parallel_tool_calls": 1}, "parallel_tool_calls", "invalid_type"),
        ({"function_call": "auto"}, "function_call", "unsupported_parameter"),
    ],
)
def test_wrong_tools_are_refused_by_place(fields, param, code):
    error = refused(**fields)
    assert (error["param"], error["code"]) == (param, code)


def test_the_old_fields_say_what_came_after():
    assert "use 'tools' instead" in refused(functions=[{"name": "f"}])["message"]


def test_a_bad_schema_of_a_function_is_told_as_openai_does():
    message = refused(tools=[tool("g", strict=True, parameters={"type": "object"})])["message"]
    assert message.startswith(
        "Invalid schema for function 'g': In context=(), 'additionalProperties' is required"
    )


def test_calls_and_results_go_into_the_conversation():
    messages = ask(messages=[USER, CALLER | {"content": "So:"}, RESULT, USER]).messages
    assert messages[1] == {"role": "assistant", "content": 'So:[{"name":"f","arguments":{"a":1}}]'}
    assert messages[2] == {"role": "tool", "content": "ok"}
    broken = CALL | {"function": {"name": "f", "arguments": "{oops"}}
    messages = ask(messages=[USER, CALLER | {"tool_calls": [broken]}, RESULT]).messages
    assert messages[1]["content"] == '[{"name":"f","arguments":"{oops"}]'


@pytest.mark.parametrize(
    ("messages", "param", "says"),
    [
        (
            [USER, RESULT],
            "messages.[1].role",
            "must be a response to a preceeding message with 'tool_calls'",
        ),
        ([USER, CALLER], "messages.[1].role", "did not have response messages: c1"),
        ([USER, CALLER, USER, RESULT], "messages.[1].role", "did not have response messages: c1"),
        (
            [CALLER, RESULT | {"tool_call_id": "c2"}],
            "messages.[1].tool_call_id",
            "'c2' not found in 'tool_calls'",
        ),
        (
            [CALLER | {"tool_calls": [CALL, CALL | {"id": "c2"}]}, RESULT, USER],
            "messages.[0].role",
            "did not have response messages: c2",
        ),
        ([CALLER, RESULT, USER, RESULT], "messages.[3].role", "must be a response"),
    ],
)
def test_the_sequence_of_calls_and_results(messages, param, says):
    error = refused(messages=messages)
    assert error["param"] == param
    assert says in error["message"]


def test_json_mode_wants_the_word():
    mode = {"response_format": {"type": "json_object"}}
    error = refused(**mode)
    text = "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
    assert (error["message"], error["param"]) == (text, "messages")
    assert ask(
        **mode, messages=[USER, {"role": "system", "content": "Answer in JSON."}]
    ).response_format.any_json


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
MADE = st.lists(
    st.tuples(st.from_regex("[a-z_-]{1,9}", fullmatch=True), st.dictionaries(st.text(), JSON)),
    min_size=1,
)


@settings(max_examples=30, deadline=None)
@given(MADE, st.data())
def test_calls_are_read_whatever_the_cuts(made, data):
    text = tool_text.calls_text([(name, json.dumps(arguments)) for name, arguments in made])
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    stream, told = CallStream(), {}
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        for delta in stream.feed(text[start:end]):
            if "id" in delta:
                assert delta["index"] == len(told)
                assert delta["type"] == "function"
                told[delta["index"]] = [
                    delta["id"],
                    delta["function"]["name"],
                    delta["function"]["arguments"],
                ]
            else:
                told[delta["index"]][2] += delta["function"]["arguments"]
    assert [(name, json.loads(arguments)) for _, name, arguments in told.values()] == made
    whole = [
        [call["id"], call["function"]["name"], call["function"]["arguments"]]
        for call in stream.calls
    ]
    assert whole == list(told.values())
    assert len({call["id"] for call in stream.calls}) == len(made)


def test_calls_that_are_cut_short():
    stream = CallStream()
    assert not list(stream.feed('[{"name":"get_we'))
    assert stream.calls == []
    list(stream.feed('ather","arguments":{"city":"Pa'))
    assert [call["function"] for call in stream.calls] == [
        {"name": "get_weather", "arguments": '{"city":"Pa'}
    ]
