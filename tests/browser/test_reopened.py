"""A notebook that was saved, its kernel stopped, and that is opened again: the pictures stand.

Cells outside the window are detached or hidden: JupyterLab's windowing mode "full".
"""

import json

import pytest
import widgets_notebook
from chromium import needs_chromium
from lab_page import (
    expect,
    is_shown,
    opened,
    parts_of,
    save,
    scroll,
    scroll_to,
    stop_kernel,
    wait_until_hidden,
)

from samplers.lab.publish.execute import WIDGET_VIEW

NAME = "reopened.ipynb"

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def reopened(browser, lab):
    """(page, notebook, words of both pictures)"""
    page = widgets_notebook.ran(browser, lab, NAME)
    slider, picture, caption = parts_of(page)
    slider.press("End")
    slider.press("ArrowLeft")
    page.get_by_role("button", name="Draw 1,000 tokens").first.click()
    expect(caption).to_contain_text("1,000 drawn")
    shown = [it.get_attribute("aria-label") for it in (picture, page.locator(".tree"))]
    # the screen reader's words come last, long after the kernel has the value
    expect(page.locator(".samplers-explorer [role=status]").first).to_have_text(shown[0])
    save(page)
    stop_kernel(page)
    page.close()

    settings = lab.folder / "jupyterlab_settings_dir/@jupyterlab/notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "full"}')
    return opened(browser, lab, NAME), lab.folder / NAME, shown


def test_a_saved_notebook_shows_the_widgets_without_its_kernel(reopened):
    page, path, (shown, shown_tree) = reopened
    notebook = json.loads(path.read_text("utf-8"), parse_constant=pytest.fail)
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
    live = [output["data"] for output in outputs if WIDGET_VIEW in output.get("data", {})]
    assert len(live) == 3
    assert all({"image/png", "text/plain"} < set(data) for data in live)

    slider, picture, caption = parts_of(page)
    scroll_to(page, picture)
    assert picture.get_attribute("aria-label") == shown
    expect(slider).to_have_attribute("aria-valuetext", "1.95")
    slider.press("ArrowLeft")
    assert picture.get_attribute("aria-label") != shown
    # what was drawn was of another distribution
    expect(caption).not_to_contain_text("1,000 drawn")
    tree = page.locator(".tree")
    scroll_to(page, tree)
    assert tree.get_attribute("aria-label") == shown_tree


def test_an_explorer_that_was_scrolled_away_is_there_again_and_works(reopened):
    page, *_ = reopened
    slider, picture, _ = parts_of(page)
    scroll_to(page, picture)
    value = float(slider.get_attribute("aria-valuetext"))
    scroll_to(page, page.locator(".tree"))
    wait_until_hidden(picture)
    scroll(page, 0)
    scroll_to(page, picture)
    assert is_shown(picture)
    expect(slider).to_have_attribute("aria-valuetext", f"{value:g}")
    before = picture.get_attribute("aria-label")
    slider.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", f"{value - 0.05:g}")
    assert picture.get_attribute("aria-label") != before
