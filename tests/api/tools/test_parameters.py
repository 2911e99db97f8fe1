"""Parameters of tools: defaults, descriptions, types of many elements, functions of every kind."""

import dataclasses
import datetime
import decimal
import enum
import itertools
import json
import math
from typing import Annotated, Literal

import jsonschema
import numpy as np
import pydantic
import pytest
from pydantic import Field

from samplers.api import ToolError, tool


class Unit(enum.Enum):
    CELSIUS = "C"


@dataclasses.dataclass
class Span:
    first: datetime.date
    days: int = 1


class Place(pydantic.BaseModel):
    city: str = Field(alias="town")


def one_parameter(annotation, default):
    """A tool of a function with a single parameter `x`, which returns x itself in a list."""

    def function(x: annotation = default) -> list:
        seen.append(x)

    seen = []
    return tool(function), seen


DAY = datetime.date(2026, 7, 1)


@pytest.mark.parametrize(
    ("annotation", "default", "real", "shown"),
    [
        # pydantic's Field
        (int, Field(3), 3, "3"),
        (int, Field(default=3, ge=1), 3, "3"),
        (list[int], Field(default_factory=list), [], "[]"),
        (list[int], Field(default_factory=lambda: [1]), [1], "the default"),
        (list[int], Field(default_factory=lambda others: [len(others)]), [0], "the default"),
        (Annotated[int, Field(ge=1)], 3, 3, "3"),
        (Annotated[int, Field(le=9)], Field(3, ge=1), 3, "3"),
        # values that are not JSON's own
        (Unit, Unit.CELSIUS, Unit.CELSIUS, '"C"'),
        (Unit, Field(Unit.CELSIUS), Unit.CELSIUS, '"C"'),
        (Literal[Unit.CELSIUS, "K"], Unit.CELSIUS, Unit.CELSIUS, '"C"'),
        (Span, Span(DAY), Span(DAY), '{"first": "2026-07-01", "days": 1}'),
        (Place, Place(town="東京"), Place(town="東京"), '{"town": "東京"}'),
        (datetime.date, DAY, DAY, '"2026-07-01"'),
        (datetime.timedelta, datetime.timedelta(1), datetime.timedelta(1), '"P1D"'),
        (decimal.Decimal, decimal.Decimal("1.10"), decimal.Decimal("1.10"), '"1.10"'),
        (list[int], (1, 2), (1, 2), "[1, 2]"),
        (list[int], frozenset([1]), frozenset([1]), "[1]"),
        (str, b"text", b"text", '"text"'),
        (int, np.int64(3), np.int64(3), "3"),
        (float, np.float32(0.5), np.float32(0.5), "0.5"),
        (bool, np.True_, np.True_, "true"),
        (int | None, None, None, "null"),
        (int, None, None, "null"),
        # values that no JSON of the type says
        (float, math.inf, math.inf, "the default"),
        (float | None, math.inf, math.inf, "the default"),
        (list[float], [math.inf], [math.inf], "the default"),
        (int, "auto", "auto", "the default"),
        (int, "3", "3", "the default"),
        (int, itertools, itertools, "the default"),
        (Annotated[int, Field(ge=5)], 3, 3, "the default"),
    ],
)
def test_null_is_the_real_default_and_the_schema_shows_it_as_json(annotation, default, real, shown):
    one, seen = one_parameter(annotation, default)
    for arguments in ("{}", '{"x": null}'):
        one.run(arguments)
    one()
    assert [type(x) for x in seen] == [type(real)] * 3
    assert seen == [real] * 3

    schema = one.parameters["properties"]["x"]
    assert schema["description"] == f"(null: {shown})"
    assert one.parameters["required"] == ["x"]
    if shown not in ("the default", "null"):
        jsonschema.validate({"x": json.loads(shown)}, one.parameters)
        one.run(f'{{"x": {shown}}}')


def test_a_factory_makes_a_new_default_for_each_call():
    one, seen = one_parameter(list[int], Field(default_factory=list))
    one.run("{}")
    seen[0].append(1)
    one.run("{}")
    assert seen == [[1], []]


def test_a_default_of_an_annotated_field_reaches_the_function():
    @tool
    def add(a: int, b: Annotated[int, Field(default=2, ge=2)], *, c: int = 3) -> int:
        return a + b + c

    assert add.run('{"a": 1}') == "6"
    assert add.run('{"a": 1, "b": 5, "c": null}') == "9"
    assert add(1) == 6
    assert add(1, 5, c=0) == 6
    assert add(a=1, b=7) == 11
    assert add.parameters["properties"]["b"]["description"] == "(null: 2)"
    assert add.parameters["properties"]["b"]["anyOf"][0] == {"minimum": 2, "type": "integer"}
    assert "description" not in add.parameters["properties"]["a"]


def test_a_field_without_default_is_required():
    @tool
    def add(
        a: int = Field(ge=1), b: int = Field(default_factory=lambda others: others["a"])
    ) -> int:
        return a + b

    assert add.run('{"a": 2}') == "4"
    assert add(2, 5) == 7
    with pytest.raises(ToolError, match="bad arguments for add: a: Field required"):
        add.run('{"b": 2}')
    with pytest.raises(ToolError, match="a: Input should be greater than or equal to 1"):
        add.run('{"a": 0}')
    with pytest.raises(TypeError, match=r"add\(\) lacks the argument 'a'"):
        add()
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        add(1, d=4)


class Doc:
    """PEP 727's."""

    def __init__(self, documentation):
        self.documentation = documentation


def test_descriptions_stand_in_the_docstring_or_in_the_annotation():
    @tool
    def describe(
        a: Annotated[int, Field(description="A")],
        b: Annotated[int, "B"],
        c: Annotated[int, Doc("C")],
        d: Annotated[int, Field(description="D")] = 1,
        e: int = Field(2, description="E", json_schema_extra={"enum": [2, 3]}),
        f: Annotated[int, Field(description="F")] = 3,
        g: Annotated[int, Field(ge=1)] = 4,
    ) -> None:
        """Describes.

        f: the docstring's
        """

    properties = describe.parameters["properties"]
    assert [properties[name]["description"] for name in properties] == [
        *("A", "B", "C", "D (null: 1)", "E (null: 2)"),
        *("the docstring's (null: 3)", "(null: 4)"),
    ]
    assert properties["e"]["enum"] == [2, 3]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ('{"x": 1e999}', "1e999 is too large for a number"),
        ('{"x": -1E400}', "-1E400 is too large for a number"),
        ('{"x": NaN}', "NaN is not JSON: a number must be finite"),
        ('{"x": -Infinity}', "-Infinity is not JSON: a number must be finite"),
        ('{"x": 1, "x": 2}', "the key 'x' stands more than once in one object"),
        ('{"s": {"first": "2026-07-01", "days": 1e999}}', "1e999 is too large"),
        ('{"s": {"days": 1, "days": 1}, "x": NaN}', "the key 'days' stands .*; NaN is not JSON"),
        ('{"x": ' + "1" * 400 + "}", "x: Input should be a finite number"),
    ],
)
def test_a_number_must_be_finite_and_a_key_stand_once(arguments, says):
    @tool
    def half(x: float = 1, s: Span | None = None) -> float:
        return x / 2

    assert half.run('{"x": 1e308}') == "5e+307"
    with pytest.raises(ToolError, match=f"^bad arguments for half: {says}"):
        half.run(arguments)


def test_a_whole_number_of_any_length_is_exact():
    @tool
    def add_one(x: int) -> int:
        return x + 1

    assert add_one.run(f'{{"x": {10**400}}}') == str(10**400 + 1)
