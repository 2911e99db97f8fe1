"""Pydantic models and dataclasses as the strict schemas of Structured Outputs."""

import enum
import pathlib
from typing import Any, Literal

import jsonschema
import pydantic
import pytest
from example_models import PLACE, Cat, Dog, Node, Odd, Owner, Pair, Place, Point, Point2
from hypothesis import strategies as st
from pydantic import Field

from samplers.api import response_format, strict_schema, why_not_strict


@pytest.mark.parametrize("model", [Place, Node, Owner, Pair, Odd])
def test_models_become_strict_schemas(model):
    schema = strict_schema(model)
    assert why_not_strict(schema) == []
    jsonschema.Draft202012Validator.check_schema(schema)
    assert "default" not in schema
    assert schema["required"] == list(schema["properties"])


def test_a_schema_by_hand():
    assert strict_schema(Pair) == {
        "type": "object",
        "properties": {
            "first": {"type": "integer"},
            "second": {"anyOf": [{"$ref": "#/$defs/Point"}, {"type": "null"}]},
        },
        "required": ["first", "second"],
        "additionalProperties": False,
        "$defs": {
            "Point": {
                "type": "object",
                "description": "Where.",
                "properties": {
                    "east": {"type": "number", "description": "degrees", "minimum": -180},
                    "north": {"type": "number"},
                },
                "required": ["east", "north"],
                "additionalProperties": False,
            }
        },
    }


def untitled(node):
    """Without pydantic's titles, and without definitions that nothing refers to any more."""
    if isinstance(node, list):
        return [untitled(child) for child in node]
    if not isinstance(node, dict):
        return node
    return {
        key: untitled(child)
        for key, child in node.items()
        if key != "title" or not isinstance(child, str)
    }


class Trip(pydantic.BaseModel):
    """Somewhere."""

    start: Point2 = Field(description="from")
    stops: list[Point2]
    by: Literal["train", "boat"]


@pytest.mark.parametrize("model", [Node, Trip, Cat])
def test_openais_sdk_makes_the_same_of_a_model(model):
    theirs = pytest.importorskip("openai").pydantic_function_tool(model)["function"]["parameters"]
    assert untitled(theirs) == strict_schema(model)


def test_a_reference_with_a_description_is_written_out():
    properties = strict_schema(Place)["properties"]
    assert properties["point"]["description"] == "its middle"
    assert properties["point"]["required"] == ["east", "north"]
    assert properties["kind"] == {
        "type": "string",
        "enum": ["city", "town"],
        "description": "what it is",
    }
    assert properties["title"] == properties["name"] == {"type": "string"}
    assert "$defs" in strict_schema(Place)  # `other` still refers to Point
    assert "Kind" not in strict_schema(Place)["$defs"]


def test_the_strict_schema_takes_what_the_model_takes():
    jsonschema.validate(PLACE, strict_schema(Place))
    for change in (
        {"kind": "x"},
        {"point": {"east": 1}},
        {"tags": []},
        {"extra": 1},
        {"name": None},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(PLACE | change, strict_schema(Place))


class Unbound(pydantic.BaseModel):
    table: dict[str, int]
    both: tuple[int, str]
    names: set[str]
    short: str = Field(max_length=3)
    anything: Any
    where: pathlib.Path
    many: list[dict]


def test_what_strict_cannot_express_is_listed_with_every_path():
    with pytest.raises(ValueError, match=r"^Unbound has no strict schema: ") as caught:
        strict_schema(Unbound)
    for path, reason in {
        "table": "'additionalProperties' is required to be supplied and to be false.",
        "both": "'prefixItems' is not permitted.",
        "names": "'uniqueItems' is not permitted.",
        "short": "'maxLength' is not permitted.",
        "anything": "schema must have a 'type' key.",
        "where": "'path' is not a supported format.",
        "many/items": "'additionalProperties' is required to be supplied and to be false.",
    }.items():
        assert f" #/properties/{path}: {reason}" in str(caught.value)


@pytest.mark.parametrize(
    "model", [5, "x", None, object, str, list[Point], Point | None, dict, type(pytest), st]
)
def test_what_is_no_model(model):
    with pytest.raises(
        ValueError, match=r"has no strict schema|must be a pydantic model or a dataclass"
    ):
        strict_schema(model)


def test_what_pydantic_does_not_know_is_one_line():
    says = (
        r"^model must be a pydantic model or a dataclass, got <class 'module'> \(Unable [^\n]+\)$"
    )
    with pytest.raises(ValueError, match=says) as caught:
        strict_schema(type(pytest))
    assert "https" not in str(caught.value)


class Mixed(pydantic.BaseModel):
    size: Literal["S", 1, 2, None, True]
    sizes: list[Literal["S", 1]]
    other: Literal["S", 1] | float
    old: int = Field(deprecated=True)
    fixed: Any = Field(json_schema_extra={"const": "a"})


def test_values_of_several_types_get_them_wherever_they_stand():
    two = {"type": ["string", "integer"], "enum": ["S", 1]}
    assert strict_schema(Mixed)["properties"] == {
        "size": {"type": ["string", "integer", "null", "boolean"], "enum": ["S", 1, 2, None, True]},
        "sizes": {"type": "array", "items": two},
        "other": {"anyOf": [two, {"type": "number"}]},
        "old": {"type": "integer"},
        "fixed": {"type": ["string"], "const": "a"},
    }


class Sizes(enum.Enum):
    SMALL = "S"
    HALF = 0.5


class Pairs(enum.Enum):
    SMALL = "S"
    BOTH = (1, 2)


def test_values_of_an_enum_are_scalars():
    assert strict_schema(pydantic.create_model("M", x=Sizes))["$defs"]["Sizes"] == {
        "type": ["string", "number"],
        "enum": ["S", 0.5],
    }
    assert "$defs" not in strict_schema(
        pydantic.create_model("M", x=(Sizes, Field(description="d")))
    )
    with pytest.raises(ValueError, match=r"#/\$defs/Pairs: enum value \[1, 2\] does not validate"):
        strict_schema(pydantic.create_model("M", x=Pairs))


class Both(pydantic.BaseModel):
    pet: Cat | Dog = Field(discriminator="kind", json_schema_extra={"anyOf": [{"type": "null"}]})


def test_an_any_of_is_not_lost_beside_a_one_of():
    with pytest.raises(ValueError, match=r"#/properties/pet: 'oneOf' is not permitted\."):
        strict_schema(Both)


class AnyItems(pydantic.BaseModel):
    items: list[int] = Field(json_schema_extra={"items": True})


def test_a_schema_that_is_true_is_not_strict():
    with pytest.raises(ValueError, match=r"#/properties/items/items: schema must be an object\."):
        strict_schema(AnyItems)


def test_response_format_is_named_as_openai_allows():
    asked = response_format(Point)
    assert asked["type"] == "json_schema"
    assert asked["json_schema"] == {"name": "Point", "strict": True, "schema": strict_schema(Point)}
    generic = pydantic.create_model("Boîte[" + "x" * 80, x=(int, ...))
    assert response_format(generic)["json_schema"]["name"] == "Bo_te_" + "x" * 58
