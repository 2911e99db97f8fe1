"""Which cells of a master stand in an edition, and which of them ask a question."""

import re
from dataclasses import dataclass, field

from nbformat import NotebookNode

from samplers.lab.publish.learner import tags
from samplers.lab.publish.minutes import PREDICT

EDITIONS = ("student", "instructor")
NAME = re.compile(r"""check\(\s*["']([^"']+)["']""")  # the exercise's, in its cell


@dataclass
class Question:
    """A prediction, or an exercise: the Markdown cell that asks it is its place."""

    number: int
    is_prediction: bool
    stubs: list[int] = field(default_factory=list)  # its cells with `answer = ...`
    exercises: list[str] = field(default_factory=list)  # their names: "02-ratio"


def questions(cells: list[NotebookNode]) -> dict[int, Question]:
    """{index of the cell that asks: its question}, numbered as they come, in both editions alike.

    An exercise belongs to the prediction that the text before it asks for, if there is one.
    """
    found = {}
    text = None  # the last Markdown cell that a learner reads
    for index, cell in enumerate(cells):
        if cell.cell_type == "markdown" and not tags(cell) & {"solution", "instructor"}:
            text = index
            if PREDICT in cell.source:
                found[index] = Question(len(found) + 1, is_prediction=True)
        if "exercise" in tags(cell) and cell.cell_type == "code":
            place = index if text is None else text
            if place not in found:
                found[place] = Question(len(found) + 1, is_prediction=False)
            found[place].stubs.append(index)
            found[place].exercises += NAME.findall(cell.source)
    return found


def is_in(cell: NotebookNode, edition: str) -> bool:
    """Whether the edition has this cell."""
    left_out = {"test"}
    if edition == "student":
        left_out |= {"solution", "instructor"}
    return not tags(cell) & left_out
