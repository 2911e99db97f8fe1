"""Parameters of tools: defaults, descriptions, types of many elements, functions of every kind."""

import dataclasses
import datetime
import decimal
import enum
import functools
import itertools
import json
import math
import types
from collections.abc import Collection, Generator, Iterable, Iterator, Reversible, Sequence
from typing import Annotated, Literal, Union

import jsonschema
import numpy as np
import pydantic
import pytest
from pydantic import Field
from typing_extensions import TypedDict

from samplers.api import ToolError, tool


class Unit(enum.Enum):
    CELSIUS = "C"


@dataclasses.dataclass
class Span:
    first: datetime.date
    days: int = 1


class Place(pydantic.BaseModel):
    city: str = Field(alias="town")


class Cat(pydantic.BaseModel):
    kind: Literal["cat"]


class Dog(pydantic.BaseModel):
    kind: Literal["dog"]


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
    "annotation",
    [
        *(Iterable[int], Sequence[int], Collection[int], Reversible[int], list[int], Iterator[int]),
        *(Generator[int, None, None], Annotated[Iterable[int], "some"]),
        *(Union[Iterable[int], None], Iterable[int] | None),  # noqa: UP007 - two spellings
    ],
)
def test_each_element_is_checked_before_the_function_runs(annotation):
    @tool
    def total(x: annotation) -> int:
        seen.append(x)
        return sum(x)

    seen = []
    assert total.parameters["properties"]["x"] in (
        {"type": "array", "items": {"type": "integer"}},
        {"type": "array", "items": {"type": "integer"}, "description": "some"},
        {"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "null"}]},
    )
    assert total.run('{"x": [1, 2]}') == "3"
    assert isinstance(seen.pop(), types.GeneratorType | list)
    with pytest.raises(ToolError, match=r"x\.1: Input should be a valid integer"):
        total.run('{"x": [1, "x"]}')
    assert seen == []


@pytest.mark.parametrize("annotation", [Iterator[int], Generator[int, None, None]])
def test_a_generator_can_be_stepped_through(annotation):
    @tool
    def first(x: annotation) -> int:
        return next(x)

    assert first.run('{"x": [7, 8]}') == "7"


def test_elements_inside_other_types_are_checked():
    @tool
    def total(x: list[Iterable[Span]], y: Iterable[Collection[int]] | str, z: Literal["a"]) -> int:
        return len(x[0]) + len(y[0])

    good = {"x": [[{"first": "2026-07-01", "days": 1}]], "y": [[1, 2]], "z": "a"}
    assert total.run(json.dumps(good)) == "3"
    with pytest.raises(ToolError, match=r"x\.0\.0\.days: Input should be a valid integer"):
        total.run(json.dumps(good | {"x": [[{"first": "2026-07-01", "days": "1"}]]}))


class Bag(pydantic.BaseModel):
    sizes: Iterable[int]


def test_elements_inside_a_model_are_checked():
    @tool
    def total(bag: Bag) -> int:
        return sum(bag.sizes) + len(bag.sizes)

    assert total.run('{"bag": {"sizes": [4, 5]}}') == "11"
    with pytest.raises(ToolError, match=r"total: bag\.sizes\.0: Input should be a valid integer$"):
        total.run('{"bag": {"sizes": ["x"]}}')


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
