"""A learner's copy of a lesson runs from top to end with nothing answered.

A copy is its master without the cells of LEFT_OUT (`test_lessons.py` holds it to that), and nbval
runs the master, exercises with nothing answered included. So only what those cells have made could
be missing, and no other cell may need it.
"""

from pathlib import Path

import nbformat
import pytest
from cell_names import CellNames
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from samplers.lab.publish.learner import tags

MASTERS = sorted((Path(__file__).parents[1] / "notebooks").glob("[0-9]*.ipynb"))
LEFT_OUT = {"solution", "instructor", "test"}


def missing(notebook: nbformat.NotebookNode) -> list[tuple[str, str]]:
    """(a cell's id, a name that it needs) where the name is as a cell that is left out made it."""
    found = []
    imported: set[str] = set()
    made: set[str] = set()  # by cells that are left out
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        names = CellNames(cell.source)
        imported |= names.imported
        if tags(cell) & LEFT_OUT:
            made |= names.made | (names.changed - imported)
        else:
            found += [(cell.id, name) for name in sorted(names.needed & made)]
            made -= names.made
    return found


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_no_cell_of_a_copy_needs_what_it_lacks(path):
    assert missing(nbformat.read(path, as_version=4)) == []


@pytest.mark.parametrize(
    ("solution", "cell", "name"),
    [
        ("x = 1", "print(x)", "x"),
        ("x, y = 1, 2", "x = y", "y"),
        ("def x(): ...", "x()", "x"),
        ("class x: ...", "x()", "x"),
        ("import x.y", "x.y.z()", "x"),
        ("from a import x", "x()", "x"),
        ("for x in range(3): pass", "y = [x for _ in range(2)]", "x"),
        ("x += [1]", "print(x)", "x"),
        ("x.y[0] = 1", "print(x)", "x"),
        ("x.append(1)", "print(x)", "x"),
        ("if (x := 1): pass", "def f(): return x", "x"),
        ("x = 1", "f = lambda y: x + y", "x"),
        ("x = 1", "%timeit x", None),
        ("x = 1", "x = 2; print(x)", None),
        ("x = 1", "print([x for x in range(3)])", None),
        ("x = 1", "def f(x): return x", None),
        ("x = 1", "def f():\n    x = 2\n    return x", None),
        ("def f():\n    x = 1", "print(x)", None),
        ("class A:\n    x = 1", "print(x)", None),
        ("import x\nx.loads('1')", "import x; x.loads('2')", None),
        ("print([x for x in range(3)])", "print(x)", None),
    ],
)
def test_what_is_missing_is_found(solution, cell, name):
    cells = [new_code_cell(solution, metadata={"tags": ["solution"]}), new_markdown_cell("See.")]
    cells += [new_code_cell(cell, id="next")]
    assert missing(new_notebook(cells=cells)) == ([("next", name)] if name else [])
