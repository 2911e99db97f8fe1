"""More of OpenAI's sentences, and the order of its checks.

What its API answered on 2026-08-30 and 2026-08-31 (gpt-5.6-terra), as a public project recorded it.
"""

import pytest

TOOL = {"type": "function", "name": "f", "parameters": {"type": "object", "properties": {}}}
EFFORTS = "'none', 'minimal', 'low', 'medium', 'high', 'xhigh', or 'max'"
TIERS = "'auto', 'default', 'fast', 'flex', or 'priority'"
INCLUDE = (
    "'fil...lts', 'web...lts', 'web...ces', 'mes...url', 'com...url', 'cod...uts', 'rea...ent', "
    "or 'mes...obs'"
)


def wrong_type(place: str, expected: str, got: str) -> tuple[str, str]:
    return f"Invalid type for '{place}': expected {expected}, but got {got} instead.", place


def unknown(place: str) -> tuple[str, str]:
    return f"Unknown parameter: '{place}'.", place


def missing(place: str) -> tuple[str, str]:
    return f"Missing required parameter: '{place}'.", place


SENTENCES = [
    ({"model": 7}, *wrong_type("model", "a string", "an integer")),
    ({"input": None}, *wrong_type("input", "a string", "an object")),
    ({"usr": 1}, "Unknown parameter: 'usr'. Did you mean 'user'?", "usr"),
    ({"inclde": 1}, "Unknown parameter: 'inclde'. Did you mean 'include'?", "inclde"),
    ({"modell": 1}, *unknown("modell")),
    ({"z" * 1000: 1}, *unknown("z" * 80)),
    ({"reasoning": {"generate_summary": "auto"}}, *unknown("reasoning.generate_summary")),
    ({"stream_options": {"bogus": 1}}, *unknown("stream_options.bogus")),
    ({"stream_options": "x"}, *wrong_type("stream_options", "an object", "a string")),
    ({"text": {"zzz": 1}}, *unknown("text.zzz")),
    ({"text": "x"}, *wrong_type("text", "an object", "a string")),
    ({"text": {"format": "text"}}, *wrong_type("text.format", "a text format", "a string")),
    ({"text": {"format": {"type": "json_schema"}}}, *missing("text.format.name")),
    ({"tools": [{}]}, *missing("tools[0].type")),
    ({"tools": [{"type": "function"}]}, *missing("tools[0].name")),
    ({"tools": [{"type": "function", "function": TOOL}]}, *missing("tools[0].name")),
    ({"tools": [TOOL], "tool_choice": {"type": "function"}}, *missing("tool_choice.name")),
    (
        {"tool_choice": 7},
        *wrong_type(
            "tool_choice", "one of an object or 'none', 'auto', or 'required'", "an integer"
        ),
    ),
    (
        {"reasoning": {"effort": 5}},
        *wrong_type(
            "reasoning.effort", "one of 'minimal', 'low', 'medium', or 'high'", "an integer"
        ),
    ),
    (
        {"reasoning": {"effort": ["low"]}},
        *wrong_type("reasoning.effort", f"one of one of {EFFORTS} or integer", "an array"),
    ),
    ({"prompt": "x"}, *wrong_type("prompt", "an object", "a string")),
    ({"previous_response_id": {}}, *wrong_type("previous_response_id", "a string", "an object")),
    ({"moderation": "x"}, *wrong_type("moderation", "an object", "a string")),
    ({"include": "x"}, *wrong_type("include", f"an array of one of {INCLUDE}", "a string")),
    ({"truncation": {}}, *wrong_type("truncation", "one of 'auto' or 'disabled'", "an object")),
    ({"service_tier": {}}, *wrong_type("service_tier", f"one of {TIERS}", "an object")),
    (
        {"context_management": "x"},
        *wrong_type("context_management", "an array of objects", "a string"),
    ),
    (
        {"prompt_cache_retention": {}},
        *wrong_type("prompt_cache_retention", "one of 'in_memory' or '24h'", "an object"),
    ),
    ({"prompt_cache_options": {"bogus": 1}}, *unknown("prompt_cache_options.bogus")),
    (
        {"prompt_cache_retention": "in_memory"},
        "This model is compatible only with 24h extended prompt caching",
        "prompt_cache_retention",
    ),
    (
        {"text": {"format": {"type": "bogus"}}},
        "Invalid value: 'bogus'. Supported values are: 'json_object', 'text', and 'json_schema'.",
        "text.format.type",
    ),
    (
        {"text": {"verbosity": "bogus"}},
        "Invalid value: 'bogus'. Supported values are: 'low', 'medium', and 'high'.",
        "text.verbosity",
    ),
    (
        {"max_tool_calls": 0},
        "Invalid 'max_tool_calls': integer below minimum value. "
        "Expected a value >= 1, but got 0 instead.",
        "max_tool_calls",
    ),
]


