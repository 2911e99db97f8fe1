"""The widgets in JupyterLab drawn in a hidden tab, in windows of other sizes, and in the dark."""

import nbformat
import pytest
import widgets_notebook
from chromium import CONTRAST, needs_chromium
from lab_page import ALL_RAN, expect, menu, opened, scroll_to
from lab_server import TIMEOUT
from nbformat.v4 import new_code_cell, new_notebook

from samplers.lab.publish.learner import KERNEL

# the explorer is drawn once the file is there
WAIT = """import time
from pathlib import Path

while not Path("hidden").exists():
    time.sleep(0.05)"""
WIDER = "(it) => it.scrollWidth - it.clientWidth"
WIDTH = "(it) => it.getBoundingClientRect().width"

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def page(browser, lab):
    """A page with every widget, its first slider moved."""
    page = widgets_notebook.ran(browser, lab, "sizes.ipynb")
    slider = page.get_by_role("slider", name="temperature").first
    slider.press("End")
    expect(slider).to_have_attribute("aria-valuetext", "2")
    return page


def explorer(page):
    return page.locator(".samplers-explorer").first


def is_whole(box) -> None:
    """It has its value still, fits into its place and draws with numbers."""
    expect(box.get_by_role("slider", name="temperature")).to_have_attribute("aria-valuetext", "2")
    assert box.evaluate(WIDER) <= 0
    assert box.locator(".bars").first.evaluate(WIDTH) > 100
    assert "NaN" not in box.inner_html()


def test_it_fills_a_narrow_and_a_wide_window(page):
    before = page.viewport_size
    page.locator(".jp-MarkdownOutput p").first.click()  # in a widget the keys are not JupyterLab's
    page.keyboard.press("Control+b")  # the list of files would take most of 320 pixels
    expect(page.locator(".jp-FileBrowser")).to_be_hidden()
    widths = []
    for width in (320, 800, 1600):
        page.set_viewport_size({"width": width, "height": 900})
        place = page.locator(".jp-OutputArea-output:has(.samplers-explorer)").first
        is_whole(explorer(page))
        widths.append(explorer(page).evaluate(WIDTH))
        assert widths[-1] > 0.95 * place.evaluate(WIDTH)
    assert widths[0] < 320 < 600 < widths[1] < 1200 < widths[2]
    page.keyboard.press("Control+b")
    page.set_viewport_size(before)


def test_it_keeps_its_size_on_a_screen_that_is_twice_as_dense(page):
    width = explorer(page).evaluate(WIDTH)
    session = page.context.new_cdp_session(page)
    screen = page.viewport_size | {"deviceScaleFactor": 2, "mobile": False}
    session.send("Emulation.setDeviceMetricsOverride", screen)
    assert page.evaluate("devicePixelRatio") == 2
    is_whole(explorer(page))
    assert explorer(page).evaluate(WIDTH) == width
    page.set_viewport_size(page.viewport_size)
    session.detach()


@pytest.mark.parametrize("theme", ["Dark", "Light"])
def test_it_can_be_read_in_jupyterlabs_themes(page, theme):
    menu(page, "Settings", "Theme", f"JupyterLab {theme}")
    is_light = str(theme == "Light").lower()
    page.locator(f'body[data-jp-theme-light="{is_light}"]').wait_for(state="attached")
    for box in page.locator(".samplers-explorer").all():
        scroll_to(page, box)
        assert page.evaluate(CONTRAST) >= 4.5
    scroll_to(page, explorer(page))
    is_whole(explorer(page))


def test_drawn_in_a_hidden_tab_it_is_right_when_shown(browser, lab):
    cells = [new_code_cell(WAIT), new_code_cell(widgets_notebook.EXPLORER)]
    notebook = new_notebook(cells=cells, metadata=KERNEL)
    (lab.folder / "tab.ipynb").write_text(nbformat.writes(notebook), "utf-8")
    page = opened(browser, lab, "tab.ipynb")
    menu(page, "Run", "Run All Cells")
    expect(page.locator(".jp-InputPrompt").nth(1)).to_contain_text("*")
    page.locator(".jp-DirListing-item", has_text="the_document.md").dblclick()
    expect(page.locator(".jp-Notebook")).to_be_hidden()
    (lab.folder / "hidden").touch()
    page.wait_for_function(ALL_RAN, timeout=1000 * TIMEOUT)
    page.locator(".samplers-explorer").wait_for(state="attached")
    assert not page.locator(".samplers-explorer").is_visible()

    page.locator(".lm-TabBar-tab", has_text="tab.ipynb").click()
    box = page.locator(".samplers-explorer")
    expect(box).to_be_visible()
    box.get_by_role("slider", name="temperature").press("End")
    is_whole(box)
    assert box.evaluate(WIDTH) > 600
