"""Structured Outputs: models as strict schemas, and answers as typed results."""

import dataclasses
import datetime
import decimal
import enum
import json
import pathlib
from typing import Annotated, Any, Literal, Optional

import jsonschema
import pydantic
import pytest
from fake_endpoint import completion, delta, event, fake, sse
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from samplers.api import (
    Invalid,
    Parsed,
    Refusal,
    Truncated,
    accumulate,
    partial_json,
    read_answer,
    response_format,
    strict_schema,
    why_not_strict,
)


class Kind(enum.Enum):
    CITY = "city"
    TOWN = "town"


class Point(pydantic.BaseModel):
    """Where."""

    east: float = Field(description="degrees", ge=-180)
    north: float = 0.0


class Place(pydantic.BaseModel):
    name: str
    kind: Kind = Field(Kind.CITY, description="what it is", examples=["town"])
    point: Point = Field(description="its middle")
    other: Point | None = None
    tags: list[Literal["old", "new"]] = Field(default_factory=list, min_length=1)
    founded: datetime.date
    title: str = Field("a property may be called title", title="And have one")
    default: int = 5


PLACE = {
    "name": "東京",
    "kind": "town",
    "point": {"east": 139.7, "north": 35.7},
    "other": None,
    "tags": ["old"],
    "founded": "1457-01-01",
    "title": "t",
    "default": 1,
}


class Node(pydantic.BaseModel):
    value: int
    children: list["Node"] = Field(description="below it")
    next: Optional["Node"] = None


class Cat(pydantic.BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(pydantic.BaseModel):
    kind: Literal["dog"]


class Owner(pydantic.BaseModel):
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]


class Point2(pydantic.BaseModel):
    east: float
    north: float | None


@dataclasses.dataclass
class Pair:
    first: int
    second: Point | None = None


class Odd(pydantic.BaseModel):
    number: int

    @pydantic.field_validator("number")
    @classmethod
    def is_odd(cls, number):
        if number % 2 == 0:
            raise ValueError("an even number")
        return number


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
    return {key: untitled(child) for key, child in node.items() if key != "title" or not isinstance(child, str)}


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
    assert properties["kind"] == {"type": "string", "enum": ["city", "town"], "description": "what it is"}
    assert properties["title"] == properties["name"] == {"type": "string"}
    assert "$defs" in strict_schema(Place)  # `other` still refers to Point
    assert "Kind" not in strict_schema(Place)["$defs"]


def test_the_strict_schema_takes_what_the_model_takes():
    jsonschema.validate(PLACE, strict_schema(Place))
    assert isinstance(read_answer(answered(json.dumps(PLACE)), Place), Parsed)
    for change in ({"kind": "x"}, {"point": {"east": 1}}, {"tags": []}, {"extra": 1}, {"name": None}):
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


def test_what_strict_cannot_say_is_told_with_every_path():
    with pytest.raises(ValueError, match=r"^Unbound has no strict schema: ") as caught:
        strict_schema(Unbound)
    for path, reason in {
        "table": "additionalProperties must be there and be false",
        "both": "prefixItems is not supported here",
        "names": "uniqueItems is not supported here",
        "short": "maxLength is not supported here",
        "anything": "it has no type",
        "where": "format 'path' is not supported",
        "many/items": "additionalProperties must be there and be false",
    }.items():
        assert f"#/properties/{path}: {reason}" in str(caught.value)


@pytest.mark.parametrize("model", [5, "x", None, object, str, list[Point], Point | None, dict, type(pytest), st])
def test_what_is_no_model(model):
    with pytest.raises(ValueError, match=r"has no strict schema|must be a pydantic model or a dataclass"):
        strict_schema(model)


def test_response_format_is_named_as_openai_allows():
    asked = response_format(Point)
    assert asked["type"] == "json_schema"
    assert asked["json_schema"] == {"name": "Point", "strict": True, "schema": strict_schema(Point)}
    generic = pydantic.create_model("Boîte[" + "x" * 80, x=(int, ...))
    assert response_format(generic)["json_schema"]["name"] == "Bo_te_" + "x" * 58


def answered(text=None, finish_reason="stop", refusal=None):
    message = {"role": "assistant", "content": text, "refusal": refusal}
    return fake(completion(message=message, finish_reason=finish_reason)).chat("x")


