"""Which schemas are no JSON Schema, against the `jsonschema` package: one verdict, in its words."""

import jsonschema
import pytest
from example_schemas import RULES, STRING, an_object
from hypothesis import given, settings
from hypothesis import strategies as st

from samplers.wire.malformed import malformed
from samplers.wire.subschemas import subschemas


def ours(schema) -> list[tuple[list[str], str]]:
    """(context, text) of everything malformed in a schema."""
    return [
        ([*context, *keys], text)
        for context, _, part in subschemas(schema)
        for keys, text in malformed(part)
    ]


def theirs(schema) -> tuple[list[str], str] | None:
    """The one that jsonschema would report."""
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        return [*map(str, error.path)], f"{error.message}."
    return None


@pytest.mark.parametrize("schema", [rule[0] for rule in RULES if isinstance(rule[0], dict)])
def test_each_rule_is_said_in_its_words(schema):
    reported = theirs(schema)
    assert ours(schema) == ([] if reported is None else [reported])


TYPES = ["string", "number", "integer", "object", "array", "null", "boolean", "x"]
SCALARS = ["a", 1, 1.0, 2.5, True, None, [1], {"k": 1}]
VALUES = {
    "type": st.sampled_from([*TYPES, ["string", "null"], ["object", "null"], ["null", "null"], []]),
    "enum": st.lists(st.sampled_from(SCALARS), max_size=2),
    "const": st.sampled_from(SCALARS),
    "$ref": st.sampled_from(["#", "#/$defs/a", "#/properties/a", "#/properties", "#/", "x", 5]),
    "required": st.lists(st.sampled_from(["a", "b", 1]), max_size=2) | st.just(True),
    "additionalProperties": st.sampled_from([False, True, {}, None]),
    "format": st.sampled_from(["date", "uri", None]),
    "pattern": st.sampled_from(["^a", "[", None]),
    **dict.fromkeys(
        ["minimum", "multipleOf", "minItems", "maxItems", "title"],
        st.sampled_from([0, 1, -1, 0.5, 2.0, "a", None]),
    ),
}


def schemas(inner):
    """A schema with any of the strict subset's keywords, its inner ones made by `inner`."""
    named = st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
    nested = {
        "properties": named | st.just([]),
        "items": inner | st.just([]),
        "anyOf": st.lists(inner, max_size=2) | st.just({}),
        "$defs": named,
    }
    keywords = VALUES | nested
    return st.lists(st.sampled_from([*keywords]), max_size=3, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: keywords[name] for name in names})
    )


@given(st.recursive(st.sampled_from([STRING, {"type": "integer"}, True]), schemas, max_leaves=4))
@settings(max_examples=400, deadline=None)
def test_any_schema_is_judged_alike(inner):
    schema = an_object(x=inner)
    reported = theirs(schema)
    assert (reported is None) == (ours(schema) == [])
    if reported is not None:
        assert reported in ours(schema)
