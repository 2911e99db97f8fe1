"""The checks of a chat request: each rule of OpenAI's API file, without an engine."""

import pytest

from samplers.local.request.chat import parse
from samplers.local.request.errors import ApiError

GOOD = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
V = 100


def refusal(body, headers=None) -> dict:
    with pytest.raises(ApiError) as caught:
        parse(body, headers or {}, V)
    assert caught.value.status == 400
    error = caught.value.body["error"]
    assert error["type"] == "invalid_request_error"
    return error


def test_defaults_are_openais():
    request = parse(GOOD, {}, V)
    assert (request.temperature, request.top_p, request.n) == (1, 1, 1)
    assert (request.frequency_penalty, request.presence_penalty, request.logit_bias) == (0, 0, {})
    assert (
        request.seed,
        request.stop,
        request.max_tokens,
        request.top_logprobs,
        request.stream,
    ) == (
        None,
        (),
        None,
        None,
        False,
    )


def test_null_is_the_default():
    nothing = [
        "temperature",
        "top_p",
        "n",
        "stop",
        "seed",
        "logit_bias",
        "logprobs",
        "max_tokens",
        "stream",
        "user",
        "tools",
    ]
    assert parse(GOOD | dict.fromkeys(nothing), {}, V) == parse(GOOD, {}, V)


def test_what_is_accepted():
    harmless = {
        "user": "u",
        "store": True,
        "metadata": {"a": "b"},
        "service_tier": "auto",
        "safety_identifier": "s",
    }
    harmless |= {
        "prompt_cache_key": "k",
        "response_format": {"type": "text"},
        "modalities": ["text"],
    }
    request = parse(
        GOOD
        | harmless
        | {"stop": "x", "seed": -(2**63), "temperature": 0, "logit_bias": {"99": -100}},
        {},
        V,
    )
    assert (request.stop, request.seed, request.temperature, request.logit_bias) == (
        ("x",),
        -(2**63),
        0.0,
        {99: -100.0},
    )
    assert parse(GOOD | {"max_completion_tokens": 3}, {}, V).max_tokens == 3


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("temperature", 2.01, "decimal_above_max_value"),
        ("temperature", -0.1, "decimal_below_min_value"),
        ("temperature", "1", "invalid_type"),
        ("temperature", True, "invalid_type"),
        ("temperature", float("inf"), "invalid_value"),
        ("temperature", 10**400, "decimal_above_max_value"),
        ("top_p", 1.5, "decimal_above_max_value"),
        ("frequency_penalty", -2.5, "decimal_below_min_value"),
        ("presence_penalty", 3, "decimal_above_max_value"),
        ("n", 0, "integer_below_min_value"),
        ("n", 129, "integer_above_max_value"),
        ("n", 1.0, "invalid_type"),
        ("seed", 2**63, "integer_above_max_value"),
        ("seed", "1", "invalid_type"),
        ("max_tokens", 0, "integer_below_min_value"),
        ("max_completion_tokens", -1, "integer_below_min_value"),
        ("stop", [], "empty_array"),
        ("stop", ["a", "b", "c", "d", "e"], "array_above_max_length"),
        ("stop", "", "empty_string"),
        ("stop", 1, "invalid_type"),
        ("logprobs", 1, "invalid_type"),
        ("top_logprobs", 2, None),
        ("stream", "yes", "invalid_type"),
        ("stream_options", {"include_usage": True}, None),
        ("logit_bias", {"1": 101}, "decimal_above_max_value"),
        ("logit_bias", {"100": 1}, "invalid_value"),
        ("logit_bias", {"-1": 1}, "invalid_value"),
        ("logit_bias", {"²": 1}, "invalid_value"),
        ("logit_bias", {"9" * 5000: 1}, "invalid_value"),
        ("logit_bias", [1], "invalid_type"),
        ("metadata", {str(i): "" for i in range(17)}, "object_above_max_properties"),
        ("user", 3, "invalid_type"),
        ("service_tier", "gold", "invalid_value"),
        ("tools", [], "empty_array"),
        ("tool_choice", "auto", None),
        ("parallel_tool_calls", True, None),
        ("functions", [{"name": "f"}], "unsupported_parameter"),
        ("response_format", {"type": "json"}, "invalid_value"),
        ("response_format", {"type": "json_schema"}, "missing_required_parameter"),
        ("metadata", {"k" * 65: ""}, "property_name_above_max_length"),
        ("metadata", {"k": "v" * 513}, "string_above_max_length"),
        ("modalities", ["audio"], "invalid_value"),
        ("temprature", 1, "unknown_parameter"),
        ("model", 5, "invalid_type"),
        ("messages", "Hi", "invalid_type"),
        ("messages", [], "empty_array"),
    ],
)
def test_a_wrong_value_is_refused_by_name(field, value, code):
    error = refusal(GOOD | {field: value})
    assert error["code"] == code
    assert error["param"].split(".")[0].split("[")[0] == field
    assert field.split(".")[0] in error["message"] or code in ("invalid_value", "unsupported_value")
    assert len(error["message"]) < 400


