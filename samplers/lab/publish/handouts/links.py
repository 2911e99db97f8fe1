"""Where a link leads: another page's file, a place in the same PDF, or words on paper."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import nbformat

ELSEWHERE = re.compile(r"[a-zA-Z][\w+.-]*:")
HEADING = re.compile(r"^##+ (?:<a id=\"[^\"]*\"></a>)?(?:(\d+)\. )?(.*)$", re.MULTILINE)
ANCHOR = re.compile(r"<a id=\"([^\"]+)\"></a>")


@dataclass(frozen=True)
class Target:
    """A place in the kit's pages: the page's name without its ending, and the place in it."""

    page: str
    fragment: str = ""

    @property
    def label(self) -> str:
        """A name that no other place in any handout has."""
        return f"{self.page}#{self.fragment}"


def target_of(link: str, page: str, near: Path) -> Target | None:
    """The place that a relative link of `page` names; None if no page of the kit is there."""
    name, _, fragment = link.partition("#")
    name = unquote(name)
    path = near / name if name else None
    if path is None:
        return Target(page, fragment)
    if path.suffix not in (".ipynb", ".md") or not path.is_file():
        return None
    if path.resolve().parent != near.resolve():
        return None
    return Target(path.stem, fragment)


def words_for(target: Target, text: str, page: str, near: Path) -> str:
    """What paper says in place of a link: "lesson 02, section 3", or "" if the text says enough."""
    if target.page == "glossary" or ELSEWHERE.match(target.label):
        return ""

    section = _sections(near, target.page).get(target.fragment, "") if target.fragment else ""
    whole = _name(target.page)
    is_named = target.page == page or whole in text.lower() or text.strip() in whole.split()
    is_told = not section or section in text.lower()
    return ", ".join(([] if is_named else [whole]) + ([] if is_told else [section]))


def _name(page: str) -> str:
    if page == "the_document":
        return "the document"
    number = page.partition("_")[0]
    return f"lesson {number}" if number[:1].isdigit() else page.replace("_", " ")


@cache
def _sections(near: Path, page: str) -> dict[str, str]:
    """{place in a page: the words for the section that it is in}."""
    path = near / f"{page}.ipynb"
    found = {}
    section = ""
    if path.is_file():
        for n, cell in enumerate(nbformat.read(path, as_version=4).cells):
            headings = HEADING.findall(cell.source) if cell.cell_type == "markdown" else []
            if headings:
                section = _words(*headings[0])
            found[f"cell-id={cell.get('id', f'cell-{n}')}"] = section
            section = _words(*headings[-1]) if headings else section
        return found

    for line in (near / f"{page}.md").read_text("utf-8").splitlines():
        if heading := HEADING.match(line):
            section = _words(*heading.groups())
        for anchor in ANCHOR.findall(line):
            found[anchor] = section
    return found


def _words(number: str | None, title: str) -> str:
    return f"section {number}" if number else title.strip().lower()
