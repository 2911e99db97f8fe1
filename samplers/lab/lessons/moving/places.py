"""Where a value stands in a body: the same thing has another place in each provider's form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from samplers.api.table import html_table, text_table
from samplers.lab.arguments import checked

NOWHERE = "—"


@dataclass(frozen=True)
class Places:
    """What `places_of` returns, shown as a table: {thing: {name of a body: its place}}."""

    found: dict[str, dict[str, str]]

    def _rows(self) -> list[list[str]]:
        names = list(next(iter(self.found.values())))
        rows = [[thing, *row.values()] for thing, row in self.found.items()]
        return [["", *names], *rows]

    def __repr__(self) -> str:
        return text_table(self._rows())

    def _repr_html_(self) -> str:
        # a place may be broken at its dots, so that four of them fit beside each other
        breaking = [[cell.replace(".", ".\u200b") for cell in row] for row in self._rows()]
        return html_table(breaking, row_headings=True)


@checked
def places_of(
    things: Annotated[Mapping[str, object], 1], bodies: Annotated[Mapping[str, dict], 1]
) -> Places:
    """Find each of `things`, {name: value}, in each of `bodies`, {name: body}.

    A place is written as Python would: "messages[1].content". A value that is not there has a dash;
    one that is there several times has its first place.
    """
    found = {
        thing: {name: place_in(body, value) or NOWHERE for name, body in bodies.items()}
        for thing, value in things.items()
    }
    return Places(found)


def place_in(body, value) -> str | None:
    """The first place in a body whose value equals `value`, of the same type; None without one."""
    for place, each in _walk(body, ""):
        if type(each) is type(value) and each == value:
            return place
    return None


def _walk(value, place: str) -> Iterator[tuple[str, object]]:
    yield place, value
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _walk(each, f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        for i, each in enumerate(value):
            yield from _walk(each, f"{place}[{i}]")
