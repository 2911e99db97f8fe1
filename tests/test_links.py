"""Links inside the repository lead somewhere: to a file that is there, and to a place in it."""

import re
from pathlib import Path

import pytest
from lesson_pages import (
    ANCHOR,
    COPIES,
    DOCUMENT,
    GLOSSARY,
    GUIDE,
    LINK,
    MASTERS,
    ROOT,
    cell_of,
    cells,
    markdown,
)

TEXTS = [ROOT / "README.md", ROOT / "samplers" / "README.md", DOCUMENT, GLOSSARY, GUIDE]
PAGES = [pytest.param(path, id=str(path.relative_to(ROOT))) for path in TEXTS + MASTERS + COPIES]


def leads_somewhere(page: Path, link: str) -> bool:
    """Links to other servers are not followed."""
    if re.match(r"\w+:", link):
        return True

    name, _, fragment = link.partition("#")
    target = page.parent / name if name else page
    if not target.exists() or not fragment:
        return target.exists()
    if target.suffix == ".md":
        return fragment in ANCHOR.findall(markdown(target))
    cell = cell_of(page, link)
    return cell is not None and cell[1] in {it["id"] for it in cells(cell[0])}


@pytest.mark.parametrize("page", PAGES)
def test_no_link_is_dead(page):
    links = LINK.findall(markdown(page))
    assert [link for link in links if not leads_somewhere(page, link)] == []


@pytest.mark.parametrize(
    "link",
    [
        "11_handle_the_failures.ipynb#cell-id=no-such-cell",
        "11_handle_the_failures.ipynb#headers",
        "99_no_such_lesson.ipynb",
        "the_document.md#99",
        "#a-heading",
    ],
)
def test_a_dead_link_is_found(link):
    assert not leads_somewhere(DOCUMENT, link)


@pytest.mark.parametrize("page", PAGES)
def test_openais_documentation_is_linked_where_it_is_now(page):
    """At developers.openai.com; platform.openai.com has the keys and the bills."""
    links = LINK.findall(markdown(page))
    assert [link for link in links if link.startswith("https://platform.openai.com")] == []
