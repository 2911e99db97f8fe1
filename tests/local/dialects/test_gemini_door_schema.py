"""Gemini's Schema as JSON Schema, and JSON Schema as it is: GE3, and what nobody may drop."""

import copy

import gemini_door
import pytest
from gemini_door import CITY, WEATHER, refusal

from samplers.local.dialects.gemini.fields import SCHEMA
from samplers.local.dialects.gemini.formats import as_schema
from samplers.local.dialects.gemini.schema import json_schema
from samplers.local.request.errors import ApiError


def made(**schema) -> dict:
    return json_schema(SCHEMA("s", schema), "s")


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "STRING"}, {"type": "string"}),
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "NULL", "nullable": True}, {"type": "null"}),
        (
            {"type": "STRING", "format": "enum", "enum": ["a", "b"], "nullable": True},
            {"type": ["string", "null"], "enum": ["a", "b", None]},
        ),
        (
            {"type": "INTEGER", "format": "enum", "enum": ["1", "22"]},
            {"type": "integer", "enum": [1, 22]},
        ),
        ({"type": "STRING", "format": "date-time"}, {"type": "string", "format": "date-time"}),
        (
            {"type": "INTEGER", "format": "int32", "minimum": 3},
            {"type": "integer", "minimum": 3, "maximum": 2147483647},
        ),
        ({"type": "NUMBER", "format": "double"}, {"type": "number"}),
        (
            {"type": "STRING", "minLength": "1", "maxLength": 4, "pattern": "^a"},
            {"type": "string", "minLength": 1, "maxLength": 4, "pattern": "^a"},
        ),
        (
            {"type": "ARRAY", "items": {"type": "STRING"}, "minItems": "1", "max_items": "2"},
            {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2},
        ),
        (
            {"anyOf": [{"type": "STRING"}, {"type": "NUMBER"}], "nullable": True},
            {"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "null"}]},
        ),
        (
            {"type": "BOOLEAN", "title": "t", "description": "d", "default": False, "example": 1},
            {
                "type": "boolean",
                "title": "t",
                "description": "d",
                "default": False,
                "examples": [1],
            },
        ),
    ],
)
def test_a_schema(schema, expected):
    assert made(**schema) == expected


def test_an_object_has_its_order_and_no_other_properties():
    properties = {name: {"type": "STRING"} for name in ("type", "enum", "z", "a")}
    schema = made(
        type="OBJECT",
        properties=properties,
        required=["a", "type", "a"],
        propertyOrdering=["z", "enum"],
        minProperties="1",
    )
    assert list(schema["properties"]) == ["z", "enum", "type", "a"]
    assert schema["required"] == ["a", "type"]
    assert schema["additionalProperties"] is False
    assert schema["minProperties"] == 1


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "OBJECT"}, "* GenerateContentRequest.s.properties: should be non-empty"),
        ({"type": "ARRAY"}, "s.items: missing field."),
        ({"type": "STRING", "properties": {"a": CITY}}, "s.properties: only allowed for OBJECT"),
        ({"type": "STRING", "items": CITY}, "s.items: only allowed for ARRAY type"),
        ({**CITY, "required": ["city", "x"]}, "s.required[1]: property is not defined"),
        ({**CITY, "propertyOrdering": ["x"]}, "s.property_ordering[0]: property is not defined"),
        ({"type": "STRING", "format": "byte"}, "s.format: only 'enum' and 'date-time' are"),
        ({"type": "BOOLEAN", "format": "enum"}, "s.format: only none are supported"),
        ({"type": "BOOLEAN", "enum": ["a"]}, "s.enum: only allowed for STRING type"),
        ({"type": "STRING", "enum": ["a", ""]}, "s.enum[1]: cannot be empty"),
        ({"type": "INTEGER", "enum": ["one"]}, "s.enum[0]: is no INTEGER"),
        (
            {"type": "OBJECT", "properties": {"a": {"anyOf": [{"type": "ARRAY"}]}}},
            "s.properties[a].any_of[0].items: missing field.",
        ),
    ],
)
def test_a_schema_that_gemini_refuses(schema, said):
    with pytest.raises(ApiError) as caught:
        made(**schema)
    assert said in str(caught.value)


