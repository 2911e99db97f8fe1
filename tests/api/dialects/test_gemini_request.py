"""OpenAI's parameters as Gemini's: what is carried, what is told as lost, what is refused."""

import copy

import pytest

from samplers.api.dialects.gemini import DIALECT, openai_request, request

HI = [{"role": "user", "content": "Hi"}]
TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


def config(model="gemini-4-argon", **parameters) -> dict:
    """The generationConfig that these parameters become, with nothing lost."""
    made = request({"model": model, "messages": HI, **parameters})
    assert made.lost == ()
    assert made.body.keys() <= {"model", "contents", "generationConfig"}
    return made.body.get("generationConfig", {})


def lost(model="gemini-4-argon", **parameters) -> list[str]:
    """What is named as lost of these parameters."""
    made = request({"model": model, "messages": HI, **parameters})
    return [sentence.split(":")[0] for sentence in made.lost]


def test_a_plain_request():
    made = request({"model": "gemini-4-argon", "messages": HI, "stream": True})
    assert made.lost == ()
    assert made.body == {
        "model": "gemini-4-argon",
        "contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
    }


@pytest.mark.parametrize(
    ("parameters", "right"),
    [
        ({"temperature": 0, "top_p": 0.5}, {"temperature": 0, "topP": 0.5}),
        ({"top_k": 3}, {"topK": 3}),
        ({"max_tokens": 5}, {"maxOutputTokens": 5}),
        ({"max_completion_tokens": 5}, {"maxOutputTokens": 5}),
        ({"max_completion_tokens": 5, "max_tokens": 5}, {"maxOutputTokens": 5}),
        ({"stop": "END"}, {"stopSequences": ["END"]}),
        ({"stop": ["a", "b"]}, {"stopSequences": ["a", "b"]}),
        ({"seed": 7}, {"seed": 7}),
        ({"seed": 0}, {"seed": 0}),
        (
            {"presence_penalty": 0.5, "frequency_penalty": -1},
            {"presencePenalty": 0.5, "frequencyPenalty": -1},
        ),
        ({"logprobs": True, "top_logprobs": 3}, {"responseLogprobs": True, "logprobs": 3}),
        ({"response_format": {"type": "text"}}, {}),
        (
            {"response_format": {"type": "json_object"}},
            {"responseMimeType": "application/json"},
        ),
        ({"reasoning_effort": "low"}, {"thinkingConfig": {"thinkingLevel": "LOW"}}),
        ({"stream": True, "stream_options": {"include_usage": True}}, {}),
        (
            {"n": 1, "presence_penalty": 0, "logprobs": False, "logit_bias": {}, "stop": None},
            {},
        ),
        ({"store": False, "user": None, "seed": None, "tools": []}, {}),
    ],
)
def test_what_has_a_counterpart(parameters, right):
    assert config(**parameters) == right


def test_n_is_carried_where_the_model_takes_it():
    assert config("gemini-2.5-flash", n=2) == {"candidateCount": 2}
    for model in ("gemini-3-pro-preview", "gemini-3.8-flash", "gemini-4-argon", "gemini-flash"):
        made = request({"model": model, "messages": HI, "n": 2})
        assert "generationConfig" not in made.body
        assert made.lost == (
            "n: Gemini 3 and later give one answer per request; ask again for more.",
        )


@pytest.mark.parametrize(
    "parameters",
    [
        {"logit_bias": {"50": 1}},
        {"user": "ann"},
        {"parallel_tool_calls": False},
        {"service_tier": "priority"},
        {"store": True},
        {"metadata": {"a": "b"}},
        {"prediction": {"type": "content", "content": "x"}},
        {"verbosity": "low"},
        {"modalities": ["text", "audio"]},
        {"top_logprobs": 2},
        {"seed": 2**31},
        {"reasoning_effort": "none"},
        {"reasoning_effort": "utmost"},
        {"stream_options": {"include_obfuscation": False}},
        {"something_new": 1},
    ],
)
def test_what_has_none_is_named(parameters):
    assert lost(**parameters) == list(parameters)


def test_two_limits_are_one():
    made = request({"messages": HI, "max_tokens": 5, "max_completion_tokens": 9})
    assert made.body["generationConfig"] == {"maxOutputTokens": 9}
    assert [sentence.split(":")[0] for sentence in made.lost] == ["max_tokens"]


