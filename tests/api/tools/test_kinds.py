"""Functions and types of every kind: what makes a tool, and what does not."""

import enum
import functools
import math
import types
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

import pydantic
import pytest
from pydantic import Field
from typing_extensions import TypedDict

from samplers.api import ToolError, tool


class Unit(enum.Enum):
    CELSIUS = "C"


class Cat(pydantic.BaseModel):
    kind: Literal["cat"]


class Dog(pydantic.BaseModel):
    kind: Literal["dog"]


class Account:
    def read(self, id: int, cls: int = 2, json: int = 3) -> int:
        """Reads it.

        id: which one
        """
        return id + cls + json

    @classmethod
    def of(cls, self: int) -> int:
        return self

    @staticmethod
    def half(id: float) -> float:
        return id / 2


class Shape(TypedDict):
    side: int


def test_methods_and_decorated_functions_are_functions():
    read = tool(Account().read)
    assert read.description == "Reads it."
    assert list(read.parameters["properties"]) == ["id", "cls", "json"]
    assert read.run('{"id": 1}') == "6"
    assert tool(Account.of).run('{"self": 4}') == "4"
    assert tool(Account.half).run('{"id": 3}') == "1.5"

    @functools.wraps(Account.half)
    def twice(*args, **kwargs):
        return 2 * Account.half(*args, **kwargs)

    assert tool(twice).run('{"id": 3}') == "3.0"


OTHER = Field(Dog(kind="dog"), discriminator="kind")


def test_types_of_every_kind():
    @tool
    def take(
        shape: Shape,
        either: int | str,
        pet: Annotated[Cat | Dog, Field(discriminator="kind")],
        other: Cat | Dog = OTHER,
    ) -> str:
        return f"{shape} {either} {pet} {other}"

    text = take.run('{"shape": {"side": 1}, "either": "a", "pet": {"kind": "cat"}}')
    assert text == "{'side': 1} a kind='cat' kind='dog'"
    with pytest.raises(ToolError, match="found using 'kind' does not match"):
        take.run('{"shape": {"side": 1}, "either": 1, "pet": {"kind": "cow"}}')
    with pytest.raises(ToolError, match="other: Input tag 'cow' found using 'kind'"):
        take.run(
            '{"shape": {"side": 1}, "either": 1, "pet": {"kind": "cat"}, "other": {"kind": "cow"}}'
        )


class Size(enum.Enum):
    ONE = 1
    TRUE = True


class Text(enum.StrEnum):
    A = "a"


def test_a_literal_of_an_enum_takes_the_members_values():
    @tool
    def show(
        x: list[Literal[Unit.CELSIUS, "K"]], y: Literal[Size.ONE] = Size.ONE, z: Text = Text.A
    ) -> str:
        return f"{x} {y} {z!r}"

    assert show.run('{"x": ["C", "K"], "y": 1, "z": "a"}') == (
        "[<Unit.CELSIUS: 'C'>, 'K'] Size.ONE <Text.A: 'a'>"
    )
    for wrong in ('{"x": ["F"]}', '{"x": [["C"]]}', '{"x": ["CELSIUS"]}', '{"x": [], "y": true}'):
        with pytest.raises(ToolError, match=r"bad arguments for show: [xy].*: Input should be"):
            show.run(wrong)


class Infinite(enum.Enum):
    MOST = math.inf


def bare(x: Iterable): ...
def bare_too(x: int, y: Iterator | None): ...
async def later(x: int):
    yield x


def wrong_pattern(x: Annotated[str, Field(pattern="(")]): ...
def wrong_bound(x: int, y: Annotated[float, Field(ge=math.nan)]): ...
def wrong_value(x: Infinite): ...
def no_json(x: int, y: types.FunctionType): ...


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (max, "max must have a signature that Python can read: "),
        (print, r"print: \*args cannot be passed by name"),
        (math.sqrt, "sqrt: x cannot be passed by name"),
        (Account.read, "read: self must have a type"),
        (functools.partial(Account.half, 1), r"function must be a plain function .*partial"),
        (Account(), "function must be a plain function .*Account object"),
        (later, "later must be a plain function: an async one"),
        (bare, "bare has no strict schema: #/properties/x/items: schema must have a 'type' key"),
        (bare_too, "bare_too has no strict schema: #/properties/y/anyOf/0/items: schema must have"),
        (wrong_pattern, "that JSON can pass: x: Error building .* regex parse error"),
        (wrong_bound, "wrong_bound has no strict schema: JSON has no infinity and no NaN"),
        (wrong_value, "wrong_value has no strict schema: JSON has no infinity and no NaN"),
        (no_json, "no_json must have parameters that JSON can pass: y: (?!.*https).*$"),
    ],
)
def test_functions_and_types_that_make_no_tool(function, says):
    with pytest.raises(ValueError, match=f"^{says}" if "that JSON" not in says else says):
        tool(function)
