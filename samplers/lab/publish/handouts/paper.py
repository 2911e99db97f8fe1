"""A lesson's tree as Typst's source, and that as a PDF/UA: one that a screen reader can read."""

import json
import re
from pathlib import Path

from samplers.lab.publish.handouts import glyphs
from samplers.lab.publish.handouts.lines import folded, pieces, string
from samplers.lab.publish.handouts.links import ELSEWHERE, target_of, words_for
from samplers.lab.publish.handouts.tree import document, node, pandoc, plain, walk, words

HERE = Path(__file__).parent
NO_LIST = '#"";'  # before words such as "1. Five words", which else would begin a list
BOXES = {"question", "answer", "hints"}  # with a number


def places(blocks: list, page: str) -> dict[str, str]:
    """{label of each place in a tree: the label that is printed there}.

    A heading has one label, whatever else stands at its place.
    """
    found = {}

    def heading(it: dict, names: list[str]) -> None:
        own = f"{page}#{it['c'][1][0]}"
        walk(it["c"][2], lambda part: names.append(_identifier(part)))
        found.update({f"{page}#{name}": own for name in filter(None, names)} | {own: own})

    def visit(tree: list, above: list[str]) -> None:
        for index, it in enumerate(tree):
            names = above if index == 0 else []
            if it["t"] == "Header":
                heading(it, names)
            elif it["t"] == "Div":
                visit(it["c"][1], [*names, _identifier(it)])
                _add(found, page, _identifier(it))
            else:
                walk(it, lambda part: _add(found, page, _identifier(part)))

    visit(blocks, [])
    return {f"{page}#": next(iter(found.values()), "")} | found


def _add(found: dict, page: str, identifier: str) -> None:
    if identifier:
        found.setdefault(f"{page}#{identifier}", f"{page}#{identifier}")


def _identifier(it: dict) -> str:
    return it["c"][0][0] if it["t"] in ("Span", "Div") else ""


def source(blocks: list, page: str, near: Path, known: dict[str, str]) -> str:
    """Typst's source of a page's tree; `known` are the places that this PDF will have."""
    printed = set()

    def anchor(label: str) -> str:
        """The label's place, unless it is printed already, or is another label's."""
        if known.get(label) != label or label in printed:
            return ""
        printed.add(label)
        return f"#anchor({string(label)});"

    def change(it: dict):
        kind, content = it["t"], it.get("c")
        if kind == "Div":
            return _div(content, anchor(f"{page}#{content[0][0]}") if content[0][0] else "")
        if kind == "Header":
            label = f"{page}#{content[1][0]}"
            return node(
                "Plain",
                [
                    _inline(f"#heading(level: {content[0]})[{NO_LIST}"),
                    *content[2],
                    _inline(f"]#label({string(label)});"),
                ],
            )
        if kind == "Span":
            name = f"{page}#{content[0][0]}"
            return [_inline(anchor(name)), *content[1]] if content[0][0] else content[1]
        if kind == "Link":
            return _link(content, page, near, known)
        return _printed(it)

    text = pandoc(json.dumps(document(walk(blocks, change))), "json", "typst")
    return text.replace("  align(center)[#table(", "  align(left)[#table(")


def _div(content: list, anchor: str) -> list:
    """A Div's blocks in the template's function for it."""
    (_, classes, named), blocks = content
    named = dict(named)
    begin = [_block(anchor)] if anchor else []
    kind = classes[0] if classes else ""
    if kind in BOXES:
        number = json.dumps(named["number"])
        return [*begin, _block(f"#{kind}({number})["), *blocks, _block("]")]
    if kind in ("output", "facts"):
        return [*begin, _block(f"#{kind}["), *blocks, _block("]")]
    if kind == "room":
        return [_block(f"#room({int(named['lines'])})")]
    if kind == "turn":
        return [_block("#turn()")]
    return [*begin, *blocks]


def _printed(it: dict):
    """The nodes whose form on paper is ours and not pandoc's."""
    kind, content = it["t"], it.get("c")
    if kind == "CodeBlock":
        function = "code" if content[0][1] else "printed"
        return _block(f"#{function}({string(folded(glyphs.readable(content[1])))})")
    if kind == "Code":
        parts = pieces(glyphs.readable(content[1]))
        return _inline("#box();".join(f"#raw({string(part)});" for part in parts))
    if kind == "Str":
        text = glyphs.readable(content)
        parts = [
            part for piece in pieces(text) for part in (_inline("#box();"), node("Str", piece))
        ]
        return parts[1:]
    if kind == "Math":
        return [_inline(f"#formula({string(content[1])})["), it, _inline("];")]
    if kind == "Image":
        return _inline(_picture(*content))
    if kind in ("Para", "Plain") and len(content) == 1 and _is_picture(content[0]):
        return node("Plain", [_inline(content[0]["c"][1].replace("#small-", "#", 1))])
    if kind == "Table":
        content[2] = [[align, {"t": "ColWidthDefault"}] for align, _ in content[2]]
    if kind in ("RawBlock", "RawInline") and content[0] != "typst":
        return []
    return None


def _picture(attributes: list, alt: list, target: list) -> str:
    """A picture in a line of text; one that is alone loses "small-"."""
    name, title = target
    arguments = [string(name), f"alt: {string(plain(alt))}"]
    width = dict(attributes[2]).get("width", "")
    if pixels := re.fullmatch(r"([\d.]+)(px)?", width):
        arguments.append(f"width: {0.75 * float(pixels.group(1))}pt")
    if title:
        arguments.append(f"caption: {string(title)}")
    return f"#small-picture({', '.join(arguments)});"


def _is_picture(it: dict) -> bool:
    return it["t"] == "RawInline" and it["c"][1].startswith("#small-picture(")


def _link(content: list, page: str, near: Path, known: dict[str, str]) -> list:
    """A link in this PDF, with its page; an address, printed below; or words."""
    _, inlines, (link, _) = content
    if ELSEWHERE.match(link):
        shown = [_inline(f"#link({string(link)})[{NO_LIST}"), *inlines, _inline("];")]
        is_told = plain(inlines).strip() in (link, link.removeprefix("mailto:"))
        return shown if is_told else [*shown, _inline(f"#footnote(link({string(link)}));")]

    target = target_of(link, page, near)
    if target is None:
        return inlines
    label = known.get(target.label, known.get(target.label.lower()))
    if label is None:
        said = words_for(target, plain(inlines), page, near)
        return [*inlines, node("Space"), *words(f"({said})")] if said else inlines
    return [
        _inline(f"#link(label({string(label)}))[{NO_LIST}"),
        *inlines,
        _inline("];"),
        *([] if target.page == page else [_inline(f" (#page-of({string(label)}))")]),
    ]


def _inline(text: str) -> dict:
    return node("RawInline", "typst", text)


def _block(text: str) -> dict:
    return node("RawBlock", "typst", text)
