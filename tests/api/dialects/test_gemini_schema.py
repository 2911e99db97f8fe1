"""JSON Schema as Gemini's Schema: types, null, what is taken out, and what stays data."""

import copy

import pytest

from samplers.api.dialects.gemini import openai_request, request
from samplers.api.dialects.gemini.schema import json_schema


def tool(parameters: dict, **more) -> dict:
    return {"type": "function", "function": {"name": "f", "parameters": parameters, **more}}


def converted(schema: dict) -> tuple[dict, list[str]]:
    """(the Schema, the places that are named as lost) of a property's JSON Schema."""
    body = {
        "messages": [{"role": "user", "content": "Hi"}],
        "tools": [tool({"type": "object", "properties": {"x": schema}})],
    }
    before = copy.deepcopy(body)
    made = request(body)
    assert body == before
    place = "tools[0].function.parameters.properties.x"
    function = made.body["tools"][0]["functionDeclarations"][0]
    places = [sentence.split(":")[0].removeprefix(place) for sentence in made.lost]
    return function["parameters"]["properties"]["x"], places


def test_GE3_nullable_the_json_schema_way():
    parameters = {
        "type": "object",
        "properties": {
            "note": {"type": ["string", "null"], "description": "d"},
            "type": {"type": "string", "default": "const"},
            "n": {"type": "integer", "exclusiveMinimum": 0},
        },
        "additionalProperties": False,
    }
    made = request({"messages": [{"role": "user", "content": "Hi"}], "tools": [tool(parameters)]})
    assert made.body["tools"] == [
        {
            "functionDeclarations": [
                {
                    "name": "f",
                    "parameters": {
                        "type": "OBJECT",
                        "properties": {
                            "note": {"type": "STRING", "nullable": True, "description": "d"},
                            "type": {"type": "STRING", "default": "const"},
                            "n": {"type": "INTEGER"},
                        },
                    },
                }
            ]
        }
    ]
    assert [sentence.split(":")[0] for sentence in made.lost] == [
        "tools[0].function.parameters.additionalProperties",
        "tools[0].function.parameters.properties.n.exclusiveMinimum",
    ]


def test_GE3_properties_that_are_called_like_keywords_stay():
    names = ["type", "const", "additionalProperties", "$ref", "anyOf", "nullable", "enum", "items"]
    properties = {name: {"type": "string"} for name in names}
    made, lost = converted({"type": "object", "properties": properties, "required": names})
    assert made == {
        "type": "OBJECT",
        "properties": {name: {"type": "STRING"} for name in names},
        "required": names,
    }
    assert lost == []


@pytest.mark.parametrize("keyword", ["default", "example"])
def test_GE3_data_is_no_schema(keyword):
    data = {"type": ["string", "null"], "const": 1, "additionalProperties": False}
    made, lost = converted({"type": "object", keyword: data})
    assert made == {"type": "OBJECT", keyword: data}
    assert lost == []


def test_GE3_the_first_example_is_kept_as_it_is():
    data = {"type": "string", "not": {}}
    assert converted({"examples": [data]}) == ({"example": data}, [])
    assert converted({"examples": [data, 1]}) == ({"example": data}, [".examples"])


def test_GE3_an_enum_of_keywords_stays():
    values = ["const", "type", "null"]
    made, lost = converted({"type": "string", "enum": values})
    assert (made, lost) == ({"type": "STRING", "enum": values}, [])


@pytest.mark.parametrize(
    ("schema", "right"),
    [
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, {"type": "STRING", "nullable": True}),
        (
            {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
            {"anyOf": [{"type": "STRING"}, {"type": "INTEGER"}], "nullable": True},
        ),
        (
            {"type": ["string", "integer"], "description": "d"},
            {"anyOf": [{"type": "STRING"}, {"type": "INTEGER"}], "description": "d"},
        ),
        (
            {
                "description": "d",
                "anyOf": [{"type": "string", "description": "e"}, {"type": "null"}],
            },
            {"type": "STRING", "nullable": True, "description": "d"},
        ),
        ({"type": "null"}, {"type": "NULL"}),
        ({"type": ["null"]}, {"type": "NULL"}),
        ({"type": "string", "nullable": False}, {"type": "STRING"}),
        ({"const": "a"}, {"type": "STRING", "enum": ["a"]}),
        ({"enum": ["a", None]}, {"type": "STRING", "enum": ["a"], "nullable": True}),
        (
            {"type": "integer", "enum": [1, 2]},
            {"type": "INTEGER", "format": "enum", "enum": ["1", "2"]},
        ),
        (
            {"type": "array", "items": {"type": ["number", "null"]}, "minItems": 1},
            {"type": "ARRAY", "items": {"type": "NUMBER", "nullable": True}, "minItems": 1},
        ),
        ({"type": "array", "items": True}, {"type": "ARRAY", "items": {}}),
        ({"type": "object", "properties": {}}, {"type": "OBJECT"}),
        ({"allOf": [{"type": "string"}], "title": "T"}, {"type": "STRING", "title": "T"}),
        (
            {
                "allOf": [
                    {"properties": {"a": {"type": "string"}}, "required": ["a"]},
                    {"properties": {"b": {"type": "number"}}, "required": ["b", "a"]},
                ],
                "type": "object",
            },
            {
                "type": "OBJECT",
                "properties": {"a": {"type": "STRING"}, "b": {"type": "NUMBER"}},
                "required": ["a", "b"],
            },
        ),
        (True, {}),
    ],
)
def test_what_both_can_say(schema, right):
    assert converted(schema) == (right, [])


