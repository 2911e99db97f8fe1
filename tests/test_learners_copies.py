"""A learner's copy of a lesson runs from top to end with nothing answered.

A copy is its master without the cells of LEFT_OUT (`test_lessons.py` holds it to that), and nbval
runs the master, exercises with nothing answered included. So only what those cells have made could
be missing, and no other cell may need it.

In the copy no cell asserts anything, and none moves a slider or a stepper: these are the learner's.
"""

import ast
import re

import nbformat
import pytest
from cell_names import CellNames
from IPython.core.inputtransformer2 import TransformerManager
from lesson_pages import MASTERS
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from samplers.lab.publish.learner import learner_copy, tags

MOVABLE = re.compile(r"^\s*(\w+) = (?:explore|step_through)\(", re.MULTILINE)
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
        ("match y:\n    case [x]: pass", "print(x)", "x"),
        ("x = 1", "match 2:\n    case int(x): print(x)", None),
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


def asserting(notebook: nbformat.NotebookNode) -> list[str]:
    """The ids of the cells that assert something."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            tree = ast.parse(TransformerManager().transform_cell(cell.source))
            if any(isinstance(node, ast.Assert) for node in ast.walk(tree)):
                found.append(cell.id)
    return found


def moving(notebook: nbformat.NotebookNode) -> list[str]:
    """The ids of the cells that set a value of an explorer or a stepper, or call its method."""
    found = []
    movable: set[str] = set()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            movable |= set(MOVABLE.findall(cell.source))
            if "exercise" not in tags(cell) and CellNames(cell.source).changed & movable:
                found.append(cell.id)
    return found


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_a_copy_asserts_nothing_and_moves_nothing(path):
    copy = learner_copy(nbformat.read(path, as_version=4), set())
    assert asserting(copy) == []
    assert moving(copy) == []


@pytest.mark.parametrize(
    "code",
    [
        "x.temperature.value = 2",
        "if True:\n    x.draw_button.click()",
        "x.append(3)",
        "x.temperature.value += 1",
    ],
)
def test_a_moved_slider_is_found(code):
    cells = [new_code_cell("x = explore(dist)\nx"), new_code_cell(code, id="moved")]
    assert moving(new_notebook(cells=cells)) == ["moved"]
    cells[1].metadata["tags"] = ["exercise"]
    assert moving(new_notebook(cells=cells)) == []


def test_an_assertion_is_found():
    cells = [new_code_cell("%xmode Minimal\nif x:\n    assert x", id="asserts")]
    assert asserting(new_notebook(cells=cells)) == ["asserts"]