def test_required_fields():
    # what is missing comes first, then what nobody knows, then what is wrong
    wrong = {"zzz": 1, "temperature": "x"}
    error = refusal(wrong)
    assert (error["message"], error["code"], error["param"]) == (
        "you must provide a model parameter",
        None,
        None,
    )
    assert refusal(wrong | {"model": None})["param"] is None
    error = refusal(wrong | {"model": "m"})
    assert (error["code"], error["param"]) == ("missing_required_parameter", "messages")
    assert refusal(wrong | GOOD)["param"] == "zzz"


# What OpenAI's own API answered to these on 2026-08-30 (gpt-5.6), as a public project has recorded
# it.
@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"zzz_unknown": 1}, "Unknown parameter: 'zzz_unknown'."),
        ({"stor": 1}, "Unknown parameter: 'stor'. Did you mean 'stop' or 'store'?"),
        ({"temperatur": 1}, "Unknown parameter: 'temperatur'. Did you mean 'temperature'?"),
        ({"messagess": 1}, "Unknown parameter: 'messagess'."),
        (
            {"stream": True, "stream_options": {"bogus": 1}},
            "Unknown parameter: 'stream_options.bogus'.",
        ),
        (
            {"seed": 1.5},
            "Invalid type for 'seed': expected an integer, but got a decimal number instead.",
        ),
        (
            {"tools": "none"},
            "Invalid type for 'tools': expected an array of objects, but got a string instead.",
        ),
        (
            {"messages": [{"role": "user", "content": 7}]},
            "Invalid type for 'messages[0].content': expected one of a string or array of objects, "
            "but got an integer instead.",
        ),
        (
            {"service_tier": {"a": 1}},
            "Invalid type for 'service_tier': expected one of 'auto', 'default', 'fast', 'flex', or 'priority', "
            "but got an object instead.",
        ),
        (
            {"response_format": {"type": "bogus"}},
            "Invalid value: 'bogus'. Supported values are: 'json_object', 'json_schema', and 'text'.",
        ),
        (
            {"messages": [{"role": "bogus", "content": "ping"}]},
            "Invalid value: 'bogus'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', "
            "and 'developer'.",
        ),
        (
            {"tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": "bogus"},
            "Invalid value: 'bogus'. Supported values are: 'none', 'auto', and 'required'.",
        ),
        ({"tools": [{"type": "function"}]}, "Missing required parameter: 'tools[0].function'."),
        (
            {"metadata": {"k" * 70: "v"}},
            "Invalid property name in 'metadata': 'kkk...kkk' is too long. Expected a string with maximum length 64, "
            "but got a string with length 70 instead.",
        ),
        (
            {"top_logprobs": 1},
            "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.",
        ),
        (
            {"messages": [{"role": "user"}]},
            "Invalid value for 'content': expected a string, got null.",
        ),
        (
            {"messages": [{"role": "developer"}]},
            "Missing required parameter: 'messages[0].content'.",
        ),
    ],
)
def test_openais_own_words(fields, message):
    assert refusal(GOOD | fields)["message"] == message


