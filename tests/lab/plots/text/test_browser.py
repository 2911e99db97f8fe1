"""A coloured text in headless Chromium: its width, the mouse and the keyboard."""

import pytest
from chromium import needs_chromium
from example_scores import ODDITIES, WHOLE, score_of

from samplers.lab import plot_texts

LONG = score_of([b" a long sentence"] * 60, [-1.0] * 60, top=[((" x", 0.5),)] * 60)
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
POPUPS = """
() => [...document.querySelectorAll('.popup')].map((p, i) => [i, p.getBoundingClientRect()])
    .filter(([, box]) => box.width).map(([i, box]) => [i, box.left, box.right])
"""
MIDDLE = """
i => {
    const token = document.querySelectorAll('label .token').item(i);
    token.scrollIntoView({block: 'center'});
    const box = token.getClientRects()[0];  // of its first line
    return [box.x + box.width / 2, box.y + box.height / 2];
}
"""

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def blank(browser):
    with browser.new_page() as page:
        yield page


@pytest.fixture(scope="module")
def html() -> str:
    texts = plot_texts({"whole": WHOLE, "odd": ODDITIES, "long": LONG}).html
    return f"<a href='#'>before</a>{texts}<a href='#'>after</a>"


@pytest.fixture
def page(blank, html):
    """The page as it is first shown, with the mouse in its corner."""
    blank.emulate_media(media="screen")
    blank.mouse.move(0, 0)
    blank.goto("about:blank")
    blank.set_content(html)
    return blank


@pytest.mark.parametrize("width", [320, 768, 1600])
def test_no_token_and_no_popup_is_wider_than_the_page(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate(TOO_WIDE) <= 0
    for i in range(page.locator("label .token").count()):
        page.mouse.move(*page.evaluate(MIDDLE, i))
        ((shown, left, right),) = page.evaluate(POPUPS)
        assert shown == i
        assert left >= 0
        assert right <= width


def test_on_paper_there_is_no_popup_and_no_room_for_one(page):
    def height() -> float:
        return page.locator(".samplers-text").bounding_box()["height"]

    page.set_viewport_size({"width": 768, "height": 900})
    page.get_by_role("radio").first.focus()
    assert len(page.evaluate(POPUPS)) == 1
    on_screen = height()
    page.emulate_media(media="print")
    assert page.evaluate(POPUPS) == []
    assert height() < on_screen - 100


def test_the_room_for_the_last_popup_is_there_only_while_one_can_be_shown(page):
    room = """() => {
      const under = document.querySelector(".samplers-text").getBoundingClientRect().bottom;
      const last = document.querySelector(".key small").getBoundingClientRect().bottom;
      const popups = [...document.querySelectorAll(".popup")].map((popup) =>
        popup.getBoundingClientRect().bottom);
      return [under - last, under - Math.max(...popups)];
    }"""
    page.set_viewport_size({"width": 768, "height": 900})
    page.mouse.move(0, 0)
    assert page.evaluate(room)[0] < 15
    page.mouse.move(*page.evaluate(MIDDLE, page.locator("label .token").count() - 1))
    assert page.evaluate(room)[1] > 0
    page.mouse.move(0, 0)
    page.get_by_role("radio").last.focus()
    assert page.evaluate(room)[1] > 0


def test_tab_enters_a_text_the_arrows_walk_and_tab_leaves(page):
    def focused() -> str:
        return page.evaluate("document.activeElement.getAttribute('aria-label')")

    page.get_by_role("link", name="before").focus()
    page.keyboard.press("Tab")
    assert focused().startswith("The;")
    page.keyboard.press("ArrowRight")
    assert focused().startswith("␣cat;")
    assert [i for i, *_ in page.evaluate(POPUPS)] == [1]
    shown = " ".join(page.locator(".popup").nth(1).inner_text().split())
    assert shown.startswith("␣cat surprise 0.7 nats (p = 0.500) entropy before it 1.5 nats")
    assert shown.endswith("0.500 ␣cat 0.300 ␣dog")
    for text in range(3):
        assert page.locator(".tokens").nth(text).locator(":focus").count() == 1
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "after"
    assert page.evaluate(POPUPS) == []


def test_a_screen_reader_finds_a_named_group_of_named_tokens(page):
    group = page.get_by_role("radiogroup", name="whole")
    assert group.get_by_role("radio").count() == len(WHOLE)
    assert group.get_by_role("radio", name="␣zz; surprise ∞ nats (p = 0)").count() == 1
