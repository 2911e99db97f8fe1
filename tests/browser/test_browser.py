"""A learner's first minutes in JupyterLab, in headless Chromium: a lesson and the explorer."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest
from chromium import chromium, needs_chromium
from lab_server import COLUMNS, NO_CELL_RUNS, TIMEOUT, jupyterlab
from nbformat.v4 import new_code_cell

from samplers.lab.publish.execute import WIDGET_VIEW

ROOT = Path(__file__).parents[1]
LESSON = "learner/02_turn_the_temperature.ipynb"
OWN = (  # what a learner writes below the lesson
    "print(explorer.temperature.value, explorer.seed.value, explorer.drawn is not None)",
    """from samplers.lab import step_through
step_through(lambda ids: 9 * np.eye(3)[(len(ids) - 1) % 3], [0], vocabulary=["a", "b", "c"])""",
)

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """(folder, address with its token) of a JupyterLab that is set up as `make lab` does it."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks/learner", folder / "learner")
    for page in (ROOT / "notebooks").glob("*.md"):
        shutil.copy(page, folder)
    with jupyterlab(folder) as address:
        yield folder, address


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


def opened(browser, lab, notebook: str):
    """A page with a notebook of the lab's folder; its kernel is ready."""
    _, address = lab
    root, token = address.split("?")
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    page.set_default_timeout(1000 * TIMEOUT)
    page.goto(f"{root.removesuffix('/lab')}/lab/tree/{notebook}?{token}&reset")
    page.get_by_text("| Idle").wait_for()
    return page


def menu(page, name: str, item: str) -> None:
    page.get_by_role("menuitem", name=name, exact=True).click()
    page.get_by_role("menuitem", name=item, exact=True).click()


def expect(locator):
    from playwright.sync_api import expect

    expect.set_options(timeout=1000 * TIMEOUT)
    return expect(locator)


@pytest.fixture(scope="module")
def lesson(browser, lab):
    """A page with lesson 02 and a learner's own cells after it, all run. The tests share it."""
    path = lab[0] / LESSON
    notebook = nbformat.read(path, as_version=4)
    notebook.cells += [new_code_cell(cell) for cell in OWN]
    path.write_text(nbformat.writes(notebook), "utf-8")
    page = opened(browser, lab, LESSON)
    menu(page, "Run", "Run All Cells")
    page.locator(".continuations").wait_for(state="attached")  # the last picture
    page.wait_for_function(NO_CELL_RUNS)
    return page


def sliders_of(page):
    """The slider, the picture and the caption of the lesson's explorer."""
    box = page.locator(".samplers-explorer").first
    return (
        box.get_by_role("slider", name="temperature"),
        box.locator("[role=img]"),
        box.locator(".caption"),
    )


def test_lesson_02_redraws_when_the_slider_moves(lesson):
    slider, picture, _ = sliders_of(lesson)
    slider.scroll_into_view_if_needed()
    expect(slider).to_have_attribute("aria-valuetext", "1.5")  # as the lesson set it
    before = picture.get_attribute("aria-label")
    slider.focus()
    for _ in range(10):
        slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "2")
    assert picture.get_attribute("aria-label") != before


def test_code_and_browser_share_the_values_and_keys_stay_in_the_explorer(lesson):
    slider, _, caption = sliders_of(lesson)
    cells = lesson.locator(".jp-Cell")
    count = cells.count()
    slider.focus()
    for key in (*"ddxzab0", "Backspace", "Enter", "Escape", "Home"):
        slider.press(key)
    expect(slider).to_be_focused()
    expect(slider).to_have_attribute("aria-valuetext", "0")
    slider.press("ArrowRight")
    lesson.get_by_role("button", name="Draw 1,000 tokens").first.click()
    expect(caption).to_contain_text("1,000 drawn")

    assert cells.count() == count
    cell = lesson.locator(".jp-Cell", has_text=OWN[0])
    cell.locator(".jp-InputPrompt").click()
    lesson.keyboard.press("Escape")
    lesson.keyboard.press("Control+Enter")
    expect(cell.locator(".jp-OutputArea-output")).to_contain_text("0.05 0 True")
    lesson.keyboard.press("b")  # with the focus elsewhere JupyterLab's keys work as ever
    expect(cells).to_have_count(count + 1)


