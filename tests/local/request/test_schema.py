"""Schemas: what OpenAI's strict subset takes and refuses, always with the path; and what cannot be
enforced here.
"""

import pytest
from example_schemas import RULES, STRICT

from samplers.local.engine.remember import LONGEST
from samplers.local.request.errors import ApiError
from samplers.local.request.schema import _malformed, check, check_parameters, refusal
from samplers.wire.strict import strict_faults

REFUSE = refusal("response_format 'x'", "response_format")
TEXT, WHOLE = {"type": "string"}, {"type": "integer"}


def obj(**properties) -> dict:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def nested(levels: int) -> dict:
    return obj(a=nested(levels - 1)) if levels else TEXT


def refused(schema: dict, strict: bool = True) -> str:
    with pytest.raises(ApiError) as caught:
        check(schema, strict, REFUSE)
    error = caught.value.body["error"]
    assert (caught.value.status, error["param"], error["type"]) == (
        400,
        "response_format",
        "invalid_request_error",
    )
    begin = "Invalid schema for response_format 'x': "
    assert error["message"].startswith(begin)
    return error["message"].removeprefix(begin)


@pytest.mark.parametrize(
    "schema",
    [
        obj(),
        obj(a=TEXT, b={"type": ["integer", "null"]}, c={"anyOf": [obj(d=WHOLE), {"type": "null"}]}),
        obj(a={"type": "array", "items": obj(b=WHOLE), "minItems": 1, "maxItems": 3}),
        obj(
            a={"type": ["string", "integer", "null"], "enum": ["x", 1, None]},
            b=TEXT | {"const": "k"},
        ),
        obj(a={"type": "number", "minimum": 0, "exclusiveMaximum": 1, "multipleOf": 0.5}),
        obj(
            a={"type": "string", "pattern": "^[a-z]+$"}, b={"type": "string", "format": "date-time"}
        ),
        obj(next={"anyOf": [{"$ref": "#"}, {"type": "null"}]}),
        obj(a={"$ref": "#/$defs/T~1t"})
        | {"$defs": {"T/t": obj(b={"type": "array", "items": {"$ref": "#/$defs/T~1t"}})}},
        obj(a=TEXT)
        | {"title": "T", "description": "d", "$schema": "http://json-schema.org/draft-07/schema#"},
        nested(10),
        obj(**{f"p{i}": TEXT | {"enum": ["x"] * 200} for i in range(5)}),
    ],
)
def test_strict_schemas(schema):
    assert check(schema, True, REFUSE) is schema


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        (
            {"type": "array", "items": TEXT},
            "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"array\"'.",
        ),
        ({}, "got 'type: \"None\"'"),
        (
            {"type": "object", "properties": {"a": TEXT}},
            "In context=(), 'additionalProperties' is required to be supplied and to be false.",
        ),
        (
            obj(a=obj() | {"additionalProperties": True}),
            "In context=('properties', 'a'), 'additionalProperties' is",
        ),
        (
            obj(a=TEXT) | {"required": []},
            "an array including every key in properties. Missing 'a'.",
        ),
        (obj() | {"required": ["a"]}, "Extra required key 'a' supplied."),
        (obj(a={}), "In context=('properties', 'a'), schema must have a 'type' key."),
        (obj(a=True), "In context=('properties', 'a'), schema must be an object."),
        (obj(a={"type": "array"}), "In context=('properties', 'a'), array schema missing items."),
        (obj(a={"allOf": [TEXT]}), "In context=('properties', 'a'), 'allOf' is not permitted."),
        (
            obj(a={"type": "array", "items": {"oneOf": [TEXT]}}),
            "('properties', 'a', 'items'), 'oneOf' is not permitted.",
        ),
        (obj(a=TEXT | {"minLength": 1}), "'minLength' is not permitted."),
        (obj(a=TEXT | {"default": "x"}), "'default' is not permitted."),
        (obj(a=TEXT | {"format": "banana"}), "'banana' is not a supported format."),
        (
            obj(a={"$ref": "#/$defs/T", "title": "x"}) | {"$defs": {"T": TEXT}},
            "$ref cannot have keywords {'title'}.",
        ),
        (
            obj(a={"$ref": "#/$defs/T"}),
            "reference to component '#/$defs/T' which was not found in the schema.",
        ),
        (obj(a={"$ref": "http://example.com/x"}), "which was not found"),
        (obj(a=TEXT) | {"anyOf": [TEXT]}, "'anyOf' is not permitted at the root."),
        (obj(a={"type": "text"}), "In context=('properties', 'a', 'type'), 'text' is not valid"),
        (
            obj(a={"type": "object", "additionalProperties": False}),
            "('properties', 'a'), object schema missing properties",
        ),
        (obj(a={"enum": ["x"]}), "In context=('properties', 'a'), schema must have a 'type' key."),
        (
            obj(a=TEXT | {"minimum": 1}),
            "In context=('properties', 'a'), 'minimum' is not permitted.",
        ),
        (obj(a=TEXT | {"enum": []}), "[] should be non-empty"),
        (
            obj(a={"type": ["integer", "null"], "enum": ["javascript"]}),
            "enum value javascript does not validate against {'type': ['integer', 'null']}.",
        ),
        (
            obj(a={"type": "integer", "const": True}),
            "const value True does not validate against {'type': 'integer'}.",
        ),
        (
            obj(a={"type": "array", "items": WHOLE, "enum": [[1]]}),
            "enum value [1] does not validate against",
        ),
        (nested(11), "11 levels of nesting exceeds limit of 10."),
        (obj(a={"anyOf": [nested(9), WHOLE]}), "11 levels of nesting exceeds limit of 10."),
        (obj(**{f"p{i}": True for i in range(5001)}), "5001 parameters exceeds limit of 5000."),
        (obj(a=TEXT | {"enum": ["x" * 120_001]}), "characters in names"),
        (
            obj(**{f"p{i}": TEXT | {"enum": ["x"] * 201} for i in range(5)}),
            "1005 enum values exceeds limit of 1000.",
        ),
        (
            obj(a=TEXT | {"enum": ["x" * 60 + str(i) for i in range(251)]}),
            "an enum of 251 values has 15703 characters",
        ),
    ],
)
def test_what_strict_refuses(schema, says):
    assert says in refused(schema)