def test_parse_asks_and_reads():
    bodies = []

    def answer(request):
        bodies.append(json.loads(request.content))
        return completion('{"east": 2.5, "north": 48}')

    client = fake(answer)
    match client.parse("Paris", Point, temperature=0):
        case Parsed(point):
            assert point == Point(east=2.5, north=48.0)
    assert bodies[0]["response_format"] == response_format(Point)
    assert bodies[0]["temperature"] == 0
    with pytest.raises(ValueError, match="no strict schema"):
        client.parse("x", Unbound)
    assert len(bodies) == 1


@pytest.mark.parametrize(
    ("model", "text", "value"),
    [
        (Pair, '{"first": 1, "second": {"east": 1, "north": 2}}', Pair(1, Point(east=1, north=2))),
        (Owner, '{"pet": {"kind": "dog"}}', Owner(pet=Dog(kind="dog"))),
        (Node, '{"value": 1, "children": [], "next": null}', Node(value=1, children=[])),
        (Place, json.dumps(PLACE), Place.model_validate(PLACE)),
        (pydantic.create_model("D", x=(decimal.Decimal, ...)), '{"x": "1.10"}', None),
    ],
)
def test_parsed(model, text, value):
    match read_answer(answered(text), model):
        case Parsed(got):
            assert isinstance(got, model)
            assert value is None or got == value
        case other:
            pytest.fail(f"{other}")


@pytest.mark.parametrize(("refusal", "text"), [("I can't help with that.", None), ("No.", '{"east": 1, "north": 2}')])
def test_refused(refusal, text):
    match read_answer(answered(text, refusal=refusal), Point):
        case Refusal(said):
            assert said == refusal
        case other:
            pytest.fail(f"{other}")


def test_a_filters_cut_is_a_refusal():
    assert read_answer(answered('{"ea', "content_filter"), Point).text == '{"ea'


def test_truncated_has_what_is_known():
    match read_answer(answered('{"name": "東', "length"), Place):
        case Truncated(text, partial):
            assert (text, partial) == ('{"name": "東', {"name": "東"})
        case other:
            pytest.fail(f"{other}")
    assert read_answer(answered("", "length"), Place).partial is None


def test_a_stream_is_read_at_every_moment():
    text = '{"east": 2.5, "north": 48}'
    stream = sse(*(event(delta(c)) for c in text), event(delta("", finish_reason="stop")), event("[DONE]"))
    known = []
    for _ in (s := accumulate(fake(stream).stream("x", response_format=response_format(Point)))):
        result = read_answer(s.completion, Point)
        known.append(result.partial if isinstance(result, Truncated) else result.value)
    assert known[0] == {}
    assert {"east": 2} in known  # a number may still grow
    assert known[-1] == Point(east=2.5, north=48)


@pytest.mark.parametrize(
    ("model", "text", "reason"),
    [
        (Point, "Paris is at 2.35 east.", "the whole: Invalid JSON"),
        (Point, "", "the whole: Invalid JSON"),
        (Point, None, "the whole: Invalid JSON"),
        (Point, '```json\n{"east": 1}\n```', "the whole: Invalid JSON"),
        (Point, "[]", "the whole: "),
        (Point, '{"east": "1", "north": 2}', "east: Input should be a valid number"),
        (Point, "{}", "east: Field required"),
        (Point, "[" * 100_000, "the whole: Invalid JSON"),
        (Odd, '{"number": 2}', "number: Value error, an even number"),
        (Place, "{}", "founded: Field required"),
    ],
)
def test_invalid_says_where_and_why(model, text, reason):
    match read_answer(answered(text), model):
        case Invalid(got, why):
            assert got == (text or "")
            assert reason in why
            assert "pydantic" not in why
        case other:
            pytest.fail(f"{other}")


def test_results_keep_the_completion_and_print_without_it():
    result = read_answer(answered('{"east": 1, "north": 2}'), Point)
    assert result.completion.usage.total_tokens == 15
    assert repr(result) == "Parsed(value=Point(east=1.0, north=2.0))"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, st.integers(0, 500))
def test_partial_json_of_every_beginning(value, length):
    text = json.dumps(value, ensure_ascii=False)
    assert partial_json(text) == value
    known = partial_json(text[:length])
    assert known is None or type(known) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        (" \n", None),
        ("nul", None),
        ("hello", None),
        ("{", {}),
        ('{"a', {}),
        ('{"a": "x\\', {"a": "x"}),
        ('{"a": "x\\u00', {"a": "x"}),
        ('{"a": tr', {}),
        ('{"a": [1, {"b": "c', {"a": [1, {"b": "c"}]}),
        ("\ud83d", None),
        ("[" * 1000, None),  # jiter goes 200 deep
    ],
)
def test_partial_json_by_hand(text, value):
    assert partial_json(text) == value