def test_both_limits():
    assert refusal(GOOD | {"max_tokens": 1, "max_completion_tokens": 1})["param"] == "max_tokens"


@pytest.mark.parametrize(
    ("message", "param", "code"),
    [
        ("Hi", "messages[0]", "invalid_type"),
        ({"content": "Hi"}, "messages[0].role", "missing_required_parameter"),
        ({"role": "user"}, "messages.[0].content", None),
        ({"role": "user", "content": None}, "messages.[0].content", None),
        ({"role": "developer", "content": None}, "messages[0].content", "invalid_type"),
        ({"role": "developer"}, "messages[0].content", "missing_required_parameter"),
        ({"role": "robot", "content": "Hi"}, "messages[0].role", "invalid_value"),
        ({"role": ["user"], "content": "Hi"}, "messages[0].role", "invalid_value"),
        (
            {"role": "function", "content": "Hi", "name": "f"},
            "messages[0].role",
            "unsupported_value",
        ),
        (
            {"role": "tool", "content": "Hi"},
            "messages[0].tool_call_id",
            "missing_required_parameter",
        ),
        (
            {"role": "user", "content": "Hi", "tool_call_id": "1"},
            "messages[0].tool_call_id",
            "unknown_parameter",
        ),
        ({"role": "assistant", "tool_calls": []}, "messages[0].tool_calls", "empty_array"),
        (
            {"role": "assistant", "tool_calls": [{"id": "1"}]},
            "messages[0].tool_calls[0].type",
            "missing_required_parameter",
        ),
        ({"role": "user", "content": "Hi", "colour": 1}, "messages[0].colour", "unknown_parameter"),
        (
            {"role": "user", "content": [{"type": "image_url"}]},
            "messages[0].content[0].type",
            "unsupported_value",
        ),
        (
            {"role": "user", "content": [{"type": "text"}]},
            "messages[0].content[0].text",
            "missing_required_parameter",
        ),
        (
            {"role": "user", "content": [{"type": "refusal", "refusal": "no"}]},
            "messages[0].content[0].type",
            "invalid_value",
        ),
        ({"role": "user", "content": "\ud800"}, "messages[0].content", "invalid_value"),
    ],
)
def test_a_wrong_message_is_refused_by_place(message, param, code):
    error = refusal(GOOD | {"messages": [message]})
    assert (error["param"], error["code"]) == (param, code)


def test_messages_are_reduced_to_roles_and_text():
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    given = [{"role": "developer", "content": "d", "name": "n"}, {"role": "user", "content": parts}]
    given += [
        {"role": "assistant", "content": None, "refusal": "no"},
        {"role": "user", "content": []},
    ]
    want = [("system", "d"), ("user", "ab"), ("assistant", "no"), ("user", "")]
    assert [
        (m["role"], m["content"]) for m in parse(GOOD | {"messages": given}, {}, V).messages
    ] == want


def test_headers():
    body = GOOD | {"logprobs": True, "top_logprobs": 50}
    assert (
        refusal(body)["message"]
        == "Invalid value for 'top_logprobs': must be less than or equal to 20."
    )
    request = parse(body, {"x-samplers-full-logprobs": "true", "x-samplers-continue": "[5, 99]"}, V)
    assert (request.top_logprobs, request.include_ids, request.continued) == (50, True, (5, 99))
    assert (
        refusal(body | {"top_logprobs": V + 1}, {"x-samplers-full-logprobs": "true"})["param"]
        == "top_logprobs"
    )


@pytest.mark.parametrize(
    "header", ["5", "[1.5]", "[100]", "[-1]", "[true]", "nonsense", "[" * 100_000]
)
def test_a_wrong_continue_header(header):
    assert refusal(GOOD, {"x-samplers-continue": header})["param"].startswith("x-samplers-continue")


@pytest.mark.parametrize("body", [None, [], "x", 5, True])
def test_a_body_that_is_no_object(body):
    assert "object" in refusal(body)["message"]
