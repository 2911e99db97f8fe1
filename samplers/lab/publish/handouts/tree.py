"""Pandoc's tree of a document, as its JSON has it: small functions that make and change nodes."""

import json
from functools import cache

import pypandoc


def pandoc(text: str, reads: str, writes: str, *options: str) -> str:
    """What pandoc makes of a text, without colouring code and without breaking lines."""
    options = ("--wrap=none", "--syntax-highlighting=none", *options)
    return pypandoc.convert_text(text, writes, format=reads, extra_args=list(options))


@cache
def version() -> list[int]:
    """The version of the tree, which every document names."""
    return json.loads(pandoc("", "commonmark", "json"))["pandoc-api-version"]


def document(blocks: list) -> dict:
    """A document of these blocks."""
    return {"pandoc-api-version": version(), "meta": {}, "blocks": blocks}


def node(kind: str, *content) -> dict:
    """A node; of several parts, its content is a list."""
    if not content:
        return {"t": kind}
    return {"t": kind, "c": content[0] if len(content) == 1 else list(content)}


def attributes(identifier: str = "", classes=(), **named: str) -> list:
    """A node's attributes."""
    return [identifier, list(classes), [[key, value] for key, value in named.items()]]


def words(text: str) -> list:
    """A plain text as inline nodes."""
    inlines = []
    for word in text.split():
        inlines += [node("Space"), node("Str", word)]
    return inlines[1:]


def paragraph(text: str, *, is_strong: bool = False) -> dict:
    """A paragraph of plain text."""
    inlines = words(text)
    return node("Para", [node("Strong", inlines)] if is_strong else inlines)


def div(blocks: list, *classes: str, identifier: str = "", **named: str) -> dict:
    """Blocks that belong together."""
    return node("Div", attributes(identifier, classes, **named), blocks)


def has_class(it: dict, name: str) -> bool:
    """Whether it is a Div of that class."""
    return it["t"] == "Div" and name in it["c"][0][1]


def code(text: str, language: str = "") -> dict:
    """A block of code; with no language it is what a cell printed."""
    return node("CodeBlock", attributes("", [language] if language else []), text)


def walk(tree, change):
    """A copy of `tree` in which every node was given to `change`, the innermost first.

    `change` returns None to keep the node, a node, or a list of nodes to take its place.
    """
    if isinstance(tree, list):
        changed = []
        for part in tree:
            part = walk(part, change)
            is_several = isinstance(part, list) and isinstance(part, Several)
            changed += part if is_several else [part]
        return changed
    if not isinstance(tree, dict):
        return tree

    copy = {key: walk(value, change) for key, value in tree.items()}
    if "t" not in copy:
        return copy
    new = change(copy)
    if new is None:
        return copy
    return Several(new) if isinstance(new, list) else new


class Several(list):
    """Nodes that take the place of one."""


def plain(tree) -> str:
    """The text of nodes, without any markup."""
    if isinstance(tree, list):
        return "".join(map(plain, tree))
    if not isinstance(tree, dict):
        return ""
    kind, content = tree.get("t"), tree.get("c")
    if kind in ("Str",):
        return content
    if kind in ("Space", "SoftBreak", "LineBreak"):
        return " "
    if kind in ("Code", "CodeBlock", "Math", "RawInline", "RawBlock"):
        return "" if kind.startswith("Raw") else content[1]
    return plain(content)
