"""A learner's first minutes in JupyterLab: lesson 02, its explorers, its code and its links."""

from pathlib import Path

import pytest
from chromium import needs_chromium
from lab_page import expect, menu, opened, parts_of, wait_until_all_ran
from lab_server import COLUMNS
from widgets_notebook import VALUES, add_cells

LESSON = "learner/02_turn_the_temperature.ipynb"

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def lesson(browser, lab):
    """A page with lesson 02 and a learner's own cell after it, all run. The tests share it."""
    add_cells(lab.folder / LESSON, VALUES)
    page = opened(browser, lab, LESSON)
    menu(page, "Run", "Run All Cells")
    wait_until_all_ran(page)
    return page


def test_the_picture_follows_the_slider_to_its_end(lesson):
    slider, picture, _ = parts_of(lesson)
    slider.scroll_into_view_if_needed()
    expect(slider).to_have_attribute("aria-valuetext", "1.5")  # as the lesson set it
    before = picture.get_attribute("aria-label")
    slider.focus()
    for _ in range(10):
        slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "2")
    assert picture.get_attribute("aria-label") != before


def test_code_and_browser_share_the_values(lesson):
    slider, _, caption = parts_of(lesson)
    cells = lesson.locator(".jp-Cell")
    count = cells.count()
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "0")
    slider.press("ArrowRight")
    lesson.get_by_role("button", name="Draw 1,000 tokens").first.click()
    expect(caption).to_contain_text("1,000 drawn")

    cell = lesson.locator(".jp-Cell", has_text=VALUES)
    cell.locator(".jp-InputPrompt").click()
    lesson.keyboard.press("Escape")
    lesson.keyboard.press("Control+Enter")
    expect(cell.locator(".jp-OutputArea-output")).to_contain_text("0.05 0 True")
    lesson.keyboard.press("b")  # with the focus elsewhere JupyterLab's keys work as ever
    expect(cells).to_have_count(count + 1)


def test_a_prompt_is_typed_and_tokens_are_chosen(lesson):
    tokens = lesson.locator(".samplers-explorer button.name")
    before = tokens.first.inner_text()
    prompt = lesson.get_by_role("textbox", name="prompt")
    prompt.fill("Count to three:")
    expect(tokens.first).not_to_have_text(before)
    chosen = tokens.first.inner_text()
    tokens.first.click()
    answer = lesson.locator(".said .answer")
    expect(answer).to_have_text(chosen)
    expect(tokens.first).to_be_focused()
    lesson.keyboard.press("Backspace")
    expect(answer).to_have_text("")


def test_a_hundred_columns_of_code_fit_beside_the_list_of_files(lesson):
    """On 1,280 pixels; ruff holds the lessons' code to 100 columns."""
    size = lesson.viewport_size
    lesson.set_viewport_size({"width": 1280, "height": 1000})
    expect(lesson.locator(".jp-FileBrowser")).to_be_visible()
    columns = lesson.locator(".jp-CodeCell .cm-scroller").first.evaluate(COLUMNS)
    lesson.set_viewport_size(size)
    assert columns >= 100


def test_formulas_are_there_without_a_network(lesson):
    """The browser resolves no name: `FLAGS` of the helper chromium.py."""
    expect(lesson.locator("mjx-container").first).to_be_attached()
    assert lesson.locator("mjx-merror").count() == 0


def test_a_citation_opens_the_documents_page_at_its_section(lesson):
    """A link `../the_document.md#8` of a learner's copy; the page is rendered, not an editor."""
    lesson.locator('a[href*="the_document.md"][href$="#8"]').first.click()
    heading = lesson.locator(".jp-MarkdownViewer h2", has_text="8. How temperature works")
    expect(heading).to_be_in_viewport()
    assert heading.bounding_box()["y"] < 200
    lesson.locator(".lm-TabBar-tab", has_text=Path(LESSON).name).click()
