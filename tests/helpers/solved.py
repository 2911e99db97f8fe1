"""A learner's copy in which every exercise has its answer, as a learner leaves it."""

import nbformat
from nbformat.v4 import new_code_cell

from samplers.lab.publish.learner import learner_copy, tags


def solved(master: nbformat.NotebookNode, lessons: set[str]) -> nbformat.NotebookNode:
    """The learner's copy of `master` with each solution's code in its exercise's cell.

    A solution of several code cells gets as many: the others follow the exercise's cell. `lessons`:
    the names of all masters.
    """
    copy = learner_copy(master, lessons)
    cells = {cell.id: cell for cell in copy.cells}
    last = None  # of the copy's cells
    place = None  # the cell that waits for an answer
    for cell in master.cells:
        if cell.id in cells:
            last = cells[cell.id]
            place = last if "exercise" in tags(last) else None

        if "solution" in tags(cell) and cell.cell_type == "code":
            if place is None:
                place = new_code_cell(id=cell.id)
                copy.cells.insert(copy.cells.index(last) + 1, place)
            place.source = cell.source
            place.metadata = nbformat.from_dict({"tags": cell.metadata["tags"]})
            last = place
            place = None
    return copy
