"""OpenAI's tools and tool_choice as Gemini's."""

import copy

import pytest

from samplers.api.dialects.gemini import openai_request, request

HI = [{"role": "user", "content": "Hi"}]
TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


@pytest.mark.parametrize(
    ("choice", "calling"),
    [
        ("auto", {"mode": "AUTO"}),
        ("none", {"mode": "NONE"}),
        ("required", {"mode": "ANY"}),
        (
            {"type": "function", "function": {"name": "weather"}},
            {"mode": "ANY", "allowedFunctionNames": ["weather"]},
        ),
        (
            {
                "type": "allowed_tools",
                "allowed_tools": {
                    "mode": "auto",
                    "tools": [{"type": "function", "function": {"name": "weather"}}],
                },
            },
            {"mode": "VALIDATED", "allowedFunctionNames": ["weather"]},
        ),
    ],
)
def test_tool_choice(choice, calling):
    body = {"messages": HI, "tools": [TOOL], "tool_choice": choice}
    made = request(body)
    assert made.lost == ()
    assert made.body["toolConfig"] == {"functionCallingConfig": calling}
    assert openai_request(made.body).body["tool_choice"] == choice


def test_no_tools_need_no_choice():
    made = request({"messages": HI, "tool_choice": "auto"})
    assert "toolConfig" not in made.body


def test_a_function_without_parameters_has_none():
    bare = {"type": "function", "function": {"name": "now", "parameters": {"type": "object"}}}
    made = request({"messages": HI, "tools": [TOOL, bare]})
    assert made.lost == ()
    assert made.body["tools"] == [
        {
            "functionDeclarations": [
                {
                    "name": "weather",
                    "description": "The weather.",
                    "parameters": {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}},
                },
                {"name": "now"},
            ]
        }
    ]


def test_strict_is_named():
    strict = copy.deepcopy(TOOL)
    strict["function"]["strict"] = True
    made = request({"messages": HI, "tools": [strict]})
    assert [sentence.split(":")[0] for sentence in made.lost] == ["tools[0].function.strict"]
