"""What the tests of all lessons share: the pages of text, their cells, and where a cell stands."""

import json
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
MASTERS = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))
COPIES = sorted(NOTEBOOKS.glob("learner/[0-9]*.ipynb"))
DOCUMENT = NOTEBOOKS / "the_document.md"
GLOSSARY = NOTEBOOKS / "glossary.md"
GUIDE = NOTEBOOKS / "instructor.md"
LINK = re.compile(r"\]\(\s*([^)\s]+)[^)]*\)")
CELL = "cell-id="  # JupyterLab goes to the cell; GitHub shows the notebook from its beginning
ANCHOR = re.compile(r'<a id="([^"]+)"></a>')  # in a page, JupyterLab and GitHub scroll to it
HEADING = re.compile(r"^## (?:(\d+)\. )?(.*)$", re.MULTILINE)


@cache
def cells(path: Path) -> tuple[dict, ...]:
    """A notebook's cells; the source is one text. Nobody may change them."""
    found = json.loads(path.read_text("utf-8"))["cells"]
    return tuple(cell | {"source": "".join(cell["source"])} for cell in found)


def markdown_cells(path: Path) -> list[dict]:
    return [cell for cell in cells(path) if cell["cell_type"] == "markdown"]


def code_cells(path: Path) -> list[dict]:
    return [cell for cell in cells(path) if cell["cell_type"] == "code"]


def markdown(path: Path) -> str:
    """The text of a page, or of a lesson's Markdown cells."""
    if path.suffix == ".md":
        return path.read_text("utf-8")
    return "\n\n".join(cell["source"] for cell in markdown_cells(path))


def outputs(path: Path) -> str:
    """All that a lesson's cells have printed."""
    texts = []
    for cell in code_cells(path):
        for output in cell["outputs"]:
            texts.append("".join(output.get("text", ())))
            texts.append("".join(output.get("data", {}).get("text/plain", ())))
    return "\n".join(texts)


@cache
def place(path: Path, cell_id: str, text: str = "") -> str:
    """Where a cell begins, or has `text`: "lesson 05b, section 3" or "lesson 02, exercises"."""
    lesson = f"lesson {path.name.partition('_')[0]}"
    found = lesson
    for cell in cells(path):
        is_it = cell["id"] == cell_id
        end = cell["source"].index(text) if is_it else len(cell["source"])
        headings = HEADING.finditer(cell["source"]) if cell["cell_type"] == "markdown" else ()
        for heading in headings:
            number, title = heading.groups()
            if heading.start() <= end:
                found = f"{lesson}, section {number}" if number else f"{lesson}, {title.lower()}"
        if is_it:
            return found
    raise KeyError(f"{path.name} has no cell {cell_id}")


def cell_of(page: Path, link: str) -> tuple[Path, str] | None:
    """(lesson, cell's id) where a page's link leads to a cell."""
    name, _, fragment = link.partition("#")
    if not fragment.startswith(CELL):
        return None
    return page.parent / name, fragment.removeprefix(CELL)
