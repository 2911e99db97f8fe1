"""A lesson's explorers as HTML: a figure where each one stands, and the script that moves them."""

import base64
import json
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path

from samplers.lab.explorer.browser import MODULES, STYLES, joined
from samplers.lab.publish.offline.stored import again, alt_of, is_explorer, stored

FOLDER = Path(__file__).parent
# What ends a script, or a line of it: as escapes, which a parser of JSON reads as the same text.
# Half a surrogate pair has no UTF-8.
UNSAFE = re.compile("[<>&\u2028\u2029\ud800-\udfff]")
DRAWS = "Drawing 1,000 tokens needs the notebook."
STILL = "So does another prompt, with a model running."


def fragment(master: Path, cell_id: str) -> str | None:
    """HTML that stands for the picture of an explorer in a cell's output.

    A figure with that picture, which `script` replaces where the page runs it. None for a cell
    that shows no explorer. ValueError for a cell that the lesson does not have, and where the
    explorer is not stored, or comes from another run.
    """
    cells = json.loads(master.read_text("utf-8"))["cells"]
    cell = next((cell for cell in cells if cell.get("id") == cell_id), None)
    if cell is None:
        raise ValueError(f"cell_id must be the id of a cell in {master.name}, got {cell_id!r}")
    outputs = list(filter(is_explorer, cell.get("outputs", ())))
    if not outputs:
        return None

    explorers, _ = stored(master)
    places = {(explorer["cell"], explorer["alt"]): n for n, explorer in enumerate(explorers)}
    figures = []
    for output in outputs:
        n = places.get((cell_id, alt_of(output)))
        if n is None:
            words = f"the explorer in cell {cell_id} of {master.name} is from another run"
            raise ValueError(f"{words}; {again(master)}")
        figures.append(_figure(f"{master.stem}/{n}", output, explorers[n]))
    return "\n".join(figures)


def script(master: Path) -> str:
    """The style and the script that move a lesson's explorers; "" for a lesson without one.

    They need nothing from outside the page. An explorer whose figure is not in the page is left
    out.
    """
    explorers, files = stored(master)
    if not explorers:
        return ""
    data = {
        "lesson": master.stem,
        "explorers": explorers,
        "files": {name: _text(name, contents) for name, contents in files.items()},
    }
    style = joined(*STYLES, FOLDER / "offline.css")
    code = joined(*MODULES, FOLDER / "offline.js")
    return (
        f"<style>\n{style}</style>\n"
        f'<script type="module">\n{code}placeExplorers({as_script(data)});\n</script>\n'
    )


def as_script(values) -> str:
    """Plain values as JavaScript inside a page, which is JSON, too."""
    text = json.dumps(values, ensure_ascii=False, allow_nan=False)
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _text(name: str, contents: bytes) -> str:
    """A file's contents for the page: names as they are, logits in base64."""
    if name.endswith(".txt"):
        return contents.decode()
    return base64.b64encode(contents).decode()


def _figure(place: str, output: Mapping, explorer: Mapping) -> str:
    png = "".join("".join(output["data"]["image/png"]).split())
    width = output["metadata"]["image/png"].get("width")
    size = f' width="{width}"' if width else ""
    image = f'<img src="data:image/png;base64,{png}" alt="{_quoted(alt_of(output))}"{size}>'
    return (
        f'<figure class="samplers-offline" data-explorer="{_quoted(place)}">'
        f"<figcaption>{_caption(explorer)}</figcaption><div>{image}</div></figure>"
    )


def _caption(explorer: Mapping) -> str:
    """What needs a kernel; with a live model, what it was asked."""
    if not explorer["live"]:
        return DRAWS
    prompt = f"Prompt: “{explorer['prompt']}”."
    answer = f" Answer so far: “{''.join(explorer['answer'])}”." if explorer["answer"] else ""
    return escape(f"{prompt}{answer} {DRAWS} {STILL}")


def _quoted(text: str) -> str:
    return escape(text, quote=True)
