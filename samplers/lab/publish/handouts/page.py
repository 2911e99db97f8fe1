"""A lesson's tree as one HTML file that asks no other host for anything."""

import base64
import html
import json
import mimetypes
from pathlib import Path

from samplers.lab.plots.style import BUNDLED
from samplers.lab.publish import offline
from samplers.lab.publish.handouts.links import ELSEWHERE, target_of
from samplers.lab.publish.handouts.pdf import Sheet
from samplers.lab.publish.handouts.tree import (
    attributes,
    document,
    node,
    pandoc,
    paragraph,
    walk,
    words,
)

HERE = Path(__file__).parent
TITLES = {
    "question": "Question {}",
    "answer": "Answer to question {}",
    "hints": "Question {}: what the check says to a wrong answer",
}


def write(path: Path, title: str, blocks: list, master: Path, sheet: Sheet, folder: Path) -> None:
    """Write the page of the lesson or page `master`, whose pictures are in `folder`."""
    body = pandoc(
        json.dumps(document(_for_html(blocks, master, folder))), "json", "html", "--mathml"
    )
    text = (HERE / "handout.html").read_text("utf-8")
    parts = {
        "title": html.escape(title),
        "style": (HERE / "handout.css").read_text("utf-8"),
        "font": base64.b64encode(BUNDLED.read_bytes()).decode(),
        "footer": html.escape(sheet.footer),
        "body": body,
        "script": _script(master),
    }
    for name, part in parts.items():
        before, mark, after = text.partition(f"<!-- {name} -->")
        text = before + part + after if mark else text
    path.write_text(text, "utf-8", newline="\n")


def _for_html(blocks: list, master: Path, folder: Path) -> list:
    def change(it: dict):
        if it["t"] == "Div":
            return _div(it, master)
        if it["t"] == "Image":
            name, title = it["c"][2]
            it["c"][2] = [_data(folder / name), title]
            return it
        if it["t"] == "Para" and len(it["c"]) == 1 and it["c"][0]["t"] == "Image":
            return _figure(it["c"][0])
        if it["t"] == "Link" and not ELSEWHERE.match(it["c"][2][0]):
            return _link(it, master)
        return None

    return walk(blocks, change)


def _div(it: dict, master: Path) -> dict | list:
    """A Div with what paper gets from the template: titles, and room to write."""
    (_, classes, named), blocks = it["c"]
    named = dict(named)
    kind = classes[0] if classes else ""
    if kind == "turn":
        return []
    if kind == "room":
        label = f"Your answer to question {named['number']}"
        room = f'<textarea aria-label="{label}" rows="{named["lines"]}"></textarea>'
        return node("RawBlock", "html", room)
    if kind in TITLES:
        it["c"][1] = [paragraph(TITLES[kind].format(named["number"]), is_strong=True), *blocks]
    if kind == "output":
        moving = _fragment(master, named["cell"])
        if moving:
            return node("RawBlock", "html", moving)
    return it


def _figure(image: dict) -> dict | None:
    """A picture that stands alone, with its title as a caption; None if it has none."""
    caption = image["c"][2][1]
    if not caption:
        return None
    image["c"][2][1] = ""
    under = [None, [node("Plain", words(caption))]]
    return node("Figure", attributes(), under, [node("Plain", [image])])


def _link(it: dict, master: Path) -> dict | list:
    """A link to the handout of the page that it names, or its words if there is none."""
    link = it["c"][2][0]
    target = target_of(link, master.stem, master.parent)
    if target is None:
        return it["c"][1]
    file = "" if target.page == master.stem else f"{target.page}.html"
    it["c"][2][0] = f"{file}#{target.fragment}" if target.fragment else file or "#"
    return it


def _data(path: Path) -> str:
    kind = mimetypes.guess_type(path.name)[0] or "image/png"
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _fragment(master: Path, cell: str) -> str | None:
    return offline.fragment(master, cell) if master.suffix == ".ipynb" else None


def _script(master: Path) -> str:
    return offline.script(master) if master.suffix == ".ipynb" else ""
