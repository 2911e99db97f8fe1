"""A request's JSON by proto JSON's rules: names, numbers, enums, and what it cannot be."""

import pytest
from gemini_door import CITY, TOOLS, WEATHER, user

from samplers.local.dialects.gemini.fields import COUNT, GENERATE
from samplers.local.request.errors import ApiError

HELLO = [user("Hello!")]


def read(**fields) -> dict:
    return GENERATE("", {"contents": HELLO, **fields})


def test_both_ways_to_write_a_name():
    camel = {"topP": 0.5, "maxOutputTokens": 3, "thinkingConfig": {"thinkingBudget": 0}}
    snake = {"top_p": 0.5, "max_output_tokens": 3, "thinking_config": {"thinking_budget": 0}}
    assert read(generationConfig=camel) == read(generation_config=snake)
    assert read(generationConfig=camel)["generation_config"] == snake


def test_numbers_in_other_dress():
    config = {"maxOutputTokens": "10", "topK": 40.0, "temperature": "0.5", "seed": "-3"}
    made = read(generationConfig=config | {"responseLogprobs": "true"})["generation_config"]
    assert made == {
        "max_output_tokens": 10,
        "top_k": 40,
        "temperature": 0.5,
        "seed": -3,
        "response_logprobs": True,
    }


@pytest.mark.parametrize("mode", ["any", "ANY", "Any", 2])
def test_enums_in_other_dress(mode):
    made = read(toolConfig={"functionCallingConfig": {"mode": mode}})
    assert made["tool_config"]["function_calling_config"]["mode"] == "ANY"


def test_a_list_of_one_without_its_brackets():
    alone = {"parts": {"text": "Hello!"}, "role": "user"}
    assert GENERATE("", {"contents": alone}) == read()
    assert read(tools={"functionDeclarations": WEATHER}) == read(tools=TOOLS)


def test_null_is_as_good_as_absent():
    assert read(tools=None, systemInstruction=None, generationConfig=None) == read()


def test_either_alphabet_of_base64():
    for letters in ("+/8=", "-_8=", "-_8"):
        part = {"inlineData": {"mimeType": "image/png", "data": letters}}
        made = GENERATE("", {"contents": [user(part)]})["contents"][0]["parts"][0]
        assert made["inline_data"]["data"] == b"\xfb\xff"


BAD = "Invalid JSON payload received. Unknown name "
TYPES = "type.googleapis.com/google.ai.generativelanguage.v1beta."


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"x": 1}, f'{BAD}"x": Cannot find field.'),
        ({"generationConfig": {"x": 1}}, f"{BAD}\"x\" at 'generation_config': Cannot find field."),
        (
            {"contents": [{"role": "user", "text": "a"}]},
            f"{BAD}\"text\" at 'contents[0]': Cannot find field.",
        ),
        (
            {"generationConfig": {"topP": 1, "top_p": 1}},
            f"{BAD}\"top_p\" at 'generation_config': Proto field is already set.",
        ),
        (
            {"generationConfig": [{"topP": 1}]},
            f'{BAD}"generation_config": Proto field is not repeating, cannot start list.',
        ),
        (
            {"generationConfig": {"temperature": "hot"}},
            "Invalid value at 'generation_config.temperature' (TYPE_DOUBLE), \"hot\"",
        ),
        (
            {"generationConfig": {"temperature": True}},
            "Invalid value at 'generation_config.temperature' (TYPE_DOUBLE), true",
        ),
        (
            {"generationConfig": {"seed": 2**31}},
            "Invalid value at 'generation_config.seed' (TYPE_INT32), 2147483648",
        ),
        (
            {"generationConfig": {"topK": 1.5}},
            "Invalid value at 'generation_config.top_k' (TYPE_INT32), 1.5",
        ),
        (
            {"generationConfig": {"responseLogprobs": 1}},
            "Invalid value at 'generation_config.response_logprobs' (TYPE_BOOL), 1",
        ),
        (
            {"generationConfig": {"stopSequences": [5]}},
            "Invalid value at 'generation_config.stop_sequences[0]' (TYPE_STRING), 5",
        ),
        (
            {"toolConfig": {"functionCallingConfig": {"mode": "BOTH"}}},
            "Invalid value at 'tool_config.function_calling_config.mode' "
            f'({TYPES}FunctionCallingConfig.Mode), "BOTH"',
        ),
        ({"contents": ["Hi"]}, f"Invalid value at 'contents[0]' ({TYPES}Content), \"Hi\""),
        ({"systemInstruction": "Hi"}, f"Invalid value at 'system_instruction' ({TYPES}Content)"),
        (
            {"contents": [user({"inlineData": {"data": "%"}})]},
            "'contents[0].parts[0].inline_data.data' (TYPE_BYTES), Base64 decoding failed for",
        ),
        (
            {"contents": [user({"text": "a", "functionCall": {"name": "b"}})]},
            "Invalid value at 'contents[0].parts[0]' (oneof), oneof field 'text' is already set. "
            "Cannot set 'function_call'",
        ),
        ({"labels": {"a": 1}}, "Invalid value at 'labels[0].value' (TYPE_STRING), 1"),
        ({"safetySettings": [{"threshold": "SOME"}]}, "'safety_settings[0].threshold'"),
        ({"contents": [user({"fileData": {"fileUri": "gs://a"}})]}, "parts[0].file_data: this"),
    ],
)
def test_what_the_parser_refuses(fields, said):
    with pytest.raises(ApiError) as caught:
        read(**fields)
    assert caught.value.status == 400
    assert said in str(caught.value)


@pytest.mark.parametrize("body", ["text", 5, True])
def test_a_body_that_is_no_object(body):
    with pytest.raises(ApiError, match="Root element must be a message"):
        COUNT("", body)


def nested(levels: int) -> dict:
    schema = CITY
    for _ in range(levels):
        schema = {"type": "ARRAY", "items": schema}
    return schema


def test_depth_has_an_end():
    config = {"responseSchema": nested(60)}
    assert read(generationConfig=config)
    for fields in (
        {"responseSchema": nested(300)},
        {"responseJsonSchema": nested(300)},
    ):
        with pytest.raises(ApiError, match="Message too deep"):
            read(generationConfig=fields)
