"""Integers that float64 does not hold: grammars take those inside a schema and no others."""

import pytest
from example_schemas import an_object
from grammar_check import accepts

from samplers.local.engine.grammars.exact.large_integers import leading_to
from samplers.local.engine.grammars.exact.rules import NotExact
from samplers.local.engine.grammars.grammar import of_calls, of_schema

INTEGER = {"type": "integer"}
TEXT = {"type": "string"}
SIGNED = INTEGER | {"minimum": -(2**63), "maximum": 2**63 - 1}
UNSIGNED = INTEGER | {"minimum": 0, "maximum": 2**64 - 1}
NULL = {"type": "null"}


def taken(part: dict, *values, **more) -> list:
    """Those of the values that the property `a` may have."""
    grammar = of_schema(an_object(a=part) | more)
    return [document["a"] for document in accepts(grammar, *({"a": value} for value in values))]


@pytest.mark.parametrize(
    ("part", "inside", "outside"),
    [
        (SIGNED, [-(2**63), 2**63 - 1, 0, -1], [-(2**63) - 1, 2**63, 10**19, "1"]),
        (UNSIGNED, [0, 2**64 - 1, 2**63], [-1, 2**64, 10**20]),
        (INTEGER | {"minimum": 2**53 + 1}, [2**53 + 1, 10**40], [2**53, 0]),
        (INTEGER | {"maximum": -(2**53) - 1}, [-(2**53) - 1, -(10**40)], [-(2**53), 0]),
        (INTEGER | {"exclusiveMinimum": 2**53}, [2**53 + 1], [2**53]),
        (INTEGER | {"exclusiveMaximum": 2**60}, [2**60 - 1, -5], [2**60]),
        (INTEGER | {"minimum": 2**53, "maximum": 2**53}, [2**53], [2**53 - 1, 2**53 + 1]),
        (INTEGER | {"minimum": 1e30}, [10**31], [10**29, 1]),
        (INTEGER | {"minimum": 10**300 + 1}, [10**300 + 1, 10**305], [10**300, 1]),
        (INTEGER | {"maximum": int(1.7e308)}, [int(1.7e308), 0, -5], [int(1.7e308) + 1]),
        (INTEGER | {"const": 2**53 + 1}, [2**53 + 1], [2**53, 2**53 + 2]),
        (
            {"type": ["integer", "string"], "enum": [2**53 + 1, -(2**63) - 1, 5, "x"]},
            [2**53 + 1, -(2**63) - 1, 5, "x"],
            [2**53, -(2**63), 6, "y"],
        ),
        (
            {"enum": [2**60, 2**60 + 1, 2**60 + 2], "minimum": 2**60 + 1},
            [2**60 + 1, 2**60 + 2],
            [2**60],
        ),
        (
            {"type": ["integer", "null", "string"], "maximum": 2**63},
            [2**63, None, "y"],
            [2**63 + 1, True],
        ),
        ({"anyOf": [SIGNED, NULL], "title": "A"}, [2**63 - 1, None], [2**63, "x"]),
        (
            {"type": "array", "items": SIGNED, "minItems": 1, "maxItems": 2},
            [[1], [2**63 - 1, 2]],
            [[], [1, 2, 3], [2**63]],
        ),
        ({"type": "array", "items": SIGNED, "maxItems": 1}, [[], [1]], [[1, 2], [2**63]]),
        ({"type": "array", "items": SIGNED, "uniqueItems": False}, [[], [1, 1]], [[2**63]]),
        (
            {"type": "object", "additionalProperties": SIGNED},
            [{}, {"x": 2**63 - 1}, {"x": 1, "y": 2}],
            [{"x": 2**63}],
        ),
    ],
)
def test_the_integers_inside_are_taken_and_no_others(part, inside, outside):
    assert taken(part, *inside) == inside
    assert taken(part, *outside) == []


