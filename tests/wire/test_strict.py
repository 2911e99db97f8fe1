"""Why a schema is not strict: one reason a rule, each with its path; and the limits."""

import copy

import jsonschema
import pytest
from example_schemas import MUST_CLOSE, RULES, STEPS, STRICT, STRING, an_object, nested
from hypothesis import given, settings
from hypothesis import strategies as st

from samplers.api import Reason, why_not_strict
from samplers.wire.strict import strict_faults


@pytest.mark.parametrize("name", STRICT)
def test_strict_schemas(name):
    jsonschema.Draft202012Validator.check_schema(STRICT[name])
    assert why_not_strict(STRICT[name]) == []


@pytest.mark.parametrize(("schema", "path", "reason"), RULES)
def test_each_rule(schema, path, reason):
    before = copy.deepcopy(schema)
    reasons = why_not_strict(schema)
    assert [r for r in reasons if r.path == path and r.reason.endswith(reason)], reasons
    assert schema == before


def test_all_reasons_are_given_in_the_schemas_order():
    document = an_object(
        query=STRING,
        filters={"type": "object", "properties": {"day": STRING}},
        n=STRING | {"default": 5},
    )
    required = "'required' is required to be supplied and to be an array including every key in "
    required += "properties."
    assert why_not_strict(document | {"required": ["query"]}) == [
        Reason("#", f"{required} Missing 'filters'."),
        Reason("#", f"{required} Missing 'n'."),
        Reason("#/properties/filters", MUST_CLOSE),
        Reason("#/properties/filters", f"{required} Missing 'day'."),
        Reason("#/properties/n", "'default' is not permitted."),
    ]


def test_a_property_may_have_any_name():
    keywords = ["default", "required", "properties", "$ref", "anyOf", "items", "type", "enum"]
    names = [*keywords, "additionalProperties", "a/b", "", "好"]
    assert why_not_strict(an_object(**dict.fromkeys(names, STRING))) == []


def test_a_property_may_be_called_additional_properties_and_is_still_a_schema():
    reasons = why_not_strict(an_object(additionalProperties=False))
    assert reasons == [Reason("#/properties/additionalProperties", "schema must be an object.")]


def limits(schema) -> list[str]:
    """The reasons, all of which must be about the schema as a whole."""
    reasons = why_not_strict(schema)
    assert {r.path for r in reasons} <= {"#"}
    return [r.reason for r in reasons]


TOO_DEEP = "11 levels of nesting exceeds limit of 10."


@pytest.mark.parametrize("step", STEPS)
def test_levels(step):
    assert limits(nested(10, STEPS[step])) == []
    assert limits(nested(11, STEPS[step])) == [TOO_DEEP]


def test_references_are_not_followed():
    chain = {f"d{i}": an_object(x={"$ref": f"#/$defs/d{i + 1}"}) for i in range(20)}
    chain["d20"] = an_object()
    assert limits(an_object(x={"$ref": "#/$defs/d0"}) | {"$defs": chain}) == []

    deep = {"d": nested(9, STEPS["items"])}  # its root is at level 1
    assert limits(an_object() | {"$defs": deep}) == []
    too_deep = {"d": nested(10, STEPS["items"])}
    assert limits(an_object() | {"$defs": too_deep}) == [TOO_DEEP]


def test_counts():
    names = {f"p{i:04}": STRING for i in range(5_001)}
    assert limits(an_object(**dict(list(names.items())[:-1]))) == []
    assert limits(an_object(**names)) == ["5001 parameters exceeds limit of 5000."]

    values = [f"{i:03}" for i in range(501)]
    half = STRING | {"enum": values[:-1]}
    more = STRING | {"enum": values}
    assert limits(an_object(a=half, b=half)) == []
    assert limits(an_object(a=more, b=half)) == ["1001 enum values exceeds limit of 1000."]

    assert limits(an_object(x=STRING | {"const": "c" * 119_999})) == []
    assert limits(an_object(x=STRING | {"const": "c" * 120_000})) == [
        "120001 characters in names, enum and const values exceeds limit of 120000."
    ]


def test_one_large_enum():
    # 61 characters each: the first 250 have 15,250
    values = ["v" * 57 + f"{i:04}" for i in range(251)]
    assert why_not_strict(an_object(x=STRING | {"enum": values[:250]})) == []
    text = "an enum of 251 values has 15311 characters, which exceeds limit of 15000."
    assert why_not_strict(an_object(x=STRING | {"enum": values})) == [
        Reason("#/properties/x", text)
    ]


def test_a_large_enum_may_have_as_many_characters_as_the_limit():
    values = [f"{i:060}" for i in range(191)] + [f"{i:059}" for i in range(60)]
    assert (len(values), sum(map(len, values))) == (251, 15_000)
    assert why_not_strict(an_object(x=STRING | {"enum": values})) == []
    assert why_not_strict(an_object(x=STRING | {"enum": [*values[1:], "v" * 61]})) != []


def test_a_value_of_another_type_is_named_as_it_is():
    part = {"type": "integer", "enum": ["it's", None, 1]}
    against = "does not validate against {'type': 'integer'}."
    assert [fault.message for fault in strict_faults(an_object(x=part))] == [
        f"In context=('properties', 'x'), enum value it's {against}",
        f"In context=('properties', 'x'), enum value None {against}",
    ]


def test_a_fault_of_the_whole_schema_has_no_context():
    (fault,) = strict_faults(nested(11, STEPS["items"]))
    assert fault.context is None
    assert fault.message == TOO_DEEP


@pytest.mark.parametrize("step", STEPS)
def test_what_is_absurdly_deep_is_refused_and_not_a_crash(step):
    assert limits(nested(3_000, STEPS[step])) == ["3000 levels of nesting exceeds limit of 10."]


def test_values_that_are_absurdly_deep():
    deep = []
    for _ in range(3_000):
        deep = [deep]
    assert why_not_strict(
        an_object(x={"enum": [deep]}, y=deep, z={"format": deep}, r={"$ref": deep})
    )


KEYWORDS = [
    *("type", "properties", "required", "items", "anyOf"),
    *("enum", "const", "$ref", "$defs", "format"),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYWORDS) | st.text(max_size=2),
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
