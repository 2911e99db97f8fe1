"""Chromium, headless, and the explorer's JavaScript in a page without a server."""

import base64
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for path in map(shutil.which, NAMES) if path), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",  # offline
]
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine: install it to run this test"
)

# the least contrast between a text and what is behind it, of all texts that can be seen
CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const light = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const linear = [...canvas.getImageData(0, 0, 1, 1).data].map((byte) => {
      const x = byte / 255;
      return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  let least = Infinity;
  for (const part of document.querySelectorAll(".samplers-explorer *")) {
    const own = [...part.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !part.checkVisibility()) continue;
    let behind = part;
    const clear = (x) => getComputedStyle(x).backgroundColor === "rgba(0, 0, 0, 0)";
    while (clear(behind)) behind = behind.parentElement;
    const style = getComputedStyle(part);
    const ink = light(part.namespaceURI.endsWith("svg") ? style.fill : style.color);
    const paper = light(getComputedStyle(behind).backgroundColor);
    least = Math.min(least, (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05));
  }
  return least;
}"""


@contextmanager
def chromium() -> Iterator:
    """A browser of playwright's; the test is skipped where playwright is not installed."""
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="playwright drives Chromium: pip install .[test]"
    )
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def module_page(code: str, head: str = "", modules: Sequence[Path] | None = None) -> str:
    """A page whose only script is the explorer's module, or `modules`, with `code` after it."""
    from samplers.lab.explorer.browser import MODULES, joined

    return f"""<!doctype html><meta charset="utf-8">{head}<body><div id="here"></div>
<script type="module">{joined(*(modules or MODULES))}
const here = document.getElementById("here");
{code}</script>"""


def shared(widget) -> dict:
    """What the kernel tells the browser of an anywidget's values."""
    state = widget.get_state()
    del state["layout"], state["tooltip"], state["tabbable"]
    return {name: value for name, value in state.items() if not name.startswith("_")}


def as_script(values) -> str:
    """Plain values as JavaScript inside a page."""
    return json.dumps(values, allow_nan=False).replace("<", "\\u003c")


def explorer_page(explorer, on: str = "{}") -> str:
    """A page that shows what the kernel tells the browser of `explorer`, with nothing behind it.

    `on`: the object of callbacks, in JavaScript. The page has `view`, what `explorer(…)` returned.
    """
    data = shared(explorer.widget)
    logits = base64.b64encode(data.pop("logits")).decode()
    code = f"""
const bytes = Uint8Array.from(atob("{logits}"), (letter) => letter.charCodeAt(0));
const data = {as_script(data | data.pop("fixed"))};
window.view = explorer(here, {{...data, logits: bytes.buffer}}, {on});
"""
    return module_page(code, styles(explorer.widget))


def widget_page(explorer) -> str:
    """A page with the explorer as anywidget shows it; `model` is the browser's side of its values.

    `model.saved` are the settings that the kernel was told; `model.told(values)` tells the browser.
    """
    data = shared(explorer.widget)
    logits = base64.b64encode(data.pop("logits")).decode()
    code = f"""
const bytes = Uint8Array.from(atob("{logits}"), (letter) => letter.charCodeAt(0));
const values = {{...{as_script(data)}, logits: bytes.buffer}};
const listeners = [];
window.model = {{
  saved: [],
  get: (key) => values[key],
  set(key, value) {{
    const changed = values[key] !== value;
    values[key] = value;
    if (changed) for (const [name, call] of listeners) if (name === `change:${{key}}`) call();
  }},
  on: (name, call) => listeners.push([name, call]),
  off() {{}},
  save_changes() {{ this.saved.push(values.settings); }},
  send() {{}},
  told(values) {{ for (const [key, value] of Object.entries(values)) this.set(key, value); }},
}};
render({{ model, el: here }});
"""
    return module_page(code, styles(explorer.widget))


def stepper_page(stepper) -> str:
    """The same of a stepper: the page has `view`, what `stepper(…)` returned."""
    from samplers.lab.stepper.browser import MODULES

    code = f"window.view = stepper(here, {as_script(shared(stepper.view))});"
    return module_page(code, styles(stepper.view), MODULES)


def styles(widget) -> str:
    """An anywidget's CSS for a page's head."""
    return f"<style>{widget.get_state()['_css']}</style>"


def encoded(values: np.ndarray, dtype: str = "<f4") -> str:
    """An array's bytes in base64, for a page."""
    return base64.b64encode(np.asarray(values, dtype).tobytes()).decode()


def decoded(text: str) -> np.ndarray:
    """Float64 numbers that a page gave in base64."""
    return np.frombuffer(base64.b64decode(text), "<f8")