@pytest.mark.parametrize(
    ("schema", "right", "lost"),
    [
        ({"type": "string", "not": {"const": "a"}}, {"type": "STRING"}, [".not"]),
        ({"type": "number", "multipleOf": 2}, {"type": "NUMBER"}, [".multipleOf"]),
        ({"enum": [True, 1.5]}, {}, [".enum"]),
        ({"oneOf": [{"type": "string"}, {"type": "number"}]}, None, [".oneOf"]),
        ({"type": "object", "required": ["a"]}, {"type": "OBJECT"}, [".required"]),
        (
            {"type": "array", "items": {"type": "string", "contentEncoding": "base64"}},
            {"type": "ARRAY", "items": {"type": "STRING"}},
            [".items.contentEncoding"],
        ),
        (False, {}, [""]),
    ],
)
def test_what_it_cannot_say_is_named(schema, right, lost):
    made, places = converted(schema)
    assert places == lost
    if right is not None:
        assert made == right


def test_a_reference_is_replaced_by_what_it_points_to():
    parameters = {
        "type": "object",
        "properties": {"pet": {"$ref": "#/$defs/Pet", "description": "d"}},
        "$defs": {"Pet": {"type": "object", "properties": {"name": {"type": "string"}}}},
    }
    made = request({"messages": [{"role": "user", "content": "Hi"}], "tools": [tool(parameters)]})
    assert made.lost == ()
    assert made.body["tools"][0]["functionDeclarations"][0]["parameters"] == {
        "type": "OBJECT",
        "properties": {
            "pet": {
                "type": "OBJECT",
                "properties": {"name": {"type": "STRING"}},
                "description": "d",
            }
        },
    }


def test_a_schema_inside_itself_ends():
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}}}
    parameters = {"$ref": "#/$defs/Node", "$defs": {"Node": node}}
    made = request({"messages": [{"role": "user", "content": "Hi"}], "tools": [tool(parameters)]})
    assert made.body["tools"][0]["functionDeclarations"][0]["parameters"] == {
        "type": "OBJECT",
        "properties": {"next": {}},
    }
    assert len(made.lost) == 1
    assert made.lost[0].startswith("tools[0].function.parameters.properties.next.$ref:")


@pytest.mark.parametrize("schema", [{"type": "text"}, {"type": 3}, "string", {"properties": [1]}])
def test_what_is_no_schema_is_an_error(schema):
    with pytest.raises(ValueError, match=r"tools\[0\]\.function\.parameters\.properties\.x"):
        converted(schema)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "description": "d"},
        {"type": ["string", "null"]},
        {"type": "integer", "enum": [1, 2]},
        {"type": "string", "format": "date", "enum": ["a"]},
        {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
        {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "boolean"}}}},
    ],
)
def test_a_schema_comes_back(schema):
    body = {
        "messages": [{"role": "user", "content": "Hi"}],
        "tools": [tool({"type": "object", "properties": {"x": schema}, "required": ["x"]})],
    }
    made = request(body)
    assert made.lost == ()
    assert openai_request(made.body).body == body


def test_parameters_json_schema_comes_back_as_it_is():
    schema = {"type": "object", "additionalProperties": False, "properties": {}}
    declaration = {"name": "f", "description": "d", "parametersJsonSchema": schema}
    made = openai_request({"contents": [], "tools": [{"functionDeclarations": [declaration]}]})
    assert made.lost == ()
    assert made.body["tools"] == [tool(schema, description="d")]


def test_an_integer_enum_that_holds_none_is_named():
    schema = {"type": "INTEGER", "enum": ["1", "x"]}
    with pytest.raises(ValueError, match=r"here\.enum must hold integers as texts, got 'x'"):
        json_schema(schema, "here", [])
