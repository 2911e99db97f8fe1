"""@tool: a typed function and its docstring become a definition, and arguments must fit it."""

import contextlib
import dataclasses
import datetime
import enum
import json
from typing import Annotated, Literal, Optional

import jsonschema
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samplers.api import Tool, ToolError, tool, why_not_strict


class Unit(enum.Enum):
    CELSIUS = "C"
    FAHRENHEIT = "F"


@dataclasses.dataclass
class Span:
    first: datetime.date
    days: int = 1


class Place(pydantic.BaseModel):
    city: str
    country: str | None = None


@tool
def weather(
    place: Place,
    spans: list[Span],
    unit: Unit = Unit.CELSIUS,
    kind: Literal["short", "long"] = "short",
    limit: Annotated[int, pydantic.Field(ge=1)] = 5,
    note: Optional[str] = None,  # noqa: UP045 - this spelling is tested too
) -> str:
    """The weather of a place,
    for some days.

    Args:
        place: where,
            as exactly as you can
        This line is about nothing.
        spans (list): which days
        `kind`: how much to say
    :param note: anything else

    Returns: a text for people.
    """
    return f"{place.city}, {[s.days for s in spans]}, {unit}, {kind}, {limit}, {note}"


def test_the_definition():
    function = weather.definition["function"]
    assert weather.definition["type"] == "function"
    assert (function["name"], function["strict"]) == ("weather", True)
    assert function["description"] == "The weather of a place, for some days."

    schema = function["parameters"]
    assert schema["required"] == ["place", "spans", "unit", "kind", "limit", "note"]
    assert why_not_strict(schema) == []
    jsonschema.Draft202012Validator.check_schema(schema)

    properties = schema["properties"]
    assert properties["place"]["description"] == "where, as exactly as you can"
    assert properties["spans"]["description"] == "which days"
    assert properties["kind"]["description"] == 'how much to say (null: "short")'
    assert properties["limit"]["description"] == "(null: 5)"
    assert properties["note"]["description"] == "anything else (null: null)"
    assert {"enum": ["short", "long"], "type": "string"} in properties["kind"]["anyOf"]
    assert {"type": "null"} in properties["kind"]["anyOf"]


ARGUMENTS = {
    "place": {"city": "東京", "country": None},
    "spans": [{"first": "2026-07-01", "days": 3}],
    "unit": None,
    "kind": "long",
    "limit": None,
    "note": None,
}


def test_arguments_become_python_and_null_is_the_default():
    jsonschema.validate(ARGUMENTS, weather.parameters)
    assert weather.run(json.dumps(ARGUMENTS)) == "東京, [3], Unit.CELSIUS, long, 5, None"


def test_an_endpoint_that_does_not_enforce_the_schema_may_leave_defaults_out():
    text = weather.run('{"place": {"city": "x"}, "spans": []}')
    assert text == "x, [], Unit.CELSIUS, short, 5, None"
    with pytest.raises(ToolError, match=r"spans: Field required"):
        weather.run('{"place": {"city": "x"}}')


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"place": "Tokyo"}, "place: "),
        ({"place": {"city": 5, "country": None}}, "place.city: Input should be a valid string"),
        ({"spans": [{"first": "tomorrow", "days": 1}]}, "spans.0.first: "),
        (
            {"spans": [{"first": "2026-07-01", "days": "3"}]},
            "spans.0.days: Input should be a valid integer",
        ),
        ({"unit": "K"}, "unit: "),
        ({"kind": "SHORT"}, "kind: "),
        ({"limit": 0}, "limit: Input should be greater than or equal to 1"),
        ({"limit": True}, "limit: "),
        ({"city": "x"}, "city: Extra inputs are not permitted"),
    ],
)
def test_the_error_names_the_arguments_that_do_not_fit(change, says):
    arguments = json.dumps(ARGUMENTS | change)
    with pytest.raises(ToolError, match="bad arguments for weather: ") as caught:
        weather.run(arguments)
    assert says in str(caught.value)
    assert "pydantic" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "{", "null", "[]", "5", '{"place": ', "not JSON", "[" * 5000, '{"a": "\ud800"}']
)
def test_what_is_not_a_json_object_is_bad_arguments(text):
    with pytest.raises(ToolError, match="bad arguments for weather"):
        weather.run(text)


