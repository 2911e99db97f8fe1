"""Answers whose JSON leaves open what it means, and elements that pydantic would check too late."""

import dataclasses
import enum
import json
import math
import re
from collections.abc import Generator, Iterable
from typing import Annotated

import pydantic
import pytest
from example_models import Point
from fake_endpoint import completion, fake
from pydantic import Field

from samplers.api import Invalid, Parsed, partial_json, read_answer, strict_schema
from samplers.api.structured.json_text import check_json


def answer_of(text: str, model: type):
    message = {"role": "assistant", "content": text}
    return read_answer(fake(completion(message=message, finish_reason="stop")).chat("x"), model)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"east": 1e999, "north": 2}', "1e999 is too large for a number"),
        (
            '{"east": NaN, "north": -Infinity}',
            "NaN is not JSON: a number must be finite; -Infinity is not JSON: ",
        ),
        (
            '{"east": 1, "east": 2, "north": 2}',
            "the key 'east' stands more than once in one object",
        ),
    ],
)
def test_an_answer_that_leaves_open_what_it_means_is_invalid(text, reason):
    match answer_of(text, Point):
        case Invalid(got_text, got_reason):
            assert got_text == text
            assert re.match(reason, got_reason)
        case other:
            pytest.fail(f"{other}")


def test_at_most_five_faults_are_listed():
    with pytest.raises(ValueError, match="NaN is not JSON") as caught:
        check_json("[" + ", ".join(["NaN"] * 9) + "]")
    assert str(caught.value).count("NaN") == 5


KEY = "k" * 999


@pytest.mark.parametrize("text", ["1e" + "9" * 999, f'{{"{KEY}": 1, "{KEY}": 2}}'])
def test_a_long_number_or_key_is_cut(text):
    with pytest.raises(ValueError, match=r"too large|more than once") as caught:
        check_json(text)
    assert 50 < len(str(caught.value)) < 150


@pytest.mark.parametrize(
    "text", ["", "{", "x", "[NaN", "[" * 100_000, "5" * 5_000, "[1e308, -1e-999]"]
)
def test_what_is_no_json_is_left_to_pydantic(text):
    check_json(text)


def test_json_that_streams_has_no_nan():
    assert partial_json('{"x": NaN, "y": 1') is None
    assert partial_json('{"x": 5, "y": N') is None


class Shelf(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True)
    sizes: Iterable[int]


@dataclasses.dataclass(frozen=True, slots=True)
class Box:
    weights: Generator[float, None, None]


class Room(pydantic.BaseModel):
    shelves: Iterable[Shelf]
    box: Box
    lists: list[Iterable[int]]


ROOM = {"shelves": [{"sizes": [1, 2]}], "box": {"weights": [0.5]}, "lists": [[1], [2]]}


def test_iterables_become_lists():
    match answer_of(json.dumps(ROOM), Room):
        case Parsed(room):
            assert room.shelves == [Shelf.model_construct(sizes=[1, 2])]
            assert room.box.weights == [0.5]
            assert room.lists == [[1], [2]]
        case other:
            pytest.fail(f"{other}")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"shelves": [{"sizes": [1]}, {"sizes": [1, "x"]}]}, "shelves.1.sizes.1: "),
        ({"shelves": [{}]}, "shelves.0.sizes: "),
        ({"box": {"weights": ["x"]}}, "box.weights.0: "),
        ({"lists": [[1], [2, None]]}, "lists.1.1: "),
    ],
)
def test_an_element_that_does_not_fit_is_invalid(change, place):
    match answer_of(json.dumps(ROOM | change), Room):
        case Invalid(_, reason):
            assert reason.startswith(place)
        case other:
            pytest.fail(f"{other}")


class Parent(pydantic.BaseModel):
    name: str
    children: list["Parent"] = []
    parent: object = None

    @pydantic.model_validator(mode="after")
    def link(self):
        for child in self.children:
            child.parent = self
        return self


@dataclasses.dataclass
class Odd:
    size: int
    doubled: dataclasses.InitVar[int]
    kind: type = Box
    later: int = dataclasses.field(init=False)

    def __post_init__(self, doubled):
        self.size += doubled


class Odds(pydantic.BaseModel):
    odd: Odd
    odds: Iterable[Odd]


def test_fields_that_no_object_has_are_passed_over():
    odd = {"size": 1, "doubled": 2}
    match answer_of(json.dumps({"odd": odd, "odds": [odd]}), Odds):
        case Parsed(value):
            assert (value.odd.size, value.odds[0].size) == (3, 3)
        case other:
            pytest.fail(f"{other}")


def test_objects_in_a_circle_are_an_answer():
    match answer_of('{"name": "a", "children": [{"name": "b"}]}', Parent):
        case Parsed(parent):
            assert parent.children[0].parent is parent
        case other:
            pytest.fail(f"{other}")


class Infinite(enum.Enum):
    MOST = math.inf


class WithInfinity(pydantic.BaseModel):
    x: Infinite


class WithNan(pydantic.BaseModel):
    x: Annotated[float, Field(ge=math.nan)]


@pytest.mark.parametrize("model", [WithInfinity, WithNan])
def test_a_schema_holds_no_infinity(model):
    with pytest.raises(ValueError, match=r"has no strict schema: JSON has no infinity and no NaN"):
        strict_schema(model)
