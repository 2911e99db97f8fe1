"""A request's parameters in Anthropic's form, and back."""

import re
from copy import deepcopy

import pytest
from anthropic_parameters import ASK, SCHEMA, TOOL, WEATHER, added, back, made, names_lost

from samplers.api.dialects.anthropic import DIALECT, openai_request, request


def test_a_plain_request():
    assert made().body == {"model": "m", "max_tokens": 9, "messages": ASK}
    assert made().lost == ()
    assert "model" not in request({"messages": ASK}).body


@pytest.mark.parametrize("nothing", [{}, {"max_tokens": None, "max_completion_tokens": None}])
def test_a_request_without_a_limit_gets_one_and_that_is_said(nothing):
    translated = request({"messages": ASK, **nothing})
    assert translated.body["max_tokens"] == 4096
    (line,) = translated.lost
    assert line.startswith("max_tokens: ")
    assert "4096" in line


def test_both_names_of_the_limit():
    def limit(**fields):
        translated = request({"messages": ASK, **fields})
        return translated.body["max_tokens"], len(translated.lost)

    assert limit(max_completion_tokens=7) == (7, 0)
    assert limit(max_completion_tokens=7, max_tokens=7) == (7, 0)
    assert limit(max_completion_tokens=7, max_tokens=8) == (7, 1)
    assert back(max_tokens=7) == ({"max_completion_tokens": 7}, [])


def test_sampling_under_the_newer_version_is_left_out_and_said():
    translated = made(temperature=1, top_p=0.9, top_k=5)
    assert translated.body == made().body
    assert [line.split(":")[0] for line in translated.lost] == ["temperature", "top_p", "top_k"]
    assert all("2026-10-21" in line for line in translated.lost)


def test_sampling_under_the_older_version():
    kept = made("2023-06-01", temperature=0.3, top_p=0.9, top_k=5)
    assert kept.body == made().body | {"temperature": 0.3, "top_p": 0.9, "top_k": 5}
    assert kept.lost == ()

    hot = made("2023-06-01", temperature=1.5)
    assert hot.body["temperature"] == 1
    assert "1.5" in hot.lost[0]

    with pytest.raises(ValueError, match="2023-06-01"):
        made("2024-01-01")


def test_stop():
    assert added(stop="x") == {"stop_sequences": ["x"]}
    assert added(stop=["x", "y z"]) == {"stop_sequences": ["x", "y z"]}
    assert added(stop=[]) == {}
    blank = made(stop=["\n", "x", ""])
    assert blank.body["stop_sequences"] == ["x"]
    assert len(blank.lost) == 2
    assert made(stop="\n\n").body == made().body
    assert back(stop_sequences=["x"]) == ({"stop": ["x"]}, [])
    five, lost = back(stop_sequences=list("abcde"))
    assert five == {"stop": list("abcd")}
    assert lost == ["stop_sequences"]


def test_stream():
    assert added(stream=True, stream_options={"include_usage": True}) == {"stream": True}
    assert added(stream=False) == {"stream": False}
    assert names_lost(stream_options={"include_obfuscation": True}) == [
        "stream_options.include_obfuscation"
    ]
    usage = {"stream_options": {"include_usage": True}}
    assert back(stream=True) == ({"stream": True, **usage}, [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n", 2),
        ("logprobs", True),
        ("top_logprobs", 5),
        ("frequency_penalty", 0.5),
        ("presence_penalty", -1),
        ("logit_bias", {"5": 1}),
        ("seed", 0),
        ("store", True),
        ("metadata", {"a": "b"}),
        ("prediction", {"type": "content"}),
        ("modalities", ["text", "audio"]),
        ("verbosity", "low"),
        ("prompt_cache_key", "k"),
        ("min_p", 0.1),
        ("no_such_parameter", False),
    ],
)
def test_what_has_no_counterpart_is_named(name, value):
    assert names_lost(**{name: value}) == [name]
    assert made(**{name: value}).body == made().body


def test_what_means_the_same_as_nothing_is_not_named():
    assert added(n=1, logprobs=False, frequency_penalty=0, presence_penalty=0.0, store=False) == {}
    assert added(logit_bias={}, seed=None, tools=None, response_format={"type": "text"}) == {}


@pytest.mark.parametrize("effort", ["low", "medium", "high", "xhigh", "max"])
def test_an_effort(effort):
    assert added(reasoning_effort=effort) == {"output_config": {"effort": effort}}
    assert back(output_config={"effort": effort}) == ({"reasoning_effort": effort}, [])


