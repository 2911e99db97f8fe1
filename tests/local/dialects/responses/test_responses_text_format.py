"""text.format: plain text, JSON mode, a schema."""

import json

import pytest
from responses_door import CITY, text_of

FORMAT = {"type": "json_schema", "name": "city", "schema": CITY}
JSON = {"text": {"format": {"type": "json_object"}}}


def test_a_schema(responses):
    for extra in ({}, {"strict": True}, {"strict": None, "description": "A city"}):
        response = responses.response(text={"format": FORMAT | extra}, max_output_tokens=32)
        assert json.loads(text_of(response)) == {"city": "Oslo"}
        echo = response["text"]["format"]
        assert (echo["name"], echo["schema"]) == ("city", CITY)
        assert echo["strict"] is bool(extra.get("strict"))


def test_a_schema_that_is_not_strict(responses):
    loose = FORMAT | {"schema": {"type": "object", "properties": {}}, "strict": True}
    error = responses.refused(text={"format": loose})
    assert error["message"] == (
        "Invalid schema for response_format 'city': In context=(), 'additionalProperties' is "
        "required to be supplied and to be false."
    )
    assert (error["param"], error["code"]) == ("text.format.schema", "invalid_json_schema")


def test_json_mode_asks_for_the_word(responses):
    error = responses.refused(**JSON, instructions="Answer in JSON.")
    assert error["message"] == (
        "Response input messages must contain the word 'json' in some form to use 'text.format' "
        "of type 'json_object'."
    )
    assert error["param"] == "input"
    response = responses.response(**JSON, input="Answer in JSON: a city.", max_output_tokens=64)
    assert response["text"]["format"] == {"type": "json_object"}
    assert text_of(response).lstrip().startswith("{")


@pytest.mark.parametrize(
    ("form", "param"),
    [
        ({"type": "json_schema", "json_schema": FORMAT}, "text.format.name"),
        (FORMAT | {"schema": None}, "text.format.schema"),
        (FORMAT | {"schema": "x"}, "text.format.schema"),
        (FORMAT | {"name": "a b"}, "text.format.name"),
        (FORMAT | {"strict": "yes"}, "text.format.strict"),
        (FORMAT | {"bogus": 1}, "text.format.bogus"),
        ({"type": "text", "name": "x"}, "text.format.name"),
        ({}, "text.format.type"),
    ],
)
def test_a_wrong_format(responses, form, param):
    assert responses.refused(text={"format": form})["param"] == param
