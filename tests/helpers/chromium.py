"""Chromium, headless, and the explorer's JavaScript in a page without a server."""

import base64
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for path in map(shutil.which, NAMES) if path), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine: install it to run this test"
)


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


def module_page(code: str, head: str = "") -> str:
    """A page whose only script is the explorer's module with `code` after it."""
    from samplers.lab.explorer.browser import script

    return f"""<!doctype html><meta charset="utf-8">{head}<body><div id="here"></div>
<script type="module">{script()}
{code}</script>"""


def explorer_page(explorer, on: str = "{}") -> str:
    """A page that shows what the kernel tells the browser of `explorer`, with nothing behind it.

    `on`: the object of callbacks, in JavaScript. The page has `view`, what `explorer(…)` returned.
    """
    from samplers.lab.explorer.browser import stylesheet

    told = explorer.widget.get_state()
    data = {name: told[name] for name in explorer.widget.keys if not name.startswith("_")}
    del data["layout"], data["tooltip"], data["tabbable"]
    logits = base64.b64encode(data.pop("logits")).decode()
    text = json.dumps(data | data.pop("fixed"), allow_nan=False).replace("<", "\\u003c")
    code = f"""
const bytes = Uint8Array.from(atob("{logits}"), (letter) => letter.charCodeAt(0));
const here = document.getElementById("here");
window.view = explorer(here, {{...{text}, logits: bytes.buffer}}, {on});
"""
    return module_page(code, f"<style>{stylesheet()}</style>")


def encoded(values: np.ndarray, dtype: str = "<f4") -> str:
    """An array's bytes in base64, for a page."""
    return base64.b64encode(np.asarray(values, dtype).tobytes()).decode()


def decoded(text: str) -> np.ndarray:
    """Float64 numbers that a page gave in base64."""
    return np.frombuffer(base64.b64decode(text), "<f8")