def test_other_efforts():
    assert added(reasoning_effort="none") == {"thinking": {"type": "disabled"}}
    least = made(reasoning_effort="minimal")
    assert least.body["output_config"] == {"effort": "low"}
    assert "minimal" in least.lost[0]
    assert names_lost(reasoning_effort="most") == ["reasoning_effort"]

    assert back(thinking={"type": "disabled"}) == ({"reasoning_effort": "none"}, [])
    assert back(thinking={"type": "enabled", "budget_tokens": 2048}) == ({}, ["thinking"])


def test_an_answers_schema():
    named = {"name": "city", "strict": True, "schema": SCHEMA}
    translated = made(response_format={"type": "json_schema", "json_schema": named})
    form = {"type": "json_schema", "schema": SCHEMA}
    assert translated.body["output_config"] == {"format": form}
    assert [line.split(":")[0] for line in translated.lost] == ["response_format.json_schema.name"]

    rest, lost = back(output_config={"format": form, "effort": "low"})
    named = {"name": "answer", "strict": True, "schema": SCHEMA}
    assert rest["response_format"] == {"type": "json_schema", "json_schema": named}
    assert rest["reasoning_effort"] == "low"
    assert lost == []


def test_other_formats():
    assert names_lost(response_format={"type": "json_object"}) == ["response_format"]
    loose = {"type": "json_schema", "json_schema": {"schema": SCHEMA}}
    assert names_lost(response_format=loose) == ["response_format.json_schema.strict"]
    both = made(response_format=loose, reasoning_effort="low")
    assert both.body["output_config"].keys() == {"effort", "format"}


def test_who_asks():
    assert added(user="u") == {"metadata": {"user_id": "u"}}
    assert added(safety_identifier="s") == {"metadata": {"user_id": "s"}}
    assert added(safety_identifier="s", user="s") == {"metadata": {"user_id": "s"}}
    both = made(user="u", safety_identifier="s")
    assert both.body["metadata"] == {"user_id": "s"}
    assert both.lost[0].startswith("user: ")
    assert back(metadata={"user_id": "s"}) == ({"safety_identifier": "s"}, [])


def test_the_tier():
    assert added(service_tier="auto") == {"service_tier": "auto"}
    assert added(service_tier="default") == {"service_tier": "standard_only"}
    assert names_lost(service_tier="flex") == ["service_tier"]
    assert back(service_tier="standard_only") == ({"service_tier": "default"}, [])


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"messages": None}, "messages"),
        ({"messages": "Hi"}, "messages"),
        ({"tools": [{"type": "custom", "custom": {"name": "x"}}]}, "tools[0].type"),
        ({"tools": [{"type": "function"}]}, "tools[0].function"),
        ({"tools": [{"type": "function", "function": {}}]}, "tools[0].function.name"),
        (
            {"tools": [{"type": "function", "function": {"parameters": {"type": "array"}}}]},
            "tools[0].function.parameters.type",
        ),
        ({"tools": [TOOL], "tool_choice": "any"}, "tool_choice"),
        ({"tools": [TOOL], "tool_choice": {"type": "function"}}, "tool_choice.function"),
        ({"functions": [{"name": "x"}]}, "functions"),
        ({"response_format": {"type": "grammar"}}, "response_format.type"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
        ({"stop": 7}, "stop"),
        ({"stop": [7]}, "stop[0]"),
    ],
)
def test_what_the_form_cannot_carry_is_an_error_that_names_the_place(fields, place):
    with pytest.raises(ValueError, match=f"^{re.escape(place)} "):
        made(**fields)


def test_what_openai_cannot_carry_is_an_error_or_named():
    with pytest.raises(ValueError, match=r"^tools\[0\]\.type"):
        back(tools=[{"type": "web_search_20260318", "name": "web_search"}])
    with pytest.raises(ValueError, match=r"^tool_choice\.type"):
        back(tool_choice={"type": "required"})
    fields = {"top_k": 5, "cache_control": {"type": "ephemeral"}, "container": "c"}
    assert back(**fields) == ({}, ["top_k", "cache_control", "container"])


def test_the_row():
    assert DIALECT.address + DIALECT.path("m", True) == "https://api.anthropic.com/v1/messages"
    assert DIALECT.headers("k") == {"x-api-key": "k", "anthropic-version": "2026-10-21"}
    assert DIALECT.request is request


def test_what_comes_out_shares_nothing_with_what_went_in():
    given = {"messages": ASK, "tools": [deepcopy(TOOL)]}
    made = request(given).body
    made["tools"][0]["input_schema"]["properties"].clear()
    assert given["tools"] == [TOOL]

    given = {"messages": ASK, "tools": [deepcopy(WEATHER)]}
    made = openai_request(given).body
    made["tools"][0]["function"]["parameters"]["properties"].clear()
    assert given["tools"] == [WEATHER]