NULLABLE = {"type": ["string", "null"], "description": "d"}
GE3 = {
    "type": "object",
    "properties": {
        "note": NULLABLE,
        "type": {"type": "string", "default": "const"},
        "n": {"type": "integer", "exclusiveMinimum": 0},
    },
    "additionalProperties": False,
}


def declared(kind: str, schema) -> dict:
    function = {"name": "weather", kind: schema}
    return gemini_door.body_of(
        "Note 1", tools=[{"functionDeclarations": [function]}], generationConfig=SHORT
    )


SHORT = {"maxOutputTokens": 1}
PLACE = "tools[0].function_declarations[0].parameters"


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        (
            {"note": NULLABLE},
            f"Unknown name \"type\" at '{PLACE}.properties[0].value': Proto field is not "
            "repeating, cannot start list.",
        ),
        (
            {"a": {"type": "string"}, "n": {"type": "integer", "exclusiveMinimum": 0}},
            f"Unknown name \"exclusiveMinimum\" at '{PLACE}.properties[1].value': Cannot find",
        ),
    ],
)
def test_ge3_json_schema_in_parameters(endpoint, properties, said):
    schema = {"type": "object", "properties": properties}
    assert said in refusal(endpoint, declared("parameters", schema))


def test_ge3_additional_properties_in_parameters(endpoint):
    body = declared("parameters", {**CITY, "additionalProperties": False})
    assert f"\"additionalProperties\" at '{PLACE}': Cannot find" in refusal(endpoint, body)


def test_ge3_json_schema_where_it_belongs(endpoint):
    response = gemini_door.post(endpoint, declared("parametersJsonSchema", GE3))
    assert response.status_code == 200, response.text
    assert as_schema(GE3, "s") == GE3


@pytest.mark.parametrize(
    ("schema", "is_closed"),
    [
        ({"properties": {"a": {}}}, True),
        ({"properties": {"a": {}}, "additionalProperties": {"type": "string"}}, False),
        ({"properties": {"a": {}}, "patternProperties": {"^b": {}}}, False),
        ({"allOf": [{"properties": {"a": {}}}], "properties": {"b": {}}}, False),
        ({"properties": {"a": {}}, "anyOf": [{"properties": {"b": {}}}]}, False),
        ({"type": "object"}, False),
    ],
)
def test_which_json_schema_gets_no_other_properties(schema, is_closed):
    given = {"type": "object", **schema}
    before = copy.deepcopy(given)
    expected = {**given, "additionalProperties": False} if is_closed else given
    assert as_schema(given, "s") == expected
    assert given == before


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"responseSchema": CITY}, "response_schema: only allowed if response_mime_type is"),
        ({"responseMimeType": "text/x.enum"}, "response_mime_type: 'text/x.enum' is not"),
        (
            {"responseMimeType": "application/json", "responseJsonSchema": []},
            "response_json_schema: must be a JSON Schema",
        ),
        (
            {
                "responseMimeType": "application/json",
                "responseJsonSchema": {},
                "responseSchema": CITY,
            },
            "only one of response_schema and response_json_schema can be set.",
        ),
        (
            {"responseMimeType": "application/json", "responseJsonSchema": {"not": {}}},
            "* GenerateContentRequest.generation_config.response_json_schema: In context=(), 'not' "
            "is not supported",
        ),
        (
            {"responseMimeType": "application/json", "responseJsonSchema": {"type": "text"}},
            "response_json_schema: In context=('type',), 'text' is not",
        ),
    ],
)
def test_an_answers_form_that_is_refused(endpoint, config, said):
    assert said in refusal(endpoint, gemini_door.body_of("Hi", generationConfig=config))


def test_a_schema_of_the_answer_of_a_function_is_checked(endpoint):
    body = gemini_door.body_of(
        "Hi", tools=[{"functionDeclarations": [WEATHER | {"response": {"type": "ARRAY"}}]}]
    )
    assert "response.items: missing field." in refusal(endpoint, body)
