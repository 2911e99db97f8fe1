"""Markdown cells as pandoc's blocks, read as JupyterLab shows them.

Pandoc alone would lose three things: `$20 and $30` becomes a formula, raw HTML falls out of a PDF,
and names that look like tags (`<think>`) with it. Each cell is read by itself, so that nothing that
one leaves open swallows the next.
"""

import json
import re
import tempfile
from pathlib import Path

import pypandoc

from samplers.lab.publish.handouts.tree import (
    attributes,
    document,
    node,
    pandoc,
    paragraph,
    plain,
    walk,
)

READ = (
    "commonmark+tex_math_dollars+pipe_tables+strikeout+task_lists+footnotes+autolink_bare_uris"
    "+gfm_auto_identifiers"
)
BOUNDARY = "end-of-this-cell"
SCOPE = re.compile(r"^(#?)\S*?cell\d+md__")  # pandoc's mark of one file among several

# code, what is escaped, a formula on lines of its own, a formula in the line, a dollar sign
SPECIAL = re.compile(
    r"(`+)[^`](?:.|\n)*?(?<!`)\1(?!`)|^~~~(?:.|\n)*?^~~~|^(?: {4}|\t).*$|\\.|\$\$(?:.|\n)*?\$\$"
    r"|\$(?=\S)(?P<formula>(?:[^$\\\n]|\\.|\n(?!\s*\n))+?)(?<=\S)\$(?!\d)|\$",
    re.MULTILINE,
)
COMMAND = re.compile(r"\\[a-zA-Z]+|\{[^{}]*\}")
PROSE = re.compile(r"\*\*|(?:^|\s)[a-zA-Z]{2,}(?:\s|$)")

TAG = re.compile(r"</?([a-zA-Z][\w-]*)")
NAMES = """
a abbr address article aside audio b bdi bdo blockquote br button caption center cite code col
colgroup data dd del details dfn div dl dt em figcaption figure font footer form h1 h2 h3 h4 h5 h6
head header hr html body i iframe img input ins kbd label legend li link main mark math meta nav
object ol option p picture pre q rp rt ruby s samp script section select small source span strike
strong style sub summary sup svg table tbody td textarea tfoot th thead time title tr track tt u
ul var video wbr
"""
HTML = frozenset(NAMES.split())
FOLDED = re.compile(r"<details[^>]*>\s*<summary[^>]*>(.*?)</summary>(?:.|\n)*?</details>", re.I)
SOLUTION = re.compile(r"solution|answer|答案", re.I)


def prices_escaped(source: str) -> str:
    r"""Markdown in which each `$` that begins or ends no formula is written `\$`.

    What stands between two dollar signs is text, and no formula, if it has words or bold type.
    """
    done = ""
    while found := SPECIAL.search(source):
        text = found.group()
        formula = found.group("formula")
        is_text = formula is not None and PROSE.search(COMMAND.sub("", formula))
        done += source[: found.start()]
        if text == "$" or is_text:
            text, end = "\\$", found.start() + 1
        else:
            end = found.end()
        done += text
        source = source[end:]
    return done + source


def without_solutions(source: str) -> str:
    """Markdown without what is folded away (`<details>`) under a word such as "Solution"."""
    return FOLDED.sub(lambda it: "" if SOLUTION.search(it.group(1)) else it.group(), source)


def read(sources: list[str]) -> list[list]:
    """The blocks of each Markdown source."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for n, source in enumerate(sources):
            files += [Path(folder, f"cell{n}.md"), Path(folder, "boundary.md")]
            files[-2].write_text(prices_escaped(source) + "\n", "utf-8")
            files[-1].write_text(BOUNDARY, "utf-8")
        if not files:
            return []
        text = pypandoc.convert_file(
            list(map(str, files)),
            "json",
            format=READ,
            extra_args=["--file-scope"],
            sort_files=False,
        )

    cells = [[]]
    for block in json.loads(text)["blocks"]:
        if block["t"] == "Para" and plain(block) == BOUNDARY:
            cells.append([])
        else:
            cells[-1].append(block)
    return [_without_html(walk(blocks, _own_names)) for blocks in cells[:-1]]


def _own_names(it: dict) -> dict | None:
    """Identifiers and links without pandoc's mark of the file."""
    if it["t"] == "Header":
        it["c"][1][0] = SCOPE.sub("", it["c"][1][0])
    if it["t"] == "Link":
        it["c"][2][0] = SCOPE.sub(r"\1", it["c"][2][0])
    return it


def _without_html(blocks: list) -> list:
    """Blocks whose raw HTML has become nodes of the tree; comments and scripts are left out."""
    found = []
    walk(blocks, lambda it: found.append(it["t"]) if it["t"].startswith("Raw") else None)
    if not found:
        return blocks

    tree = document(walk(blocks, _for_the_way))
    html = pandoc(json.dumps(tree), "json", "html")
    return walk(read_html(html), _back)


def read_html(html: str) -> list:
    """The blocks of a piece of HTML."""
    return json.loads(pandoc(html, "html-auto_identifiers", "json"))["blocks"]


def _for_the_way(it: dict) -> dict | None:
    """What would not come back from HTML as it went: formulas, and tags that HTML does not have."""
    if it["t"] == "Math":
        kind, tex = it["c"]
        return node("Span", attributes("", ["tex"], kind=kind["t"], tex=tex), [node("Str", tex)])
    if it["t"] == "Header":
        # the reader of HTML would make another identifier
        return None
    if it["t"] in ("RawInline", "RawBlock"):
        tag = TAG.match(it["c"][1].lstrip())
        if tag and tag.group(1).lower() not in HTML:
            text = it["c"][1].strip()
            return node("Str", text) if it["t"] == "RawInline" else paragraph(text)
    return None


def _back(it: dict) -> dict | None:
    if it["t"] == "Span" and "tex" in it["c"][0][1]:
        named = dict(it["c"][0][2])
        return node("Math", node(named["kind"]), named["tex"])
    return None
