"""What fifty sums gave, as `python -m tests.bench.sums` recorded it, with its date."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from samplers.api.table import html_table, text_table
from samplers.checks import shown
from samplers.lab.arguments import checked

DATA = "samplers.lab.lessons"


@dataclass(frozen=True)
class FiftySums:
    """What `fifty_sums` returns, shown as a table; `right` is {(form, way): sums right}."""

    date: str
    model: str
    right: dict[tuple[str, str], int]
    tokens: dict[tuple[str, str], int]  # written for all fifty, thoughts too
    cut: dict[tuple[str, str], tuple[int, int]]  # answers that the limit ended, and all of them

    def _rows(self) -> list[list[str]]:
        forms = list(dict.fromkeys(form for form, _ in self.right))
        ways = dict.fromkeys(way for _, way in self.right)
        head = [f"{self.model}, {self.date}"]
        for form in forms:
            head += [f"asked {form}", "tokens"]
        rows = [head]
        for way in ways:
            row = [way]
            for form in forms:
                right = self.right.get((form, way))
                row.append("" if right is None else f"{right} of 50")
                row.append("" if right is None else f"{self.tokens[form, way]:,}")
            rows.append(row)
        return rows

    def __repr__(self) -> str:
        return text_table(self._rows())

    def _repr_html_(self) -> str:
        return html_table(self._rows(), row_headings=True)


@checked
def fifty_sums(ways: Sequence[str] | None = None, form: str | None = None) -> FiftySums:
    """The record of all fifty SUMS: how many each way got right, and the tokens it wrote.

    `ways`: these ways only. `form`: the sums asked "alone" or "after four examples" only.
    """
    record = json.loads(files(DATA).joinpath("data/fifty_sums.json").read_text("utf-8"))
    rows = record["rows"]
    ways = _known("ways", ways, [row["way"] for row in rows])
    forms = _known("form", None if form is None else [form], [row["form"] for row in rows])
    rows = [row for row in rows if row["way"] in ways and row["form"] in forms]
    chosen = {(row["form"], row["way"]): row for row in rows}
    right = {key: row["right"] for key, row in chosen.items()}
    tokens = {key: row["tokens"] for key, row in chosen.items()}
    cut = {key: (row["cut"], row["answers"]) for key, row in chosen.items()}
    return FiftySums(record["date"], record["model"], right, tokens, cut)


def _known(name: str, wanted: Sequence[str] | None, known: list[str]) -> list[str]:
    """`wanted`, or all that are known; ValueError for one that is not."""
    known = list(dict.fromkeys(known))
    if wanted is None:
        return known
    unknown = [each for each in wanted if each not in known]
    if unknown or not wanted:
        raise ValueError(f"{name} must be of {', '.join(known)}, got {shown(unknown or wanted)}")
    return list(wanted)
