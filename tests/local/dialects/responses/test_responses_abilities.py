"""What each of the two models takes: efforts, knobs, logprobs, encrypted content."""

import pytest

NONE = {"reasoning": {"effort": "none"}}
LOGPROBS = {"include": ["message.output_text.logprobs"]}
KNOBS = [{"temperature": 0.5}, {"top_p": 0.5}, {"presence_penalty": 1}, {"frequency_penalty": 1}]


def test_efforts_of_the_profile(responses):
    model = responses.reasoning
    for effort in ("none", "low", "medium", "high", "xhigh", "max", None):
        responses.count(model=model, reasoning={"effort": effort})
    response = responses.response(model=model, **NONE)
    assert response["reasoning"]["effort"] == "none"


def test_the_plain_model_does_not_reason(responses):
    for name, value in (("effort", "none"), ("effort", "low"), ("summary", "auto")):
        error = responses.refused(reasoning={name: value})
        assert error["message"] == (
            f"Unsupported parameter: 'reasoning.{name}' is not supported with this model."
        )
        assert (error["param"], error["code"]) == (f"reasoning.{name}", "unsupported_parameter")
    error = responses.refused(include=["reasoning.encrypted_content"])
    assert error["message"] == "Encrypted content is not supported with this model."
    assert (error["param"], error["code"]) == ("include", None)
    for nothing in (None, {}, {"effort": None, "summary": None}):
        assert responses.response(reasoning=nothing)["reasoning"]["effort"] is None


@pytest.mark.parametrize("fields", [*KNOBS, LOGPROBS, {"top_logprobs": 3}])
def test_what_effort_none_opens(responses, fields):
    profile = {"model": responses.reasoning}
    assert responses.refused(**profile, **fields)
    assert responses.refused(**profile, **fields, reasoning={"effort": "low"})
    for body in (profile | NONE, {}):
        response = responses.response(**body, **fields)
        for name in fields.keys() - {"include"}:
            assert response[name] == fields[name]


def test_defaults_are_no_request(responses):
    defaults = {"temperature": 1, "top_p": 1.0, "presence_penalty": 0, "frequency_penalty": 0.0}
    responses.count(model=responses.reasoning, **defaults, top_logprobs=0)


def test_ranges(responses):
    profile = {"model": responses.reasoning, **NONE}
    assert responses.refused(**profile, top_logprobs=6)["param"] == "top_logprobs"
    responses.count(**profile, top_logprobs=5)
    responses.count(top_logprobs=20)
    assert responses.refused(top_logprobs=21)["code"] == "integer_above_max_value"
    assert responses.refused(temperature=2.1)["code"] == "decimal_above_max_value"
    assert responses.refused(presence_penalty=-2.1)["code"] == "decimal_below_min_value"


def test_the_knobs_have_an_effect(responses):
    """At temperature 2 three equal answers of 16 tokens do not come; at 0 all are equal."""
    cold = {responses.response(temperature=0)["output"][0]["content"][0]["text"] for _ in range(3)}
    assert len(cold) == 1
    hot = {responses.response(temperature=2)["output"][0]["content"][0]["text"] for _ in range(3)}
    assert len(hot) > 1
    told = {"input": "Say: no no no no no no no no no no", "temperature": 0}
    free = responses.response(**told)["output"]
    kept = responses.response(**told, frequency_penalty=2)["output"]
    assert free[0]["content"] != kept[0]["content"]


@pytest.mark.parametrize(
    "fields",
    [
        {"moderation": {"model": "omni-moderation-latest"}},
        {"context_management": [{"type": "compaction"}]},
        {"background_options": {"completion_window": "2h"}},
        {"access_programs": {"cyber": "standard"}},
        {"image": {"context_compression": "auto"}},
        {"prompt_cache_options": {"prewarm": True}},
    ],
)
def test_what_this_endpoint_has_not(responses, fields):
    error = responses.refused(**fields)
    (name,) = fields
    assert error["param"].startswith(name)
    assert error["code"] == "unsupported_parameter"


def test_pro_mode(responses):
    error = responses.refused(model=responses.reasoning, reasoning={"mode": "pro"})
    assert (error["param"], error["code"]) == ("reasoning.mode", "unsupported_value")


def test_what_is_repeated(responses):
    asked = {
        "instructions": "Be brief.",
        "max_tool_calls": 3,
        "metadata": {"a": "b"},
        "parallel_tool_calls": False,
        "prompt_cache_key": "k",
        "prompt_cache_options": {"mode": "explicit", "ttl": "30m"},
        "prompt_cache_retention": "24h",
        "safety_identifier": "me",
        "store": False,
        "text": {"format": {"type": "text"}, "verbosity": "low"},
        "truncation": "auto",
        "user": "u",
    }
    response = responses.response(**asked, service_tier="fast")
    assert {name: response[name] for name in asked} == asked
    assert response["service_tier"] == "default"
    nulls = dict.fromkeys([*asked, "service_tier", "temperature", "top_p", "include", "stream"])
    response = responses.response(**nulls | {"max_output_tokens": 16})
    assert response["text"] == {"format": {"type": "text"}, "verbosity": "medium"}
    assert response["metadata"] == {}
    assert (response["store"], response["truncation"]) == (True, "disabled")
    assert (response["presence_penalty"], response["frequency_penalty"]) == (0.0, 0.0)
