"""The explorer's side in the browser: its JavaScript, and the values that the kernel shares."""

from pathlib import Path

import anywidget
import traitlets

FOLDER = Path(__file__).parent
STYLES = ("explorer.css", "picture.css")
# One ES module without an import, so that a page without a server can hold it, too.
MODULES = (
    "sampling.js",
    "keys.js",
    "picture.js",
    "reading.js",
    "controls.js",
    "explorer.js",
)


def script() -> str:
    """The explorer's JavaScript as one module."""
    return "\n".join((FOLDER / name).read_text("utf-8") for name in MODULES)


def stylesheet() -> str:
    """The explorer's CSS."""
    return "\n".join((FOLDER / name).read_text("utf-8") for name in STYLES)


class BrowserSide(anywidget.AnyWidget):
    """What the browser is told. `explorer.js` says what each value means."""

    _esm = script()
    _css = stylesheet()

    fixed = traitlets.Dict().tag(sync=True)  # what stays: engine, sliders, initial, live
    logits = traitlets.Bytes().tag(sync=True)  # float32 or float64, little-endian
    # one name on each line: a saved notebook holds it in half the bytes that a list takes there
    names = traitlets.Unicode().tag(sync=True)
    top = traitlets.Int().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)
    drawn = traitlets.Dict(default_value=None, allow_none=True).tag(sync=True)
    counts = traitlets.List(default_value=None, allow_none=True).tag(sync=True)
    prompt = traitlets.Unicode().tag(sync=True)
    answer = traitlets.List().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
