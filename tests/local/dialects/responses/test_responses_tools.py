"""Flat tools and tool_choice: what is echoed, what may be called, what is refused."""

import pytest
from responses_door import CITY, FORCED, WEATHER

LOOSE = {"type": "object", "properties": {"city": {"type": "string"}}}
STRICT = LOOSE | {"required": ["city"], "additionalProperties": False}
ASKED = {"input": "What is the weather in Oslo?", "tools": [WEATHER]}
HOSTED = ("web_search", "web_search_preview", "file_search", "code_interpreter", "mcp")


@pytest.mark.parametrize(
    ("tool", "strict"),
    [
        ({"parameters": STRICT}, True),
        ({"parameters": STRICT, "strict": None}, True),
        ({"parameters": STRICT, "strict": False}, False),
        ({"parameters": STRICT, "strict": True}, True),
        ({"parameters": LOOSE}, False),
        ({"parameters": LOOSE, "strict": False}, False),
        ({}, True),
        ({"parameters": None, "description": None}, True),
    ],
)
def test_the_echo_says_whether_a_tool_is_strict(responses, tool, strict):
    tools = [{"type": "function", "name": "f"} | tool]
    response = responses.post(tools=tools, tool_choice="none").json()
    (echo,) = response["tools"]
    assert echo["strict"] is strict
    assert echo["parameters"] == tool.get("parameters") or tool.get("parameters") is None
    assert echo["name"] == "f"
    assert response["tool_choice"] == "none"


def test_a_schema_that_is_said_to_be_strict_must_be(responses):
    tools = [{"type": "function", "name": "f", "parameters": LOOSE, "strict": True}]
    error = responses.refused(tools=tools)
    assert error["message"].startswith("Invalid schema for function 'f': In context=(), ")
    assert (error["param"], error["code"]) == (
        "tools[0].parameters",
        "invalid_function_parameters",
    )


def test_nothing_to_call(responses):
    plain = responses.count(tools=None)
    for fields in ({"tools": []}, {"tools": [], "tool_choice": "auto", "include": []}):
        assert responses.count(**fields) == plain
        assert responses.response(**fields, parallel_tool_calls=False)["tools"] == []
    assert responses.count(tools=[WEATHER], tool_choice="none") == plain
    assert responses.count(tools=[WEATHER]) > plain
    error = responses.refused(tools=[], tool_choice="required")
    assert error["message"] == "Tool choice 'required' must be specified with 'tools' parameter."


@pytest.mark.parametrize("kind", HOSTED)
def test_hosted_tools(responses, kind):
    error = responses.refused(tools=[WEATHER, {"type": kind}])
    assert error["message"] == f"Hosted tool '{kind}' is not supported with {responses.model}."
    assert error["param"] == "tools"


@pytest.mark.parametrize("kind", ["custom", "local_shell", "apply_patch", "namespace"])
def test_tools_of_other_kinds(responses, kind):
    error = responses.refused(tools=[WEATHER, {"type": kind, "name": "x"}])
    assert error["message"] == (
        f"Unsupported value: '{kind}' is not supported with the '{responses.model}' model. "
        "Supported values are: 'function'."
    )
    assert (error["param"], error["code"]) == ("tools[1].type", "unsupported_value")


@pytest.mark.parametrize(
    "choice",
    [
        {"type": "function", "name": "other"},
        {"type": "web_search"},
        {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "x"}]},
        {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "image_generation"}]},
    ],
)
def test_a_choice_that_is_not_among_the_tools(responses, choice):
    error = responses.refused(**ASKED, tool_choice=choice)
    assert error["message"].endswith("' not found in 'tools' parameter.")
    assert error["param"] == "tool_choice"


@pytest.mark.parametrize(
    ("choice", "param"),
    [
        ({"name": "weather"}, "tool_choice.type"),
        ({"type": "bogus"}, "tool_choice.type"),
        ({"type": "allowed_tools", "tools": []}, "tool_choice.mode"),
        ({"type": "allowed_tools", "mode": "all", "tools": []}, "tool_choice.mode"),
        ({"type": "allowed_tools", "mode": "auto", "tools": []}, "tool_choice.tools"),
        ({"type": "allowed_tools", "mode": "auto", "tools": [{}]}, "tool_choice.tools[0].type"),
        ({**FORCED, "function": {}}, "tool_choice.function"),
    ],
)
def test_a_wrong_choice(responses, choice, param):
    assert responses.refused(**ASKED, tool_choice=choice)["param"] == param


OTHER = {"type": "function", "name": "other", "parameters": CITY}
ALLOWED = {"type": "allowed_tools", "mode": "required"}
ALLOWED["tools"] = [{"type": "function", "name": "weather"}]


@pytest.mark.parametrize("choice", ["required", FORCED, ALLOWED])
def test_what_is_called(responses, choice):
    """`other` is not allowed but where the choice is "required"."""
    tools = [WEATHER] if choice == "required" else [OTHER, WEATHER]
    fields = ASKED | {"tools": tools, "tool_choice": choice, "parallel_tool_calls": False}
    response = responses.post(**fields, max_output_tokens=64)
    assert response.status_code == 200, response.text
    calls = [each for each in response.json()["output"] if each["type"] == "function_call"]
    assert [call["name"] for call in calls] == ["weather"]
    assert response.json()["tool_choice"] == choice
    assert response.json()["parallel_tool_calls"] is False


def test_tools_at_any_effort(responses):
    for effort in ("none", "low", "max"):
        fields = {"model": responses.reasoning, "reasoning": {"effort": effort}}
        assert responses.count(**ASKED, **fields) > responses.count(**fields)


def test_a_function_says_no_more_than_it_may(responses):
    for name in ("defer_loading", "async"):
        error = responses.refused(tools=[WEATHER | {name: True}])
        assert error["param"] == f"tools[0].{name}"
        responses.count(tools=[WEATHER | {name: None}])
    assert responses.refused(tools=[WEATHER | {"bogus": 1}])["param"] == "tools[0].bogus"
