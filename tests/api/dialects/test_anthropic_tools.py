"""Tools and their choice in Anthropic's form, and back."""

import pytest
from anthropic_parameters import OTHER, TOOL, WEATHER, added, back, names_lost


def test_tools():
    assert added(tools=[TOOL]) == {"tools": [WEATHER]}
    assert back(tools=[WEATHER]) == ({"tools": [TOOL]}, [])
    assert added(tools=[]) == {}

    bare = {"type": "function", "function": {"name": "now", "description": None}}
    nothing = {"type": "object", "properties": {}}
    assert added(tools=[bare]) == {"tools": [{"name": "now", "input_schema": nothing}]}
    untyped = {"type": "function", "function": {"name": "now", "parameters": {}}}
    assert added(tools=[untyped])["tools"][0]["input_schema"] == {"type": "object"}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("auto", {"type": "auto"}),
        ("none", {"type": "none"}),
        ("required", {"type": "any"}),
        (
            {"type": "function", "function": {"name": "weather"}},
            {"type": "tool", "name": "weather"},
        ),
    ],
)
def test_how_tools_are_chosen(ours, theirs):
    chosen = {"tools": [WEATHER], "tool_choice": theirs}
    assert added(tools=[TOOL], tool_choice=ours) == chosen
    assert back(**chosen) == ({"tools": [TOOL], "tool_choice": ours}, [])

    one = added(tools=[TOOL], tool_choice=ours, parallel_tool_calls=False)["tool_choice"]
    if ours == "none":
        assert one == theirs
    else:
        assert one == theirs | {"disable_parallel_tool_use": True}
        rest, _ = back(tools=[WEATHER], tool_choice=one)
        assert rest["parallel_tool_calls"] is False
        assert rest["tool_choice"] == ours


def test_one_call_at_a_time_without_a_choice():
    one = added(tools=[TOOL], parallel_tool_calls=False)
    assert one["tool_choice"] == {"type": "auto", "disable_parallel_tool_use": True}
    assert "tool_choice" not in added(tools=[TOOL], parallel_tool_calls=True)
    assert added(parallel_tool_calls=False) == {}


def test_a_choice_without_tools():
    assert added(tool_choice="auto") == {}
    assert added(tool_choice="none") == {}
    assert names_lost(tool_choice="required") == ["tool_choice"]


def test_a_choice_of_some_tools_sends_those():
    allowed = {"mode": "required", "tools": [{"type": "function", "function": {"name": "weather"}}]}
    choice = {"type": "allowed_tools", "allowed_tools": allowed}
    some = added(tools=[OTHER, TOOL], tool_choice=choice)
    assert some == {"tools": [WEATHER], "tool_choice": {"type": "any"}}
