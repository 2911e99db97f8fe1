"""notebooks/the_document.md has every section of the document, and each names the cells that test
it, as a link and in words.
"""

import re

import pytest
from lesson_pages import CELL, DOCUMENT, LINK, MASTERS, cell_of, markdown, markdown_cells, place

SECTION = re.compile(r'^## <a id="(\d+)"></a>(\d+)\. (.+)$', re.MULTILINE)
FIRST, LAST = 1, 46
NAMES_IT = re.compile(r"\bthe\s+document\b", re.IGNORECASE)


def sections() -> dict[int, str]:
    """{number: text} of the page."""
    _, *parts = SECTION.split(markdown(DOCUMENT))
    return {int(number): text for number, text in zip(parts[1::4], parts[3::4], strict=True)}


def cells_of(text: str) -> list:
    return [cell_of(DOCUMENT, link) for link in LINK.findall(text) if CELL in link]


def in_words(text: str) -> str:
    """Where the linked cells stand: "lesson 02, sections 2 and 5; lesson 03, exercises."."""
    found: dict[str, list[str]] = {}
    for lesson, cell in cells_of(text):
        name, _, section = place(lesson, cell).partition(", ")
        found.setdefault(name, []).append(section)
    return "; ".join(f"{name}, {joined(found[name])}" for name in sorted(found)) + "."


def joined(found: list[str]) -> str:
    numbers = sorted({int(it.split()[1]) for it in found if it.startswith("section ")})
    others = sorted({it for it in found if not it.startswith("section ")})
    *first, last = map(str, numbers) if numbers else ("",)
    listed = f"{', '.join(first)} and {last}" if first else last
    named = [f"section{'s' if first else ''} {listed}"] if numbers else []
    return ", ".join([*named, *others])


def test_every_section_is_there_once_and_in_order():
    headings = SECTION.findall(markdown(DOCUMENT))
    assert [int(number) for _, number, _ in headings] == list(range(FIRST, LAST + 1))
    assert all(anchor == number for anchor, number, _ in headings)
    assert markdown(DOCUMENT).count("\n## ") == len(headings)


@pytest.mark.parametrize("number", range(FIRST, LAST + 1))
def test_a_section_is_found_in_the_document_and_in_the_lessons(number):
    text = sections()[number]
    found = re.search(r"^Find it by: (.+(?:\n.+)*)\n\n", text, re.MULTILINE)
    assert found, "no line 'Find it by: ' with words of the document"
    assert cells_of(text), "no link to a cell that tests it"
    where = re.search(r"^Where: ((?:.+\n?)+)", text, re.MULTILINE)
    assert where, f"no line 'Where: {in_words(text)}'"
    assert " ".join(where[1].split()) == in_words(text)


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_a_cell_that_names_the_document_links_to_it(path):
    named = [cell for cell in markdown_cells(path) if NAMES_IT.search(cell["source"])]
    assert [cell["id"] for cell in named if "the_document.md" not in cell["source"]] == []


def test_what_the_tests_read_is_read():
    text = "[a](02_turn_the_temperature.ipynb#cell-id=02-14), [b](12_count_the_cost.ipynb)"
    text += " [c](02_turn_the_temperature.ipynb#cell-id=02-50)"
    assert in_words(text) == "lesson 02, section 2, exercises."
    assert joined(["section 10", "section 2", "section 2", "section 3"]) == "sections 2, 3 and 10"