@pytest.mark.parametrize(("fields", "message", "param"), SENTENCES)
def test_openais_other_sentences_for_responses(responses, fields, message, param):
    error = responses.refused(**{"model": responses.reasoning} | fields)
    assert (error["message"], error["param"]) == (message, param)


def test_a_field_that_has_moved(responses):
    for field, place in {
        "response_format": "text.format",
        "reasoning_effort": "reasoning.effort",
    }.items():
        error = responses.refused(**{field: "low"})
        begin = f"Unsupported parameter: '{field}'. In the Responses API, this parameter has moved "
        assert error["message"].startswith(f"{begin}to '{place}'.")
        assert (error["param"], error["code"]) == (None, "unsupported_parameter")


def test_no_input(responses):
    body = {"model": responses.reasoning, "temperature": 0.5, "bogus": 1}
    error = responses.http.post("/responses", json=body).json()["error"]
    assert (error["message"], error["param"]) == missing("input")
    for empty in ("", []):
        error = responses.refused(model=responses.reasoning, input=empty, temperature=0.5)
        assert error["message"] == (
            "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be "
            "provided."
        )
        assert (error["param"], error["code"]) == (None, "missing_required_parameter")
    thoughts = [{"type": "reasoning", "summary": []}]
    for model in (responses.model, responses.reasoning):
        error = responses.refused(model=model, input=thoughts)
        assert error["code"] == "missing_required_parameter"


def test_another_body(responses):
    assert responses.http.post("/responses", json=[]).status_code == 400
    error = responses.refused(model="gpt-4o")
    assert error["message"] == "The requested model 'gpt-4o' does not exist."
    assert (error["param"], error["code"]) == ("model", "model_not_found")


# OpenAI's order: each field with a wrong type, and the next one's error must not come first.
ORDER = (
    *("input", "previous_response_id", "prompt", "moderation", "include", "tools", "tool_choice"),
    *("metadata", "text", "temperature", "top_p", "presence_penalty", "frequency_penalty"),
    *("parallel_tool_calls", "stream", "stream_options", "background", "max_output_tokens"),
    *("max_tool_calls", "reasoning", "user", "safety_identifier", "prompt_cache_options"),
    *("prompt_cache_key", "prompt_cache_retention", "truncation", "instructions", "store"),
    *("service_tier", "top_logprobs", "context_management"),
)


def test_the_order_of_types(responses):
    wrong = dict.fromkeys(reversed(ORDER), 7.5)
    for name in ORDER:
        assert responses.refused(model=responses.reasoning, **wrong)["param"] == name
        del wrong[name]
        if name == "input":
            wrong["max_output_tokens"] = 7.5


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"input": [{"role": "user", "content": "a", "bogus": 1}], "zzz": 1}, "zzz"),
        ({"input": 7, "truncation": "bogus"}, "input"),
        ({"input": [{}], "temperature": 0.5}, "input[0]"),
        ({"temperature": 0.5, "top_logprobs": 1}, "temperature"),
        ({"temperature": 0.5, "include": ["message.output_text.logprobs"]}, "temperature"),
        ({"include": ["message.output_text.logprobs"], "top_logprobs": 1}, "include"),
        ({"include": ["message.output_text.logprobs"], "tools": "x"}, "tools"),
        ({"top_logprobs": 1, "context_management": "x"}, "context_management"),
        ({"text": {"verbosity": "bogus"}, "temperature": 0.5}, "text.verbosity"),
        ({"temperature": 0.5, "tools": [{"type": "web_search"}]}, "temperature"),
    ],
)
def test_the_order_of_two_faults_in_responses(responses, fields, param):
    assert responses.refused(model=responses.reasoning, **fields)["param"] == param