def test_a_prompt_is_typed_and_tokens_are_chosen(lesson):
    count = lesson.locator(".jp-Cell").count()
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
    assert lesson.locator(".jp-Cell").count() == count


def test_the_stepper_steps_by_keys(lesson):
    button = lesson.get_by_role("button", name="Next by chance")
    button.focus()
    for text in ("a", "ab", "abc"):
        lesson.keyboard.press("Enter")
        expect(lesson.locator(".so-far .answer")).to_have_text(text)
        expect(lesson.locator(".tree .now")).to_have_text(text[-1])
    expect(button).to_be_focused()
    slider = lesson.locator(".widget-slider", has_text="temperature").get_by_role("slider")
    slider.focus()
    bars = lesson.locator(".samplers-explorer:has(.tree) .rows")
    before = bars.get_attribute("aria-label")
    lesson.keyboard.press("ArrowRight")
    expect(bars).not_to_have_attribute("aria-label", before)


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


@pytest.fixture(scope="module")
def reopened(browser, lab, lesson):
    """(page, notebook, words of both pictures): saved, the kernel stopped, and opened anew.

    Cells outside the window are detached or hidden: JupyterLab's windowing mode "full".
    """
    slider, picture, caption = sliders_of(lesson)
    slider.press("End")
    slider.press("ArrowLeft")
    lesson.get_by_role("button", name="Draw 1,000 tokens").first.click()
    expect(caption).to_contain_text("1,000 drawn")
    shown = [it.get_attribute("aria-label") for it in (picture, lesson.locator(".tree"))]
    # the screen reader's words come last, long after the kernel has the value
    expect(lesson.locator(".samplers-explorer [role=status]").first).to_have_text(shown[0])
    slider.press("Control+s")
    lesson.wait_for_function("() => !document.querySelector('.lm-TabBar .jp-mod-dirty')")
    menu(lesson, "Kernel", "Shut Down Kernel")
    lesson.get_by_text("No Kernel |").wait_for()
    lesson.close()

    settings = lab[0] / "jupyterlab_settings_dir/@jupyterlab/notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "full"}')
    page = opened(browser, lab, LESSON)
    return page, lab[0] / LESSON, shown


def scroll_to(page, locator) -> None:
    """Scroll from the top until the cell of `locator` is shown."""
    height = page.locator(".jp-WindowedPanel-outer").evaluate("(it) => it.scrollHeight")
    for top in range(0, height, 500):
        scroll(page, top)
        if is_shown(locator):
            break
    locator.scroll_into_view_if_needed()


def is_shown(locator) -> bool:
    """JupyterLab makes an output outside the window transparent, or does not show it at all."""
    return locator.evaluate("(it) => it.checkVisibility({ opacityProperty: true })")


def scroll(page, top: int) -> None:
    """Two frames later JupyterLab has exchanged the cells."""
    page.locator(".jp-WindowedPanel-outer").evaluate(f"""(it) => {{
      it.scrollTop = {top};
      return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    }}""")


def test_a_saved_notebook_shows_the_explorer_without_its_kernel(reopened):
    page, path, (shown, shown_tree) = reopened
    notebook = json.loads(path.read_text("utf-8"), parse_constant=pytest.fail)
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
    live = [output["data"] for output in outputs if WIDGET_VIEW in output.get("data", {})]
    assert len(live) == 3
    assert all({"image/png", "text/plain"} < set(data) for data in live)

    slider, picture, caption = sliders_of(page)
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
    slider, picture, _ = sliders_of(page)
    scroll_to(page, picture)
    value = float(slider.get_attribute("aria-valuetext"))
    scroll(page, 0)
    assert not is_shown(picture)
    scroll_to(page, picture)
    assert is_shown(picture)
    expect(slider).to_have_attribute("aria-valuetext", f"{value:g}")
    before = picture.get_attribute("aria-label")
    slider.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", f"{value - 0.05:g}")
    assert picture.get_attribute("aria-label") != before
