"""All lessons of an edition bound as one: contents, pages of text, glossary and index."""

import re
from pathlib import Path

from samplers.lab.publish.handouts import paper
from samplers.lab.publish.handouts.lines import string
from samplers.lab.publish.handouts.tree import node, plain, walk

# **agent loop** (智能体循环): …
ENTRY = re.compile(r"^<a id=\"[^\"]+\"></a>\*\*`?([^*`]+)`?\*\*", re.MULTILINE)


def terms(glossary: Path) -> list[str]:
    """The glossary's words."""
    return ENTRY.findall(glossary.read_text("utf-8")) if glossary.is_file() else []


def source(chapters: dict[str, list], near: Path, sheet_line: str) -> str:
    """Typst's source of the book; `chapters` are the trees, by the names of their pages."""
    known = {}
    for page, blocks in chapters.items():
        known |= paper.places(blocks, page)

    listed = terms(near / "glossary.md")
    parts = [
        f"#align(center)[#v(30%) #text(34pt, strong[Samplers]) \\ #v(1em) #text(13pt)[How an API "
        f"chooses the next token, and how to use it well] #v(2em) #text({string(sheet_line)})]\n"
        "#pagebreak()\n#outline(depth: 2)\n"
    ]
    for page, blocks in chapters.items():
        marked = blocks if page == "glossary" else _marked(blocks, listed)
        parts.append(paper.source(_numbered(marked, page), page, near, known))
    if listed:
        parts.append("= Index\n\n#print-index()\n")
    return "\n\n".join(parts)


def _numbered(blocks: list, page: str) -> list:
    """The blocks, with the lesson's number in its title."""
    number = page.partition("_")[0]

    def change(it: dict) -> None:
        if it["t"] == "Header" and it["c"][0] == 1 and number[:1].isdigit():
            it["c"][2] = [node("Str", number), node("Space"), *it["c"][2]]

    return walk(blocks, change)


def _marked(blocks: list, listed: list[str]) -> list:
    """The blocks; a term's first paragraph in this chapter has a mark for the index."""
    wanted = {term: re.compile(rf"\b{re.escape(term)}s?\b", re.IGNORECASE) for term in listed}

    def change(it: dict) -> dict | None:
        if it["t"] not in ("Para", "Plain"):
            return None
        text = plain(it)
        found = [term for term, pattern in wanted.items() if pattern.search(text)]
        for term in found:
            del wanted[term]
        marks = [node("RawInline", "typst", f"#mark({string(term)});") for term in found]
        return node(it["t"], [*marks, *it["c"]])

    return walk(blocks, change)
