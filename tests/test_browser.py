"""A learner's first minutes in JupyterLab, in headless Chromium: a lesson and the explorer."""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import nbformat
import pytest
from chromium import chromium, needs_chromium
from nbformat.v4 import new_code_cell, new_notebook

from samplers.lab.publish.learner import KERNEL

ROOT = Path(__file__).parents[1]
TIMEOUT = 120_000  # ms; a busy machine starts a kernel slowly
ADDRESS = re.compile(r"http://127[\d.]+:\d+/\S*token=\w+")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
OVERRIDES = re.compile("echo '({.*saveState.*})'")  # JupyterLab's settings, as `make lab` has them
NO_CELL_RUNS = """
() => ![...document.querySelectorAll('.jp-InputPrompt')].some(p => p.innerText.includes('*'))
"""
SETUP = """from samplers import Distribution
from samplers.lab import explore
five = Distribution.from_probs({"好": 0.6, "很": 0.2, "不错": 0.1, "超级": 0.05, "极": 0.05})"""
LIVE = """from samplers.api import connect
client = connect("local")
live = explore(client, "What is the capital of France?")
live"""

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """(folder, address with its token) of a JupyterLab that is set up as `make lab` does it."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks/learner", folder / "learner")
    env = dict(os.environ)
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR"):
        env[name] = str(folder / name.lower())
    (folder / "settings").mkdir()
    (folder / "settings/overrides.json").write_text(OVERRIDES.search(MAKEFILE)[1])
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    settings = ["--ServerApp.port=0", f"--ServerApp.root_dir={folder}"]
    settings.append(f"--LabApp.app_settings_dir={folder}/settings")
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
            yield folder, address
        finally:
            server.terminate()
            if log.ident:
                log.join(timeout=30)


@contextmanager
def opened(lab, notebook: str):
    """A page with a notebook of the lab's folder; its kernel is ready."""
    _, address = lab
    root, token = address.split("?")
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1300, "height": 1000})
        page.set_default_timeout(TIMEOUT)
        page.goto(f"{root.removesuffix('/lab')}/lab/tree/{notebook}?{token}&reset")
        page.get_by_text("| Idle").wait_for()
        yield page
        page.screenshot(path=os.environ.get("SAMPLERS_SCREENSHOT", os.devnull), type="png")


def menu(page, name: str, item: str) -> None:
    page.get_by_role("menuitem", name=name, exact=True).click()
    page.get_by_role("menuitem", name=item, exact=True).click()


def write(lab, name: str, *cells: str) -> Path:
    path = lab[0] / name
    cells = [new_code_cell(cell) for cell in cells]
    notebook = new_notebook(cells=cells, metadata=KERNEL)
    path.write_text(nbformat.writes(notebook), "utf-8")
    return path


def expect(locator):
    from playwright.sync_api import expect

    return expect(locator)


def test_lesson_02_redraws_when_the_slider_moves(lab):
    with opened(lab, "learner/02_turn_the_temperature.ipynb") as page:
        menu(page, "Run", "Run All Cells")
        slider = page.get_by_role("slider", name="temperature").first
        slider.scroll_into_view_if_needed()
        page.wait_for_function(NO_CELL_RUNS)
        picture = page.locator(".samplers-explorer [role=img]").first
        before = picture.get_attribute("aria-label")
        slider.focus()
        for _ in range(10):
            slider.press("ArrowRight")
        # the lesson's next cell left the slider at 0
        expect(slider).to_have_attribute("aria-valuetext", "0.5")
        assert picture.get_attribute("aria-label") != before


def test_code_and_browser_share_the_values_and_keys_stay_in_the_explorer(lab):
    see = "print(explorer.temperature.value, explorer.drawn.sum(), explorer.seed.value)"
    path = write(lab, "keys.ipynb", SETUP, "explorer = explore(five)\nexplorer", see)
    with opened(lab, path.name) as page:
        menu(page, "Run", "Run All Cells")
        slider = page.get_by_role("slider", name="temperature")
        slider.focus()
        for key in (*"ddxzab0", "Backspace", "Enter", "Escape", "ArrowDown", "ArrowRight"):
            slider.press(key)
        expect(slider).to_be_focused()
        expect(slider).to_have_attribute("aria-valuetext", "1")
        slider.press("ArrowRight")
        page.get_by_role("button", name="Draw 1,000 tokens").click()
        expect(page.locator(".samplers-explorer .caption")).to_contain_text("1,000 drawn")

        cells = page.locator(".jp-Cell")
        assert cells.count() == 3
        cells.nth(2).locator(".jp-InputPrompt").click()
        page.keyboard.press("Escape")
        page.keyboard.press("Control+Enter")
        expect(cells.nth(2).locator(".jp-OutputArea-output")).to_contain_text("1.05 1000 0")
        page.keyboard.press("b")  # with the focus elsewhere JupyterLab's keys work as ever
        expect(cells).to_have_count(4)


def test_a_prompt_is_typed_and_tokens_are_chosen(lab):
    path = write(lab, "live.ipynb", SETUP, LIVE, "print(repr(live.text))")
    with opened(lab, path.name) as page:
        menu(page, "Run", "Run All Cells")
        tokens = page.locator(".samplers-explorer button.name")
        tokens.first.wait_for()
        page.wait_for_function(NO_CELL_RUNS)
        before = tokens.first.inner_text()
        prompt = page.get_by_role("textbox", name="prompt")
        prompt.fill("Count to three:")
        expect(tokens.first).not_to_have_text(before)
        chosen = tokens.first.inner_text()
        tokens.first.click()
        answer = page.locator(".samplers-explorer .answer")
        expect(answer).to_have_text(chosen)
        expect(tokens.first).to_be_focused()
        page.keyboard.press("Backspace")
        expect(answer).to_have_text("")
        assert page.locator(".jp-Cell").count() == 3


def test_a_saved_notebook_shows_the_explorer_without_its_kernel(lab):
    path = write(lab, "saved.ipynb", SETUP, "explorer = explore(five)\nexplorer")
    with opened(lab, path.name) as page:
        menu(page, "Run", "Run All Cells")
        slider = page.get_by_role("slider", name="temperature")
        slider.press("ArrowRight")
        page.get_by_role("button", name="Draw 1,000 tokens").click()
        expect(page.locator(".samplers-explorer .caption")).to_contain_text("1,000 drawn")
        picture = page.locator(".samplers-explorer [role=img]")
        shown = picture.get_attribute("aria-label")
        # the screen reader's words come last, long after the kernel has the value
        expect(page.locator(".samplers-explorer [role=status]")).to_have_text(shown)
        slider.press("Control+s")
        page.wait_for_function("() => !document.querySelector('.lm-TabBar .jp-mod-dirty')")

    notebook = json.loads(path.read_text("utf-8"), parse_constant=pytest.fail)
    [output] = notebook["cells"][1]["outputs"]
    assert {"image/png", "text/plain"} < set(output["data"])
    with opened(lab, path.name) as page:  # with a new kernel, which knows of no explorer
        picture = page.locator(".samplers-explorer [role=img]")
        assert picture.get_attribute("aria-label") == shown
        slider = page.get_by_role("slider", name="temperature")
        expect(slider).to_have_attribute("aria-valuetext", "1.05")
        slider.press("ArrowRight")
        assert picture.get_attribute("aria-label") != shown
        # what was drawn was of another distribution
        expect(page.locator(".samplers-explorer .caption")).not_to_contain_text("1,000 drawn")
