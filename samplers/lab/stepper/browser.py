"""The stepper's side in the browser: its JavaScript, and the values that the kernel shares."""

from pathlib import Path

import anywidget
import traitlets

from samplers.lab.explorer.browser import PICTURE, STYLES, joined

FOLDER = Path(__file__).parent
MODULES = (*PICTURE, FOLDER / "tree.js", FOLDER / "controls.js", FOLDER / "stepper.js")


class BrowserSide(anywidget.AnyWidget):
    """What the browser draws. `stepper.js` says what each value means."""

    _esm = joined(*MODULES)
    _css = joined(*STYLES, FOLDER / "stepper.css")

    shown = traitlets.Dict().tag(sync=True)
    asking = traitlets.Bool().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
