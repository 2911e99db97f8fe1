"""A learner's copy in which every exercise has its answer."""

import nbformat
from nbformat.v4 import new_code_cell

from samplers.lab.publish.learner import learner_copy, tags


def solved(master: nbformat.NotebookNode, lessons: set[str]) -> nbformat.NotebookNode:
    """The learner's copy of `master` with each solution's code in a cell after its exercise's.

    The exercise's cell stays: what it defines, the solution may need. `lessons`: the names of all
    masters.
    """
    copy = learner_copy(master, lessons)
    places = {cell.id: place for place, cell in enumerate(copy.cells)}
    cells = []
    for cell in master.cells:
        if cell.id in places:
            cells.append(copy.cells[places[cell.id]])
        elif "solution" in tags(cell) and cell.cell_type == "code":
            cells.append(new_code_cell(cell.source, id=cell.id, metadata=cell.metadata))
    copy.cells = cells
    return copy