@given(st.text())
def test_any_text_is_a_result_or_a_tool_error(text):
    @tool
    def echo(x: str = "?") -> str:
        return x

    with contextlib.suppress(ToolError):
        json.dumps(echo.run(text)).encode()


def test_a_failing_function_is_a_tool_error_without_its_traceback():
    @tool
    def broken(x: int) -> int:
        return 1 // x

    assert broken.run('{"x": 1}') == "1"
    message = r"^broken failed: ZeroDivisionError: integer division or modulo by zero$"
    with pytest.raises(ToolError, match=message):
        broken.run('{"x": 0}')


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ("as it is", "as it is"),
        ({"a": [1, None, True]}, '{"a":[1,null,true]}'),
        (Span(datetime.date(2026, 7, 1)), '{"first":"2026-07-01","days":1}'),
        (Place(city="好"), '{"city":"好","country":null}'),
        (None, "null"),
        (Unit.CELSIUS, '"C"'),
        (1 + 2j, '"1+2j"'),
        ("half \ud83d", "half ?"),
    ],
)
def test_results_become_text(result, text):
    @tool
    def give() -> object:
        return result

    assert give.run("{}") == give.run("") == text


def test_a_tool_is_still_the_function():
    @tool
    def double(x: int) -> int:
        return 2 * x

    assert isinstance(double, Tool)
    assert double(4) == double(x=4) == 8
    assert double.function is tool(double.function).function
    assert repr(double) == "Tool(name='double', description='')"
    with pytest.raises(dataclasses.FrozenInstanceError):
        double.name = "triple"


def test_null_is_a_value_where_there_is_no_default():
    @tool
    def show(x: int | None) -> str:
        return f"{x}"

    assert show.run('{"x": null}') == "None"


def test_names_that_pydantic_uses_itself_may_be_parameters():
    @tool
    def odd(schema: str, copy: int, model_config: int, self: int, json: str = "j") -> str:
        return f"{schema}{copy}{model_config}{self}{json}"

    assert odd.parameters["required"] == ["schema", "copy", "model_config", "self", "json"]
    arguments = '{"schema": "s", "copy": 1, "model_config": 2, "self": 3, "json": null}'
    assert odd.run(arguments) == "s123j"


def test_a_function_without_docstring_or_parameters():
    @tool
    def now() -> str:
        return "12:00"

    function = now.definition["function"]
    assert function["description"] == ""
    assert function["parameters"]["properties"] == {}
    assert why_not_strict(function["parameters"]) == []


def untyped(x): ...
def many(*x: int): ...
def named(**x: int): ...
def by_place(x: int, /): ...
def a_dict(x: dict[str, int]): ...
def a_tuple(x: tuple[int, str]): ...
def a_length(x: Annotated[str, pydantic.Field(max_length=5)]): ...
def anything(x: object): ...
def unknown(x: int): ...
def no_type_of_ours(x: st.SearchStrategy): ...
async def later(x: int): ...


def 好(x: int): ...


unknown.__annotations__ = {"x": type(pytest)}  # the type of modules: JSON cannot hold one


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (untyped, "untyped: x must have a type"),
        (many, r"\*x: int cannot be passed by name"),
        (named, r"\*\*x: int cannot be passed by name"),
        (by_place, "cannot be passed by name"),
        (
            a_dict,
            "a_dict has no strict schema: "
            "#/properties/x: 'additionalProperties' is required to be supplied and to be false.",
        ),
        (a_tuple, "#/properties/x: 'prefixItems' is not permitted."),
        (a_length, "#/properties/x: 'maxLength' is not permitted."),
        (anything, "#/properties/x: schema must have a 'type' key."),
        (unknown, "unknown must have parameters that JSON can pass"),
        (no_type_of_ours, "no_type_of_ours must have parameters that JSON can pass"),
        (later, "later must be a plain function"),
        (好, "function must be a plain function with a name"),
        (lambda x: x, "function must be a plain function with a name"),
        (Place, "function must be a plain function"),
        (5, "function must be a plain function"),
    ],
)
def test_functions_that_make_no_tool(function, says):
    with pytest.raises(ValueError, match=says):
        tool(function)
