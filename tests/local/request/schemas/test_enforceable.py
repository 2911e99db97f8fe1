"""Schemas whose grammar would cost too much, has no end or cannot be made: known beforehand."""

import pytest
from example_schemas import an_object

from samplers.local.request.errors import ApiError
from samplers.local.request.schema import check, refusal
from samplers.local.request.schemas.enforceable import unenforceable
from samplers.local.request.schemas.older_drafts import modern

TEXT = {"type": "string"}
INTEGER = {"type": "integer"}
NULL = {"type": "null"}
HALF = TEXT | {"pattern": "a" * 50_000}
MANY = {"type": "array", "items": TEXT, "maxItems": 8_000}
REFUSE = refusal("response_format 'x'", "response_format")


def optional(count: int) -> dict:
    return {"type": "object", "properties": {f"p{i}": TEXT for i in range(count)}}


def options(count: int) -> dict:
    return {"anyOf": [TEXT | {"pattern": f"^a{i}"} for i in range(count)]}


@pytest.mark.parametrize(
    ("part", "where", "says"),
    [
        ({"type": "array", "items": TEXT, "maxItems": 10**7}, "maxItems", "10000000 exceeds"),
        ({"type": "array", "items": TEXT, "minItems": 1e7}, "minItems", "10000000 exceeds"),
        (an_object(b=MANY, c=MANY), "maxItems", "8000 brings the whole schema to 16000"),
        (TEXT | {"maxLength": 2**32}, "maxLength", "4294967296 exceeds limit of 4294967295"),
        (TEXT | {"minLength": 10**20}, "minLength", "exceeds"),
        ({"type": "object", "maxProperties": 2**32}, "maxProperties", "exceeds"),
        ({"type": "object", "minProperties": 2**32}, "minProperties", "exceeds"),
        (INTEGER | {"multipleOf": 3000017}, "multipleOf", "3000017 exceeds limit of 100000"),
        ({"type": "number", "multipleOf": 3.000017}, "multipleOf", "3000017 exceeds"),
        (INTEGER | {"multipleOf": 10**300}, "multipleOf", "exceeds limit"),
        ({"allOf": [{"multipleOf": n} for n in (0.5, 1e308, 1e308)]}, "multipleOf", "exceeds"),
        ({"allOf": [INTEGER | {"multipleOf": n} for n in (997, 9973)]}, "multipleOf", "9943081"),
        ({"allOf": [options(30)] * 3}, None, "27000 combinations exceed limit of 1000"),
        (an_object(**{f"p{i}": INTEGER | {"minimum": 10**300} for i in range(56)}), None, "digits"),
        (optional(451), None, "451 properties in a row that are not required"),
        (TEXT | {"pattern": "^a{4294967295}$"}, "pattern", "more than 100000 repetitions"),
        (TEXT | {"pattern": "(" * 3000 + ")" * 3000}, "pattern", "nested more than 100 deep"),
        (TEXT | {"pattern": "a" * 100_001}, None, "100001 characters of patterns exceed"),
        (
            an_object(b=HALF, c={"patternProperties": {"b" * 50_001: TEXT}}),
            None,
            "100001 characters",
        ),
        (TEXT | {"pattern": "^(?!a)"}, "pattern", "a lookaround"),
        (INTEGER | {"minimum": 1e400}, "minimum", "float64's range"),
        (INTEGER | {"enum": [1, {"k": [-1e400]}]}, "enum", "float64's range"),
        (INTEGER | {"minimum": 10**2000 + 1}, "minimum", "float64's range"),
        ({"type": "number", "maximum": 10**400}, "maximum", "float64's range"),
        (INTEGER | {"minimum": 2**60, "maximum": 5}, None, "no integer is in"),
        (INTEGER | {"minimum": 2**60, "multipleOf": 3}, None, "'minimum' 1152921504606846976"),
        ({"type": "number", "minimum": 2**53 + 1}, None, "9007199254740993 cannot be kept exactly"),
    ],
)
def test_the_value_and_its_place_are_named(part, where, says):
    with pytest.raises(ApiError) as caught:
        check(an_object(a=part), False, REFUSE)
    error = caught.value.body["error"]
    assert (caught.value.status, error["param"]) == (400, "response_format")
    assert says in error["message"]
    assert "('properties', 'a'" in error["message"]
    assert where is None or f"'{where}')" in error["message"]