@pytest.mark.parametrize("name", STRICT)
def test_every_supported_keyword_is_taken(name):
    assert check(STRICT[name], True, REFUSE) is STRICT[name]


@pytest.mark.parametrize("schema", [rule[0] for rule in RULES if isinstance(rule[0], dict)])
def test_the_first_fault_is_raised(schema):
    assert refused(schema) == next(strict_faults(schema)).message


def test_without_strict_more_is_taken():
    loose = {
        "type": "object",
        "properties": {"a": {"minLength": 2}, "b": {"allOf": [TEXT]}},
        "x-note": 1,
    }
    assert check(loose, False, REFUSE) is loose


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        (TEXT, "got 'type: \"string\"'"),
        (
            {"type": "object", "properties": {"a": {"not": TEXT}}},
            "In context=('properties', 'a'), 'not' is not supported",
        ),
        (
            {"type": "object", "properties": {"a": {"type": "array", "uniqueItems": True}}},
            "'uniqueItems'",
        ),
        (
            {"type": "object", "unevaluatedProperties": False},
            "'unevaluatedProperties'",
        ),
        (
            {"type": "object", "properties": {"a": {"$ref": "http://example.com"}}},
            "'$ref' must begin with '#'",
        ),
        (
            {"type": "object", "properties": {"a": {"minimum": "x"}}},
            "In context=('properties', 'a', 'minimum')",
        ),
    ],
)
def test_without_strict_what_cannot_be_is_refused(schema, says):
    assert says in refused(schema, strict=False)


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ({"type": "object"}, "In context=(), object schema missing properties."),
        (obj(a={"type": "array"}), "In context=('properties', 'a'), array schema missing items."),
    ],
)
def test_what_parameters_of_functions_need_without_strict(schema, says):
    assert check(schema, False, REFUSE) is schema
    with pytest.raises(ApiError, match="missing") as caught:
        check_parameters(schema, False, REFUSE)
    assert says in str(caught.value)


def test_nesting_without_end():
    deep: dict = {"type": "object"}
    for _ in range(5000):
        deep = {"type": "object", "properties": {"a": deep}}
    assert "levels deep" in refused(deep, strict=False)


def test_a_long_schema_is_not_kept():
    before = _malformed.cache_info()
    for _ in range(2):
        check(obj(a=TEXT | {"description": "d" * LONGEST}), True, REFUSE)
    assert _malformed.cache_info() == before
