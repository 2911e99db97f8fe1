"""Why a schema is not strict: one reason a rule, each with its path; and the limits."""

import copy

import jsonschema
import pytest
from example_schemas import RULES, STEPS, STRICT, STRING, an_object, nested
from hypothesis import given, settings
from hypothesis import strategies as st

from samplers.api import Reason, why_not_strict


@pytest.mark.parametrize("name", STRICT)
def test_strict_schemas(name):
    jsonschema.Draft202012Validator.check_schema(STRICT[name])
    assert why_not_strict(STRICT[name]) == []


@pytest.mark.parametrize(("schema", "path", "reason"), RULES)
def test_each_rule(schema, path, reason):
    before = copy.deepcopy(schema)
    found = why_not_strict(schema)
    assert [r for r in found if r.path == path and reason in r.reason], found
    assert schema == before


def test_all_reasons_are_told_in_the_schemas_order():
    document = an_object(
        query=STRING,
        filters={"type": "object", "properties": {"day": STRING}},
        n=STRING | {"default": 5},
    )
    assert why_not_strict(document | {"required": ["query"]}) == [
        Reason("#", "required must name every property: filters, n is missing"),
        Reason("#/properties/filters", "additionalProperties must be there and be false"),
        Reason("#/properties/filters", "required must name every property: day is missing"),
        Reason("#/properties/n", "default is not supported here"),
    ]


def test_a_property_may_have_any_name():
    names = [
        "default",
        "required",
        "properties",
        "$ref",
        "anyOf",
        "items",
        "type",
        "enum",
        "a/b",
        "",
        "好",
    ]
    assert why_not_strict(an_object(**dict.fromkeys(names, STRING))) == []


def limits(schema) -> list[str]:
    found = why_not_strict(schema)
    assert {r.path for r in found} <= {"#"}
    return [r.reason for r in found]


@pytest.mark.parametrize("step", STEPS)
def test_levels(step):
    assert limits(nested(10, STEPS[step])) == []
    assert limits(nested(11, STEPS[step])) == ["11 levels of nesting: the limit is 10"]


def test_references_are_not_followed():
    chain = {f"d{i}": an_object(x={"$ref": f"#/$defs/d{i + 1}"}) for i in range(20)} | {
        "d20": an_object()
    }
    assert limits(an_object(x={"$ref": "#/$defs/d0"}) | {"$defs": chain}) == []
    deep = {"d": nested(9, STEPS["items"])}  # its root is at level 1
    assert limits(an_object() | {"$defs": deep}) == []
    assert limits(an_object() | {"$defs": {"d": nested(10, STEPS["items"])}}) == [
        "11 levels of nesting: the limit is 10"
    ]


def test_counts():
    names = {f"p{i:04}": STRING for i in range(5_001)}
    assert limits(an_object(**dict(list(names.items())[:-1]))) == []
    assert limits(an_object(**names)) == ["5,001 properties: the limit is 5,000"]
    values = [f"{i:03}" for i in range(501)]
    assert (
        limits(an_object(a=STRING | {"enum": values[:-1]}, b=STRING | {"enum": values[:-1]})) == []
    )
    assert limits(an_object(a=STRING | {"enum": values}, b=STRING | {"enum": values[:-1]})) == [
        "1,001 enum values: the limit is 1,000"
    ]
    assert limits(an_object(x=STRING | {"const": "c" * 119_999})) == []
    assert limits(an_object(x=STRING | {"const": "c" * 120_000})) == [
        "120,001 characters of names and values: the limit is 120,000"
    ]
    # 61 characters each: the first 250 have 15,250
    long = ["v" * 57 + f"{i:04}" for i in range(251)]
    assert limits(an_object(x=STRING | {"enum": long[:250]})) == []
    assert limits(an_object(x=STRING | {"enum": long})) == [
        "15,311 characters in an enum of 251: the limit is 15,000"
    ]


@pytest.mark.parametrize("step", STEPS)
def test_what_is_absurdly_deep_is_refused_and_not_a_crash(step):
    assert limits(nested(3_000, STEPS[step])) == ["3,000 levels of nesting: the limit is 10"]


def test_values_that_are_absurdly_deep():
    deep = []
    for _ in range(3_000):
        deep = [deep]
    assert why_not_strict(an_object(x={"enum": [deep]}, y=deep, z={"format": deep}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "properties",
                    "required",
                    "items",
                    "anyOf",
                    "enum",
                    "const",
                    "$ref",
                    "$defs",
                    "format",
                ]
            )
            | st.text(max_size=2),
            inner | st.sampled_from(["object", "string", "array", "#", "#/$defs/a", False]),
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(JSON)
@settings(max_examples=150)
def test_any_json_is_judged(schema):
    for path, reason in why_not_strict(schema):
        assert path.startswith("#")
        assert reason