@pytest.mark.parametrize(
    "part",
    [
        MANY,
        TEXT | {"maxLength": 2**31, "minLength": 10_000},
        INTEGER | {"multipleOf": 86_400},
        INTEGER | {"multipleOf": 10**9},
        {"type": "number", "multipleOf": 0.01},
        {"allOf": [options(30)] * 2},
        optional(450),
        TEXT | {"pattern": "^a{1,1000}$"},
    ],
)
def test_what_costs_little_is_taken(part):
    assert list(unenforceable(an_object(a=part))) == []


NEXT = {"anyOf": [{"$ref": "#"}, NULL]}
ENDLESS = [
    (an_object(next={"$ref": "#"}), ("properties", "next")),
    (
        an_object(a={"type": "array", "items": {"$ref": "#/$defs/t"}, "minItems": 1})
        | {"$defs": {"t": an_object(up={"anyOf": [{"$ref": "#/$defs/t"}, {"$ref": "#"}]})}},
        ("properties", "a", "items"),
    ),
    (
        an_object(a={"$ref": "#/$defs/a"}) | {"$defs": {"a": {"$ref": "#/$defs/a"}}},
        ("properties", "a"),
    ),
    (an_object(a={"allOf": [{"$ref": "#"}]}), ("properties", "a", "allOf", "0")),
    (
        an_object(a={"type": "array", "prefixItems": [NULL, {"$ref": "#"}], "minItems": 2}),
        ("properties", "a", "prefixItems", "1"),
    ),
    (an_object(a={"oneOf": [{"$ref": "#"}]}), ("properties", "a", "oneOf", "0")),
    (
        {"type": "object", "required": ["a"], "additionalProperties": {"$ref": "#"}},
        ("additionalProperties",),
    ),
    (
        {"type": "object", "minProperties": 1, "additionalProperties": {"$ref": "#"}},
        ("additionalProperties",),
    ),
]


@pytest.mark.parametrize(("schema", "context"), ENDLESS)
def test_a_recursion_without_an_end_is_refused(schema, context):
    ((where, text),) = unenforceable(schema)
    assert where == context
    assert "no document that fits it has an end" in text


@pytest.mark.parametrize(
    "schema",
    [
        an_object(next=NEXT),
        an_object(all={"type": "array", "items": {"$ref": "#"}}),
        {"type": "object", "properties": {"next": {"$ref": "#"}}},
        {"type": "object", "additionalProperties": {"$ref": "#"}},
        an_object(a=TEXT) | {"minProperties": 1, "additionalProperties": {"$ref": "#"}},
        {"type": "object", "minProperties": 1, "additionalProperties": TEXT},
        an_object(a={"type": ["object", "null"], "properties": {"b": {"$ref": "#"}}}),
        an_object(a=TEXT) | {"$defs": {"never": an_object(b={"$ref": "#/$defs/never"})}},
        an_object(a={"type": "array", "prefixItems": [NULL, {"$ref": "#"}], "minItems": 1}),
    ],
)
def test_a_recursion_with_an_end_is_taken(schema):
    assert list(unenforceable(schema)) == []


@pytest.mark.parametrize("step", [1, -1])
@pytest.mark.parametrize("ends", [True, False])
def test_long_chains_of_definitions_take_no_time(step, ends):
    chain = {f"t{i}": {"$ref": f"#/$defs/t{(i + step) % 5000}"} for i in range(5000)}
    schema = an_object(a={"$ref": "#/$defs/t1"}) | {"$defs": chain}
    if ends:
        chain["t0"] = TEXT
    assert bool(list(unenforceable(schema))) != ends


@pytest.mark.parametrize("ref", ["#/components/T", "#/properties", "#/properties/b/const"])
def test_a_reference_to_no_schema_is_refused(ref):
    # its patterns and integers would be enforced as the engine reads them, unchecked
    schema = an_object(a={"$ref": ref}, b={"const": {}}) | {"components": {"T": INTEGER}}
    where, text = next(unenforceable(schema))
    assert where == ("properties", "a")
    assert text.startswith(f"'{ref}' is not where JSON Schema has schemas")


def test_tuples_of_draft_7():
    old = {"type": "array", "items": [TEXT, {"items": [INTEGER]}], "additionalItems": False}
    new = {"type": "array", "prefixItems": [TEXT, {"prefixItems": [INTEGER]}], "items": False}
    assert check(an_object(a=old), False, REFUSE) == an_object(a=new)
    with pytest.raises(ApiError, match="is not of type 'object', 'boolean'"):
        check(an_object(a=old), True, REFUSE)


def test_bounds_of_draft_4():
    old = INTEGER | {"minimum": 1, "exclusiveMinimum": True, "exclusiveMaximum": False}
    assert modern(an_object(a=old)) == an_object(a=INTEGER | {"exclusiveMinimum": 1})
