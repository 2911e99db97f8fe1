"""The keys of a widget belong to it: JupyterLab, in its command mode, deletes a cell by "d d"."""

import nbformat
import pytest
import widgets_notebook
from chromium import needs_chromium
from lab_page import expect, save, scroll_to

KEYS = (*"ddxzab00", "Backspace", "Enter", "ArrowDown", "ArrowUp", "ArrowRight", "Escape", *"dd")
CONTROLS = {
    "slider": ('.samplers-explorer:has([role="img"]) input[type="range"] >> nth=0'),
    "button": ".samplers-explorer .action:text('Draw') >> nth=0",
    "token": ".samplers-explorer button.name >> nth=0",
    "take back": ".samplers-explorer .action:text('Take back')",
    "step": ".samplers-stepper button:text('Next by chance')",
    "step's slider": ".samplers-stepper [role=slider] >> nth=0",
    "step's menu": ".samplers-stepper select >> nth=0",
    "tree": ".samplers-stepper .tree",
}
# is the focus inside? What has it is marked
VISIT = """(it) => {
  document.activeElement.dataset.visited = "";
  return it.contains(document.activeElement);
}"""
# the controls that Tab should have reached: of a group of tokens one is enough
MISSED = """(all) => all
  .filter((it) => it.tabIndex >= 0 && !it.disabled && !("visited" in it.dataset))
  .map((it) => it.outerHTML)"""

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def notebook(browser, lab):
    """(page, path) of a notebook with every widget, run."""
    return widgets_notebook.ran(browser, lab, "keys.ipynb"), lab.folder / "keys.ipynb"


def sources(path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]


def to_command_mode(page) -> None:
    page.locator(".jp-CodeCell .jp-InputPrompt").first.click()
    page.keyboard.press("Escape")
    expect(page.locator(".jp-Notebook")).to_contain_class("jp-mod-commandMode")


def test_the_stepper_steps_by_keys(notebook):
    page, _ = notebook
    button = page.locator(CONTROLS["step"])
    scroll_to(page, button)
    button.focus()
    for text in ("a", "ab", "abc"):
        page.keyboard.press("Enter")
        expect(page.locator(".so-far .answer")).to_have_text(text)
        expect(page.locator(".tree .now")).to_have_text(text[-1])
    expect(button).to_be_focused()


@pytest.mark.parametrize("name", CONTROLS)
def test_no_key_of_a_control_reaches_the_cells(notebook, name):
    page, path = notebook
    before = sources(path)
    control = page.locator(CONTROLS[name])
    scroll_to(page, control)
    control.focus()
    if name == "tree":  # it takes the focus where it is wider than its place
        control.evaluate("(it) => { it.tabIndex = 0; it.focus(); }")
    for key in KEYS:
        page.keyboard.press(key)
    expect(control).to_be_focused()
    save(page)  # its keys are JupyterLab's
    assert sources(path) == before


def test_the_arrows_move_what_has_the_focus(notebook):
    page, _ = notebook
    slider = page.locator(CONTROLS["slider"])
    scroll_to(page, slider)
    value = float(slider.get_attribute("aria-valuetext"))
    slider.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", f"{value - 0.05:g}")

    token = page.locator(CONTROLS["token"])
    scroll_to(page, token)
    token.press("ArrowDown")
    second = page.locator(".samplers-explorer button.name").nth(1)
    expect(second).to_be_focused()
    second.press("ArrowUp")
    expect(token).to_be_focused()

    menu = page.locator(CONTROLS["step's menu"])
    scroll_to(page, menu)
    menu.select_option(index=0)
    chosen = menu.input_value()
    menu.press("ArrowDown")
    expect(menu).not_to_have_value(chosen)


@pytest.mark.parametrize("box", [".samplers-explorer", ".samplers-stepper"])
def test_tab_leads_through_every_control_and_out(notebook, box):
    page, _ = notebook
    for place in page.locator(box).all():
        if box == ".samplers-explorer" and place.locator(".tree").count():
            continue  # the stepper's pictures
        scroll_to(page, place)
        controls = place.locator("input, textarea, select, [role=slider], button")
        controls.first.focus()
        stops = 0
        while place.evaluate(VISIT):
            stops += 1
            assert stops < 40  # more than any widget has: a trap
            page.keyboard.press("Tab")
        assert controls.evaluate_all(MISSED) == []


def test_with_the_focus_elsewhere_the_keys_are_jupyterlabs(notebook):
    page, _ = notebook
    cells = page.locator(".jp-Cell")
    count = cells.count()
    to_command_mode(page)
    page.keyboard.press("b")
    expect(cells).to_have_count(count + 1)
    page.keyboard.press("d")
    page.keyboard.press("d")
    expect(cells).to_have_count(count)
