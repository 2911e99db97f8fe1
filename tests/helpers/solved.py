"""A learner's copy in which every exercise has its answer."""

import nbformat
from nbformat.v4 import new_code_cell

from samplers.lab.publish.learner import learner_copy, tags


def solved(master: nbformat.NotebookNode, lessons: set[str]) -> nbformat.NotebookNode:
    """The learner's copy of `master` with each solution's code in a cell after its exercise's.

    The exercise's cell stays: what it defines, the solution may need. An empty cell for an answer
    does not. `lessons`: the names of all masters.
    """
    copy = learner_copy(master, lessons)
    kept = {cell.id: cell for cell in copy.cells}
    cells = []
    for cell in master.cells:
        if "solution" in tags(cell) and cell.cell_type == "code":
            cells.append(new_code_cell(cell.source, id=cell.id, metadata=cell.metadata))
        elif cell.id in kept:
            cells.append(kept[cell.id])
    copy.cells = cells
    return copy
