"""What a cell printed and showed, as blocks of pandoc's tree."""

import re
from pathlib import Path

from nbformat import NotebookNode

from samplers.lab.publish.handouts import pictures
from samplers.lab.publish.handouts.markdown import read, read_html
from samplers.lab.publish.handouts.tree import attributes, code, node, walk, words

COLOURS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")
WIDEST = 8  # columns of a table; a wider one is printed as its text


def of_cell(cell: NotebookNode, folder: Path) -> list:
    """The blocks of a cell's outputs; its pictures are written into `folder`."""
    blocks = []
    for output in joined(cell.get("outputs", ())):
        if output.output_type == "stream":
            blocks += _text(output.text)
        elif output.output_type == "error":
            last = f"{output.ename}: {output.evalue}"
            blocks += _text("\n".join(output.get("traceback") or [last]))
        else:
            blocks += _shown(output, cell, folder)
    return blocks


def joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The outputs; the pieces of one stream that follow each other are one."""
    result = []
    for output in outputs:
        last = result[-1] if result else None
        is_more = output.output_type == "stream" and last and last.get("name") == output.name
        if is_more:
            result[-1] = NotebookNode(last | {"text": last.text + output.text})
        else:
            result.append(output)
    return result


def terminal(text: str) -> str:
    """A text as a terminal would show it in the end: no colours, no overwritten lines."""
    text = COLOURS.sub("", text).replace("\r\n", "\n")
    lines = [line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n")]
    text = CONTROL.sub("", "\n".join(lines).expandtabs())
    return text.encode("utf-8", "replace").decode()  # half of a surrogate pair is no character


def picture(name: str, alt: str, **named: str) -> dict:
    """A picture that stands alone."""
    return node("Para", [node("Image", attributes("", [], **named), words(alt), [name, ""])])


def _text(text: str) -> list:
    text = terminal(text).rstrip("\n")
    return [code(text)] if text.strip() else []


def _shown(output: NotebookNode, cell: NotebookNode, folder: Path) -> list:
    """The best form of a displayed value that paper can have."""
    data = output.get("data", {})
    text = data.get("text/plain", "")
    for kind in pictures.SUFFIXES:
        if kind in data:
            known = output.get("metadata", {}).get(kind, {}) | output.get("metadata", {})
            alt = known.get("alt") or cell.metadata.get("alt") or text or "Picture"
            named = {"width": f"{known['width']}px"} if known.get("width") else {}
            return [picture(pictures.store_output(kind, data[kind], folder), alt, **named)]

    if "<table" in data.get("text/html", ""):
        blocks = read_html(data["text/html"])
        if max(map(_columns, blocks), default=0) <= WIDEST:
            return [walk(block, _unlinked) for block in blocks]
    if "text/markdown" in data:
        return read([data["text/markdown"]])[0]
    return _text(text)


def _columns(block: dict) -> int:
    """How many columns the tables in a block have."""
    found = [0]
    walk(block, lambda it: found.append(len(it["c"][2])) if it["t"] == "Table" else None)
    return max(found)


def _unlinked(it: dict) -> list | None:
    """A table keeps no picture and no address that only its page knows."""
    return [] if it["t"] in ("Image", "RawInline", "RawBlock") else None
