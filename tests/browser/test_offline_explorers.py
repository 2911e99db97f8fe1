"""The explorers of the HTML handouts in Chromium, from a file: no kernel, no server, no network."""

import re

import numpy as np
import pytest
from barriers import severe_faults
from chromium import CONTRAST, needs_chromium
from lesson_pages import MASTERS
from offline_page import lesson, offline_page

from samplers import Distribution
from samplers.lab import explore
from samplers.lab.publish.offline import script
from samplers.lab.publish.offline.stored import stored

pytestmark = needs_chromium
DRAWS = "Drawing 1,000 tokens needs the notebook."
WITH_EXPLORERS = [master for master in MASTERS if script(master)]
RAINY = next(master for master in MASTERS if master.stem.startswith("02"))
SLIDER = "(it, x) => { it.value = x; it.dispatchEvent(new Event('input', {bubbles: true})); }"
ENDING = (
    "</script>",
    "</script/x",
    "</scRIPt x",
    "<!--<script>",
    "]]>",
    "a\u2028b",
    "<img onerror='stop()'>",
)


@pytest.fixture
def show(browser, tmp_path):
    """show(master): a page with its explorers. An error or a request to anywhere fails the test."""
    pages = []
    asked = set()
    errors = []

    def opened(master, **options):
        path = tmp_path / f"page-{len(pages)}.html"
        path.write_text(offline_page(master), "utf-8")
        page = browser.new_page(**options)
        pages.append(page)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: asked.add(request.url))
        page.goto(path.as_uri())
        return page

    yield opened
    opened_here = {page.url for page in pages}
    for page in pages:
        page.close()
    assert errors == []
    assert {url for url in asked if not url.startswith("data:")} == opened_here


@pytest.fixture
def small(tmp_path, five):
    """A lesson with one explorer, of the document's five tokens."""
    return lesson(tmp_path / "01_small.ipynb", explore(five))


@pytest.fixture
def five():
    return Distribution.from_probs({"好": 0.6, "很": 0.2, "不错": 0.1, "超级": 0.05, "极": 0.05})


def words(page) -> list[str]:
    """What the pictures say to a screen reader."""
    pictures = page.locator(".rows[role=img]")
    pictures.first.wait_for()
    return [it.get_attribute("aria-label") for it in pictures.all()]


@pytest.mark.parametrize("master", WITH_EXPLORERS, ids=lambda path: path.stem)
def test_a_lessons_explorers_say_what_its_stored_pictures_say_and_axe_finds_no_barrier(
    show, master
):
    page = show(master)
    explorers, _ = stored(master)
    for explorer, said in zip(explorers, words(page), strict=True):
        assert explorer["alt"].endswith(said)
    assert page.locator("figure img").count() == 0
    assert severe_faults(page) == []


def test_a_slider_moves_its_own_explorer_by_key_and_by_mouse(show):
    page = show(RAINY)
    first, second = words(page)
    slider = page.get_by_role("slider", name="temperature").first
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    moved, same = words(page)
    assert moved != first
    assert same == second
    assert slider.get_attribute("aria-valuetext") == "2"
    assert slider.evaluate("(it) => it === document.activeElement")
    status = page.get_by_role("status").first
    page.wait_for_function("(it) => it.textContent", arg=status.element_handle())
    assert status.text_content() == moved

    box = slider.bounding_box()
    page.mouse.click(box["x"] + 1, box["y"] + box["height"] / 2)
    assert slider.get_attribute("aria-valuetext") == "0"
    assert "1 of 49,152 tokens can be drawn" in words(page)[0]
    page.get_by_role("button", name="Reset").first.press("Enter")
    assert words(page) == [first, second]


def test_no_explorer_speaks_when_the_page_is_opened(show, small):
    page = show(small)
    page.clock.install()
    page.reload()
    words(page)
    page.clock.run_for(60_000)
    assert page.get_by_role("status").text_content() == ""


def test_roles_names_and_values_are_in_the_accessibility_tree(show):
    page = show(RAINY)
    words(page)
    tree = page.locator("figure").first.aria_snapshot()
    for line in (
        'slider "temperature": "1.5"',
        'textbox "tokens so far"',
        'button "Reset"',
        'img "Bars before and after: The 0.143 to 0.036;',
        "status",
        "alert",
    ):
        assert line in tree, tree


def test_tab_leads_through_and_out(show, small):
    page = show(small)
    words(page)
    stops = []
    for _ in range(10):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.tagName"))
    assert stops == ["INPUT"] * 8 + ["BUTTON", "A"]


