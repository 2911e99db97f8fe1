"""The explorer's side in the browser: its JavaScript, and the values that the kernel shares."""

from pathlib import Path

import anywidget
import traitlets

FOLDER = Path(__file__).parent
STYLES = (FOLDER / "explorer.css", FOLDER / "picture.css")
# what draws a distribution and says it in words
PICTURE = (FOLDER / "keys.js", FOLDER / "picture.js", FOLDER / "speech.js")
# One ES module without an import, so that a page without a server can hold it, too.
MODULES = (
    FOLDER / "sampling.js",
    *PICTURE,
    FOLDER / "reading.js",
    FOLDER / "controls.js",
    FOLDER / "explorer.js",
)


def joined(*files: Path) -> str:
    """The texts of these files as one."""
    return "\n".join(file.read_text("utf-8") for file in files)


class BrowserSide(anywidget.AnyWidget):
    """What the browser is told. `explorer.js` says what each value means."""

    _esm = joined(*MODULES)
    _css = joined(*STYLES)

    fixed = traitlets.Dict().tag(sync=True)  # what stays: engine, sliders, initial, live
    logits = traitlets.Bytes().tag(sync=True)  # float32 or float64, little-endian
    # one name on each line: a saved notebook holds it in half the bytes that a list takes there
    names = traitlets.Unicode().tag(sync=True)
    top = traitlets.Int().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)
    drawn = traitlets.Dict(default_value=None, allow_none=True).tag(sync=True)
    # how often the user asked for them: with the settings, so that no settings can come after it
    draws = traitlets.Int().tag(sync=True)
    counts = traitlets.List(default_value=None, allow_none=True).tag(sync=True)
    prompt = traitlets.Unicode().tag(sync=True)
    answer = traitlets.List().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
