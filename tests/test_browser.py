"""A learner's first minutes, in headless Chromium: run lesson 02 and move a slider with a key."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

ROOT = Path(__file__).parents[1]
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for path in map(shutil.which, NAMES) if path), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
TIMEOUT = 120_000  # ms; a busy machine starts a kernel slowly
ADDRESS = re.compile(r"http://127[\d.]+:\d+/\S*token=\w+")
NO_CELL_RUNS = """
() => ![...document.querySelectorAll('.jp-InputPrompt')].some(p => p.innerText.includes('*'))
"""

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine: install it to run this test"
)


@pytest.fixture
def lab(tmp_path):
    """The address, with its token, of a JupyterLab on a copy of the learner's notebooks.

    It is started as `make lab` starts it.
    """
    shutil.copytree(ROOT / "notebooks/learner", tmp_path / "learner")
    env = dict(os.environ)
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR"):
        env[name] = str(tmp_path / name.lower())
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    settings = ["--ServerApp.port=0", f"--ServerApp.root_dir={tmp_path}"]
    with subprocess.Popen(
        command + settings,
        env=env,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        # unread, the log would fill the pipe and stop the server
        log = Thread(target=server.stderr.read, daemon=True)
        try:
            matches = map(ADDRESS.search, iter(server.stderr.readline, ""))
            address = next(match[0] for match in matches if match)
            log.start()
            yield address
        finally:
            server.terminate()
            if log.ident:
                log.join(timeout=30)


def test_lesson_02_redraws_when_the_slider_moves(lab):
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="playwright drives Chromium: pip install .[test]"
    )
    address, token = lab.split("?")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1300, "height": 1000})
        page.set_default_timeout(TIMEOUT)
        root = address.removesuffix("/lab")
        page.goto(f"{root}/lab/tree/learner/02_turn_the_temperature.ipynb?{token}")
        page.get_by_text("| Idle").wait_for()
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

        explorer = page.locator(".jp-OutputArea-output", has=page.get_by_role("slider")).first
        explorer.scroll_into_view_if_needed()
        picture = explorer.locator("img[alt]")
        page.wait_for_function(NO_CELL_RUNS)
        before = picture.get_attribute("alt")
        slider = explorer.get_by_role("slider").first
        slider.focus()
        for _ in range(10):
            slider.press("ArrowRight")
        # the lesson's last cell left the slider at 0
        sync_api.expect(slider).to_have_attribute("aria-valuetext", "0.5")
        sync_api.expect(picture).not_to_have_attribute("alt", before, timeout=TIMEOUT)
        sync_api.expect(picture).to_have_attribute("src", re.compile("^data:image/png;base64,"))
        page.screenshot(path=os.environ.get("SAMPLERS_SCREENSHOT", os.devnull), type="png")
        browser.close()
