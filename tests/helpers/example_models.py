"""Models for the tests of Structured Outputs, and one object."""

import dataclasses
import datetime
import enum
from typing import Annotated, Literal, Optional

import pydantic
from pydantic import Field


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
