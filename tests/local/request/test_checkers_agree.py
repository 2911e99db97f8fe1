"""What a learner is told before a request and what the endpoint then says: one verdict on every
schema, one place.
"""

import json

import pytest
from example_schemas import RULES, STEPS, STRICT, STRING, an_object, nested
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samplers.api import why_not_strict
from samplers.local.request.errors import ApiError
from samplers.local.request.schema import check, refusal


def refused(schema) -> str | None:
    """What the endpoint says against a schema that is meant to be strict."""
    try:
        check(schema, True, refusal("response_format 'x'", "response_format"))
    except ApiError as error:
        return error.body["error"]["message"]


def agree(schema) -> None:
    told, said = why_not_strict(schema), refused(schema)
    assert bool(told) == bool(said), f"{json.dumps(schema)}\nchecker: {told}\nendpoint: {said}"


@pytest.mark.parametrize("name", STRICT)
def test_both_take(name):
    assert refused(STRICT[name]) is None


@pytest.mark.parametrize(
    ("schema", "path", "reason"), [rule for rule in RULES if isinstance(rule[0], dict)]
)
def test_both_refuse(schema, path, reason):
    assert refused(schema), reason


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("levels", [9, 10, 11])
def test_levels_are_counted_alike(step, levels):
    schema = nested(levels, STEPS[step])
    agree(schema)
    if levels == 11:
        assert refused(schema).endswith("11 levels of nesting exceeds limit of 10.")
    agree(an_object() | {"$defs": {"d": nested(levels - 1, STEPS[step])}})


def test_sizes_are_counted_alike():
    values = [f"{i:03}" for i in range(501)]
    long = ["v" * 57 + f"{i:04}" for i in range(251)]
    for schema in (
        an_object(a=STRING | {"enum": values}, b=STRING | {"enum": values}),
        an_object(a=STRING | {"enum": values[:-1]}, b=STRING | {"enum": values[:-1]}),
        an_object(x=STRING | {"const": "c" * 119_999}),
        an_object(x=STRING | {"const": "c" * 120_000}),
        an_object(x=STRING | {"enum": long[:-1]}),
        an_object(x=STRING | {"enum": long}),
    ):
        agree(schema)


WORDS = {
    "type": st.sampled_from([*("string", "number", "integer", "object", "array", "null", "boolean", "x"),
                             ["string", "null"], ["integer", "boolean"], ["object", "null"], []]),
    "enum": st.lists(st.sampled_from(["a", 1, 1.0, 2.5, True, None, [1], {"k": 1}]), max_size=2),
    "const": st.sampled_from(["a", 1, 1.0, 2.5, False, None, [1], {"k": 1}]),
    "$ref": st.sampled_from(["#", "#/$defs/a", "#/properties/a", "#/properties", "#/", "x", 5]),
    "required": st.lists(st.sampled_from("ab"), max_size=2),
    "additionalProperties": st.sampled_from([False, True, {}, None]),
    "format": st.sampled_from(["date", "uri", None]),
    **dict.fromkeys(["minimum", "multipleOf", "minItems", "title"], st.sampled_from([0, 1, -1, 0.5, "a", None])),
    **dict.fromkeys(["minLength", "default", "$id", "not"], st.just(1)),
}  # fmt: skip


def schemas(inner):
    """Any keywords at all; or an object as it should be."""
    named = st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
    parts = {
        "properties": named,
        "items": inner,
        "anyOf": st.lists(inner, max_size=2),
        "$defs": named,
    }
    wild = st.lists(st.sampled_from([*WORDS, *parts]), max_size=3, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: (WORDS | parts)[name] for name in names})
    )
    typed = st.tuples(wild, WORDS["type"]).map(lambda pair: pair[0] | {"type": pair[1]})
    return wild | typed | named.map(lambda properties: an_object(**properties))


@given(st.tuples(st.recursive(st.sampled_from([STRING, {"type": "integer"}, True]), schemas, max_leaves=4),
                 st.dictionaries(st.just("a"), st.just(STRING), max_size=1)))  # fmt: skip
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_schema_is_judged_alike(made):
    inner, definitions = made
    agree(an_object(x=inner) | ({"$defs": definitions} if definitions else {}))
