"""Types that are written as text: by the line below, by quotes, and by names that do not exist."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Optional

import pydantic
import pytest
from pydantic import Field

from samplers.api import ToolError, tool

if TYPE_CHECKING:
    from decimal import Decimal as Missing


class Place(pydantic.BaseModel):
    city: str
    near: Optional[Place] = None  # noqa: UP045 - this spelling is tested too


@tool
def weather(
    place: Place,
    days: Annotated[int, Field(ge=1, description="how many")],
    more: list["Place"] | None = None,  # noqa: UP037 - text in text
    first: int = Field(3),
) -> Missing:
    return f"{place.city} {days} {more} {first}"


def test_types_written_as_text_are_types():
    properties = weather.parameters["properties"]
    assert properties["place"] == {"$ref": "#/$defs/Place"}
    assert properties["days"] == {"minimum": 1, "type": "integer", "description": "how many"}
    assert properties["more"]["anyOf"][0]["items"] == {"$ref": "#/$defs/Place"}

    run = '{"place": {"city": "Rome", "near": {"city": "Ostia"}}, "days": 2}'
    assert weather.run(run) == "Rome 2 None 3"
    with pytest.raises(ToolError, match="days: Input should be a valid integer"):
        weather.run('{"place": {"city": "Rome"}, "days": "2"}')


def test_types_made_in_a_function_are_found():
    class Town(pydantic.BaseModel):
        name: str

    class Place(pydantic.BaseModel):  # hides the module's
        town: str

    @tool
    def visit(town: Town, places: list[Place]) -> str:
        return town.name + places[0].town

    assert visit.run('{"town": {"name": "A"}, "places": [{"town": "B"}]}') == "AB"


def test_another_modules_function_has_its_own_names():
    Place = str  # noqa: F841 - not the one that the other module means
    module = {"__name__": "elsewhere", "Place": int}
    exec("def half(x: 'Place') -> 'int': return x // 2", module)

    @functools.wraps(module["half"])
    def wrapper(x):
        return 2 * module["half"](x)

    assert tool(module["half"]).run('{"x": 7}') == "3"
    assert tool(wrapper).run('{"x": 7}') == "6"


@dataclass
class Trip:
    to: Nowhere  # noqa: F821 - it is the test's point


def undefined(x: int, y: Nowhere): ...  # noqa: F821
def inside(y: list[Optional[Nowhere]]): ...  # noqa: F821, UP045
def hidden(y: Missing): ...
def attribute(y: pydantic.Nowhere): ...
def no_expression(y: int): ...
def in_a_type(x: int, y: Trip): ...


inside.__annotations__["y"] = list["Nowhere"]  # noqa: F821
no_expression.__annotations__["y"] = "a place"


@pytest.mark.parametrize(
    ("function", "missing"),
    [
        (undefined, "name 'Nowhere' is not defined"),
        (inside, "name 'Nowhere' is not defined"),
        (hidden, "name 'Missing' is not defined"),
        (attribute, "no attribute 'Nowhere'"),
        (no_expression, "'a place'"),
    ],
)
def test_the_error_names_the_function_the_parameter_and_what_is_not_defined(function, missing):
    says = f"^{function.__name__}: y must have a type that is defined, got .*{missing}"
    with pytest.raises(ValueError, match=says):
        tool(function)


def test_a_name_that_is_missing_inside_a_type_is_named_too():
    with pytest.raises(ValueError, match=r"^in_a_type .* JSON can pass: y: .*`Nowhere`"):
        tool(in_a_type)
