"""The fields of tools, without an engine: what they allow, and how they are refused."""

import pytest

from samplers.local.request.chat import ChatRequest, parse
from samplers.local.request.errors import ApiError

USER = {"role": "user", "content": "Hi"}
SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "integer"}},
    "required": ["a"],
    "additionalProperties": False,
}


def tool(name: str = "f", **fields) -> dict:
    return {"type": "function", "function": {"name": name, "parameters": SCHEMA} | fields}


def chat_request(**fields) -> ChatRequest:
    return parse({"model": "m", "messages": [USER]} | fields, {}, 100)


def refusal(**fields) -> dict:
    with pytest.raises(ApiError) as caught:
        chat_request(**fields)
    assert caught.value.status == 400
    return caught.value.body["error"]


def allowed(choice, **fields) -> tuple | None:
    """The names of the functions that may be called, whether one must be, and how many may be."""
    tools = chat_request(tools=[tool("f"), tool("g")], tool_choice=choice, **fields).tools
    if tools is None:
        return None
    return [function.name for function in tools.functions], tools.forced, tools.most


def test_the_longest_description():
    assert chat_request(tools=[tool(description="好" * 1024)]).tools


def test_tool_choice():
    assert allowed(None) == allowed("auto") == (["f", "g"], False, 16)
    assert allowed("none") is None
    assert allowed("required", parallel_tool_calls=False) == (["f", "g"], True, 1)
    named = {"type": "function", "function": {"name": "g"}}
    assert allowed(named) == (["g"], True, 1)
    some = {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [named]}}
    assert allowed(some) == (["g"], True, 16)


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({"tools": "f"}, "tools", "invalid_type"),
        ({"tools": [tool()] * 129}, "tools", "array_above_max_length"),
        ({"tools": [tool()], "tool_choice": ""}, "tool_choice", "invalid_value"),
        ({"tools": [{"type": "function"}]}, "tools[0].function", "missing_required_parameter"),
        (
            {"tools": [{"type": "custom", "custom": {"name": "x"}}]},
            "tools[0].custom",
            "unsupported_parameter",
        ),
        ({"tools": [{"type": "robot"}]}, "tools[0].type", "invalid_value"),
        ({"tools": [tool("a b")]}, "tools[0].function.name", "invalid_value"),
        ({"tools": [tool("f" * 65)]}, "tools[0].function.name", "string_above_max_length"),
        (
            {"tools": [tool(description="d" * 1025)]},
            "tools[0].function.description",
            "string_above_max_length",
        ),
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
    error = refusal(**fields)
    assert (error["param"], error["code"]) == (param, code)


def test_the_deprecated_fields_name_what_replaced_them():
    assert "use 'tools' instead" in refusal(functions=[{"name": "f"}])["message"]


def test_a_bad_schema_of_a_function_is_refused_as_openai_does():
    bad = tool("g", strict=True, parameters={"type": "object"})
    begin = "Invalid schema for function 'g': In context=(), 'additionalProperties' is required"
    assert refusal(tools=[bad])["message"].startswith(begin)


def test_the_parameters_of_older_drafts_are_checked_as_newer_ones():
    large = {"type": "integer", "minimum": 2**53 + 1, "exclusiveMinimum": True}
    old = {"type": "object", "properties": {"a": {"type": "array", "items": [SCHEMA]}, "b": large}}
    (function,) = chat_request(tools=[tool(parameters=old)]).tools.functions
    assert function.parameters["properties"] == {
        "a": {"type": "array", "prefixItems": [SCHEMA]},
        "b": {"type": "integer", "exclusiveMinimum": 2**53 + 1},
    }