def test_thinking_of_gemini_2_has_a_budget():
    assert config("gemini-2.5-flash", reasoning_effort="none") == {
        "thinkingConfig": {"thinkingBudget": 0}
    }
    assert lost("gemini-2.5-flash", reasoning_effort="low") == ["reasoning_effort"]


def test_an_answers_schema_goes_out_word_for_word():
    schema = {
        "type": "object",
        "properties": {"note": {"type": ["string", "null"]}},
        "required": ["note"],
        "additionalProperties": False,
    }
    named = {"name": "answer", "strict": True, "schema": schema}
    made = request(
        {"messages": HI, "response_format": {"type": "json_schema", "json_schema": named}}
    )
    assert made.body["generationConfig"] == {
        "responseMimeType": "application/json",
        "responseJsonSchema": schema,
    }
    assert [sentence.split(":")[0] for sentence in made.lost] == [
        "response_format.json_schema.name"
    ]


@pytest.mark.parametrize(
    ("parameters", "place"),
    [
        ({"tools": [{"type": "custom", "custom": {"name": "x"}}]}, "tools[0].type"),
        ({"tools": [{"type": "function"}]}, "tools[0].function"),
        ({"tools": [TOOL, {"type": "function", "function": {}}]}, "tools[1].function.name"),
        ({"tools": {"a": 1}}, "tools"),
        ({"tool_choice": "any", "tools": [TOOL]}, "tool_choice"),
        ({"tool_choice": {"type": "function"}, "tools": [TOOL]}, "tool_choice.function"),
        ({"response_format": {"type": "grammar"}}, "response_format.type"),
        ({"response_format": "json"}, "response_format"),
    ],
)
def test_what_cannot_be_carried_is_an_error(parameters, place):
    with pytest.raises(ValueError, match=r".") as caught:
        request({"messages": HI, **parameters})
    assert str(caught.value).startswith(f"{place} ")


def test_a_request_comes_back():
    body = {
        "model": "gemini-2.5-flash",
        "messages": HI,
        "tools": [TOOL],
        "tool_choice": "required",
        "temperature": 0.5,
        "top_p": 0.9,
        "max_tokens": 7,
        "n": 2,
        "stop": ["END"],
        "seed": 7,
        "presence_penalty": 0.5,
        "frequency_penalty": 0.25,
        "logprobs": True,
        "top_logprobs": 2,
        "response_format": {"type": "json_object"},
    }
    before = copy.deepcopy(body)
    made = request(body)
    assert made.lost == ()
    assert openai_request(made.body) == type(made)(before)
    assert body == before


@pytest.mark.parametrize(
    ("settings", "right"),
    [
        ({"thinkingConfig": {"thinkingBudget": 0}}, {"reasoning_effort": "none"}),
        ({"responseMimeType": "text/plain"}, {}),
        (
            {
                "responseMimeType": "application/json",
                "responseSchema": {"type": "STRING", "nullable": True},
            },
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "answer", "schema": {"type": ["string", "null"]}},
                }
            },
        ),
        (
            {
                "responseMimeType": "application/json",
                "responseJsonSchema": {"type": "object", "additionalProperties": False},
            },
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {
                        "name": "answer",
                        "schema": {"type": "object", "additionalProperties": False},
                    },
                }
            },
        ),
    ],
)
def test_settings_come_back(settings, right):
    made = openai_request({"contents": [], "generationConfig": settings})
    assert made.lost == ()
    assert made.body == {"messages": [], **right}


def test_what_openai_has_not_is_named():
    made = openai_request(
        {
            "contents": [],
            "safetySettings": [],
            "tools": [{"googleSearch": {}}],
            "generationConfig": {
                "topK": 3,
                "thinkingConfig": {"thinkingLevel": "LOW", "includeThoughts": True},
            },
        }
    )
    assert made.body == {"messages": [], "reasoning_effort": "low"}
    assert [sentence.split(":")[0] for sentence in made.lost] == [
        "tools[0].googleSearch",
        "generationConfig.thinkingConfig.includeThoughts",
        "generationConfig.topK",
        "safetySettings",
    ]


def test_where_it_is_sent():
    # The address of the facts: v1beta/models/M:generateContent, or :streamGenerateContent?alt=sse
    assert DIALECT.path("gemini-4-argon", False) == "/v1beta/models/gemini-4-argon:generateContent"
    assert DIALECT.path("models/gemini-4-argon", True) == (
        "/v1beta/models/gemini-4-argon:streamGenerateContent?alt=sse"
    )
    assert DIALECT.headers("k") == {"x-goog-api-key": "k"}
