"""Parameters of many elements: each is checked before the function runs."""

import dataclasses
import datetime
import json
import types
from collections.abc import Collection, Generator, Iterable, Iterator, Reversible, Sequence
from typing import Annotated, Literal, Union

import pydantic
import pytest

from samplers.api import ToolError, tool


@dataclasses.dataclass
class Span:
    first: datetime.date
    days: int = 1


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