def test_the_live_explorer_says_what_is_fixed_here(show):
    page = show(RAINY)
    words(page)
    caption = page.locator("figcaption")
    prompt = "Prompt: “The best thing about rainy days is”."
    live = f"{prompt} {DRAWS} So does another prompt, with a model running."
    assert set(caption.all_inner_texts()) == {DRAWS, live}
    figure = page.locator("figure", has=caption.filter(has_text=prompt))
    box = figure.get_by_role("textbox", name="tokens so far")
    box.fill("The The")
    box.press("Enter")
    before = words(page)[1]
    figure.get_by_role("slider", name="frequency_penalty").evaluate(SLIDER, 2)
    assert words(page)[1] != before  # the tokens so far count


def test_without_javascript_the_printed_picture_stands_there(show, small):
    page = show(small, java_script_enabled=False)
    picture = page.get_by_role("img")
    assert picture.get_attribute("alt") == stored(small)[0][0]["alt"]
    assert picture.bounding_box()["width"] > 400
    lines = [line for line in page.locator("body").inner_text().split("\n") if line]
    assert lines == ["A lesson", DRAWS, "The end"]


def test_tokens_that_would_end_a_script_are_shown_as_they_are_and_nothing_runs(show, tmp_path):
    probs = np.arange(len(ENDING), 0, -1.0)
    dist = Distribution(ENDING, np.log(probs / probs.sum()))
    page = show(lesson(tmp_path / "01.ipynb", explore(dist, so_far=["</script>"])))
    words(page)
    labels = page.locator(".rows .name").all_text_contents()
    marked = [token.replace(" ", "␣").replace("\u2028", "⟨e2 80 a8⟩") for token in ENDING]
    assert labels == marked
    assert page.get_by_role("textbox", name="tokens so far").input_value() == "</script>"
    assert page.locator("img").count() == 0
    text = re.sub(r"\s+", " ", page.locator("main > p, h1").all_inner_texts()[0])
    assert text == "A lesson"
    assert page.locator("body > *").count() == 3  # main, style, script


def test_removed_tokens_stay_removed(show, tmp_path):
    logprobs = np.log([0.5, 0.25, 0.25, 1])
    logprobs[3] = -np.inf
    explorer = explore(Distribution(tuple("abcd"), logprobs), temperature=2)
    page = show(lesson(tmp_path / "01.ipynb", explorer))
    [said] = words(page)
    assert said == explorer.alt
    assert "d 0 to 0" in said
    assert "3 of 4 tokens can be drawn" in said


@pytest.mark.parametrize("width", [320, 768, 1600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_can_be_read(show, small, width, scheme):
    page = show(small, viewport={"width": width, "height": 900}, color_scheme=scheme)
    words(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRAST) >= 4.5
    ink = page.locator(".samplers-explorer").evaluate("(it) => getComputedStyle(it).color")
    assert (ink == "rgb(236, 236, 236)") == (scheme == "dark")


def test_a_page_that_is_always_light_has_a_light_explorer(show, small):
    page = show(small, color_scheme="dark")
    words(page)
    page.evaluate("document.documentElement.style.colorScheme = 'light'")
    ink = page.locator(".samplers-explorer").evaluate("(it) => getComputedStyle(it).color")
    assert ink == "rgb(26, 26, 26)"


def test_moved_while_hidden_and_then_shown_it_is_right(show, small, five):
    page = show(small)
    words(page)
    bars = page.locator(".bars").first
    width = bars.evaluate("(it) => it.clientWidth")
    page.evaluate("document.querySelector('figure').style.display = 'none'")
    page.get_by_role("slider", name="temperature", include_hidden=True).evaluate(SLIDER, 2)
    page.evaluate("document.querySelector('figure').style.display = ''")
    assert "NaN" not in page.locator("figure").inner_html()
    assert bars.evaluate("(it) => it.clientWidth") == width > 100
    assert words(page) == [explore(five, temperature=2).alt]


def test_on_paper_the_values_stand_in_words_and_the_ink_is_dark(show, tmp_path, five):
    explorer = explore(five, temperature=1.3, so_far="好 很", frequency_penalty=1)
    master = lesson(tmp_path / "01.ipynb", explorer)
    page = show(master, color_scheme="dark", viewport={"width": 700, "height": 900})
    words(page)
    page.emulate_media(media="print")
    shown = page.locator(".controls label").filter(visible=True)
    texts = [text.split() for text in shown.all_inner_texts()]
    assert ["temperature", "1.3"] in texts
    assert ["tokens", "so", "far"] in texts
    assert ["logit_bias"] not in texts
    assert page.get_by_role("textbox").filter(visible=True).input_value() == "好 很"
    assert page.locator("input[type=range], button").filter(visible=True).count() == 0
    ink = page.locator(".samplers-explorer").evaluate("(it) => getComputedStyle(it).color")
    assert ink == "rgb(26, 26, 26)"
    assert page.locator(".picture").is_visible()
