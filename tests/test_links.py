"""Links inside the repository lead somewhere: to a file that is there, and to a cell in it."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
DOCUMENT = NOTEBOOKS / "the_document.md"
TEXTS = [ROOT / "README.md", ROOT / "samplers" / "README.md", DOCUMENT]
LESSONS = [*NOTEBOOKS.glob("[0-9]*.ipynb"), *NOTEBOOKS.glob("learner/*.ipynb")]
PAGES = [pytest.param(path, id=str(path.relative_to(ROOT))) for path in [*TEXTS, *sorted(LESSONS)]]
LINK = re.compile(r"\]\(\s*([^)\s]+)[^)]*\)")
CELL = "cell-id="  # JupyterLab goes to the cell; GitHub shows the notebook from its beginning


@cache
def cells(path: Path) -> tuple[dict, ...]:
    return tuple(json.loads(path.read_text("utf-8"))["cells"])


def text_of(path: Path) -> str:
    """A page's Markdown."""
    if path.suffix == ".md":
        return path.read_text("utf-8")
    return "\n".join("".join(c["source"]) for c in cells(path) if c["cell_type"] == "markdown")


def leads_somewhere(page: Path, link: str) -> bool:
    """Links to other servers are not followed."""
    if re.match(r"\w+:", link):
        return True

    name, _, fragment = link.partition("#")
    target = page.parent / name if name else page
    if not target.exists() or not fragment:
        return target.exists()
    is_cell = target.suffix == ".ipynb" and fragment.startswith(CELL)
    return is_cell and fragment.removeprefix(CELL) in {cell["id"] for cell in cells(target)}


@pytest.mark.parametrize("page", PAGES)
def test_no_link_is_dead(page):
    links = LINK.findall(text_of(page))
    assert [link for link in links if not leads_somewhere(page, link)] == []


@pytest.mark.parametrize(
    "link",
    [
        "11_handle_the_failures.ipynb#cell-id=no-such-cell",
        "11_handle_the_failures.ipynb#headers",
        "99_no_such_lesson.ipynb",
        "#a-heading",
    ],
)
def test_a_dead_link_is_found(link):
    assert not leads_somewhere(DOCUMENT, link)


def test_each_section_of_the_document_has_a_cell_that_tests_it():
    _, *sections = text_of(DOCUMENT).split("\n## ")
    assert sections
    for section in sections:
        assert f".ipynb#{CELL}" in section, section.splitlines()[0]


def test_the_sections_stand_in_the_documents_order():
    numbers = [int(number) for number in re.findall(r"^## (\d+)\. ", text_of(DOCUMENT), re.M)]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == text_of(DOCUMENT).count("\n## ")
