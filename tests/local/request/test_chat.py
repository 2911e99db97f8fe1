"""The checks of a chat request: each rule of OpenAI's API file, without an engine."""

import pytest

from samplers.local.request.chat import parse
from samplers.local.request.errors import ApiError

USER = {"role": "user", "content": "Hi"}
GOOD = {"model": "m", "messages": [USER]}
FULL = {"x-samplers-full-logprobs": "true"}
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
    assert (request.frequency_penalty, request.presence_penalty) == (0, 0)
    assert (request.logit_bias, request.stop) == ({}, ())
    assert (request.seed, request.max_tokens, request.top_logprobs) == (None, None, None)
    assert request.stream is False


def test_null_is_the_default():
    names = [
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
    assert parse(GOOD | dict.fromkeys(names), {}, V) == parse(GOOD, {}, V)


def test_what_is_accepted():
    without_effect = {
        "user": "u",
        "verbosity": "low",
        "store": True,
        "metadata": {"a": "b"},
        "service_tier": "auto",
        "safety_identifier": "s",
        "prompt_cache_key": "k",
        "response_format": {"type": "text"},
        "modalities": ["text"],
    }
    fields = {"stop": "x", "seed": -(2**63), "temperature": 0, "logit_bias": {"99": -100}}
    request = parse(GOOD | without_effect | fields, {}, V)
    assert request.stop == ("x",)
    assert request.seed == -(2**63)
    assert request.temperature == 0.0
    assert request.logit_bias == {99: -100.0}
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
    assert field in error["message"] or code in ("invalid_value", "unsupported_value")
    assert len(error["message"]) < 400


LONG = "n" * 100_000
LONG_SCHEMA = {"type": "object", "properties": {LONG: {"type": "text"}}}


@pytest.mark.parametrize(
    "fields",
    [
        {"messages": [{"role": LONG, "content": "Hi"}]},
        {"messages": [{"role": "user", "content": [{"type": LONG}]}]},
        {"logit_bias": {LONG: "x"}},
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "x", "schema": LONG_SCHEMA},
            }
        },
    ],
)
def test_an_error_does_not_repeat_a_long_request(fields):
    error = refusal(GOOD | fields)
    assert len(error["message"]) <= 2000
    assert len(error["param"]) <= 200


def test_required_fields():
    # what is missing comes first, then what is unknown, then what is wrong
    wrong = {"zzz": 1, "temperature": "x"}
    error = refusal(wrong)
    assert error["message"] == "you must provide a model parameter"
    assert (error["code"], error["param"]) == (None, None)
    assert refusal(wrong | {"model": None})["param"] is None
    error = refusal(wrong | {"model": "m"})
    assert (error["code"], error["param"]) == ("missing_required_parameter", "messages")
    assert refusal(wrong | GOOD)["param"] == "zzz"


def test_both_limits():
    assert refusal(GOOD | {"max_tokens": 1, "max_completion_tokens": 1})["param"] == "max_tokens"


def test_json_mode_needs_the_word():
    json_mode = GOOD | {"response_format": {"type": "json_object"}}
    error = refusal(json_mode)
    assert error["param"] == "messages"
    assert error["message"] == (
        "'messages' must contain the word 'json' in some form, "
        "to use 'response_format' of type 'json_object'."
    )
    messages = [USER, {"role": "system", "content": "Answer in JSON."}]
    assert parse(json_mode | {"messages": messages}, {}, V).response_format.any_json


def test_headers():
    body = GOOD | {"logprobs": True, "top_logprobs": 50}
    message = "Invalid value for 'top_logprobs': must be less than or equal to 20."
    assert refusal(body)["message"] == message

    request = parse(body, FULL | {"x-samplers-continue": "[5, 99]"}, V)
    assert (request.top_logprobs, request.include_ids) == (50, True)
    assert request.continued == (5, 99)
    assert refusal(body | {"top_logprobs": V + 1}, FULL)["param"] == "top_logprobs"


@pytest.mark.parametrize(
    "header", ["5", "[1.5]", "[100]", "[-1]", "[true]", "nonsense", "[" * 100_000]
)
def test_a_wrong_continue_header(header):
    assert refusal(GOOD, {"x-samplers-continue": header})["param"].startswith("x-samplers-continue")


@pytest.mark.parametrize("body", [None, [], "x", 5, True])
def test_a_body_that_is_no_object(body):
    assert "object" in refusal(body)["message"]