def test_the_properties_of_an_object_keep_their_order_and_may_be_left_out():
    schema = {
        "type": "object",
        "properties": {"x": TEXT, 'b"': SIGNED, "y": NULL, "z": SIGNED},
        "required": ["y"],
    }
    every = {"x": "", 'b"': 1, "y": None, "z": 2**63 - 1}
    inside = [
        {name: every[name] for name in every if name in names}
        for names in ("y", "xy", ("y", 'b"'), "yz", "xyz", ('b"', "y", "z"), every)
    ]
    grammar = of_schema(schema)
    assert accepts(grammar, *inside) == inside
    assert accepts(grammar, {}, {"x": ""}, {"y": None, "x": ""}, every | {"z": 2**63}) == []


def test_references_lead_to_the_same_places_as_before():
    node = an_object(
        v=SIGNED, next={"anyOf": [{"$ref": "#/$defs/node"}, NULL]}, t={"$ref": "#/$defs/flag"}
    )
    schema = an_object(a={"$ref": "#/$defs/node"}, root={"anyOf": [{"$ref": "#"}, NULL]})
    grammar = of_schema(schema | {"$defs": {"node": node, "flag": {"type": "boolean"}}})

    leaf = {"v": 2**63 - 1, "next": None, "t": True}
    document = {"a": leaf | {"next": leaf, "t": False}, "root": {"a": leaf, "root": None}}
    assert accepts(grammar, document) == [document]
    assert accepts(grammar, document | {"root": {"a": leaf | {"v": 2**63}, "root": None}}) == []
    assert accepts(grammar, document | {"a": leaf | {"t": 1}}) == []


def test_arguments_of_functions():
    grammar = of_calls({"f": an_object(a=SIGNED), "g": an_object(b=TEXT)}, 2)

    def calls(number: int) -> list[dict]:
        return [
            {"name": "f", "arguments": {"a": number}},
            {"name": "g", "arguments": {"b": "x"}},
        ]

    assert accepts(grammar, calls(2**63 - 1), calls(2**63)) == [calls(2**63 - 1)]


@pytest.mark.parametrize(
    ("part", "says"),
    [
        (SIGNED | {"multipleOf": 5}, "'minimum' -9223372036854775808"),
        ({"type": "number", "maximum": 2**53 + 1}, "'maximum' 9007199254740993"),
        ({"allOf": [SIGNED, {"minimum": 0}]}, "inside 'allOf'"),
        ({"type": "array", "items": SIGNED, "contains": NULL}, "beside 'contains'"),
        ({"const": [2**60 + 1]}, "'const' 1152921504606846977"),
        (INTEGER | {"minimum": 2**60, "maximum": 5}, "no integer is in"),
        (INTEGER | {"const": 2**60, "maximum": 5}, "'const'"),
    ],
)
def test_what_cannot_be_exact_is_said_with_its_place(part, says):
    with pytest.raises(NotExact, match=says) as caught:
        of_schema(an_object(a=part))
    assert caught.value.context == ("properties", "a")


def test_references_beside_a_large_integer_share_a_rule():
    names = [f"p{i}" for i in range(1000)]
    schema = an_object(x=SIGNED, **{name: {"$ref": "#/$defs/t"} for name in names})
    schema |= {"$defs": {"t": TEXT}}
    grammar = of_schema(schema)
    assert grammar.count("%json") == 1
    document = {"x": 2**63 - 1} | dict.fromkeys(names, "y")
    assert accepts(grammar, document, document | {"p7": 1}) == [document]


def test_a_grammar_that_repeats_a_large_schema_is_not_made():
    # each alternative has a reference, and so brings all others along
    parts = {f"p{i}": {"anyOf": [{"$ref": "#/$defs/t"}, NULL]} for i in range(500)}
    with pytest.raises(NotExact, match=r"'minimum' -9223372036854775808 .* in so large a schema"):
        of_schema(an_object(x=SIGNED, **parts) | {"$defs": {"t": TEXT}})


def test_long_chains_of_definitions_take_no_time():
    chain = {f"t{i}": {"$ref": f"#/$defs/t{i - 1}"} for i in range(1, 20_000)}
    schema = an_object(a={"$ref": "#/$defs/t19999"}) | {"$defs": {"t0": SIGNED} | chain}
    assert len(leading_to(schema)) == 20_002


def test_other_schemas_are_left_to_llguidance():
    schema = an_object(a=INTEGER | {"minimum": -(2**53) + 1, "maximum": 2**53 - 1}, b=TEXT)
    assert of_schema(schema).count("\n") == 2
