"""The stepper's pictures in a page without a server or a kernel, in Chromium."""

from itertools import combinations

import numpy as np
import pytest
from chromium import CONTRAST, as_script, needs_chromium, shared, stepper_page

from samplers import SamplingParams
from samplers.lab import step_through

pytestmark = needs_chromium
WORDS = ["a", " b", "<i>好</i>", " characteristically", "<end>"]
TABLE = np.random.default_rng(0).normal(0, 1.5, (len(WORDS), len(WORDS)))
BOXES = """() => [...document.querySelectorAll(".tree .box")].map((it) => {
  const { left, top, right, bottom } = it.getBoundingClientRect();
  return { text: it.textContent, left, top, right, bottom };
})"""


def stepper_of(vocabulary=WORDS, **params):
    params = SamplingParams(**params)
    return step_through(
        lambda ids: TABLE[ids[-1]], [0], params, vocabulary=vocabulary, stop_tokens=[4]
    )


@pytest.fixture
def show(open_page):
    """show(stepper): a page that shows what the kernel tells the browser of it."""

    def opened(stepper, **options):
        page = open_page(stepper_page(stepper), **options)
        page.locator(".tree .now").wait_for()
        return page

    return opened


def update(page, stepper) -> None:
    page.evaluate(f"view.update({as_script(shared(stepper.view))})")


def wandered():
    """A stepper with branches, on a path of several tokens."""
    stepper = stepper_of(top_p=0.8)
    for text in ("a b b", "a b<i>好</i>", " b", "<i>好</i> characteristicallya b b b b"):
        stepper.tree.branch(0)
        stepper.tree.force(text)
    stepper.redraw()
    return stepper


def test_the_pictures_say_their_numbers_and_follow(show):
    stepper = stepper_of(top_p=0.75)
    page = show(stepper)
    bars, tree = page.get_by_role("img").all()
    said = page.locator(".so-far")
    for text in ("nothing yet", "<i>好</i>"):
        shown = stepper.view.shown
        assert bars.get_attribute("aria-label") == shown["rows_alt"]
        assert tree.get_attribute("aria-label") == shown["tree_alt"]
        names = [row["name"] for row in shown["rows"]]
        assert page.locator(".rows .name").all_text_contents() == names
        assert page.locator(".tree .box").all_text_contents() == [b["label"] for b in shown["tree"]]
        empty = said.locator(".answer").evaluate("(it) => getComputedStyle(it, '::before').content")
        assert text in (empty if text == "nothing yet" else said.text_content())
        words = f"{shown['rows_alt']} {shown['tree_alt']}"
        page.wait_for_function(
            "(words) => document.querySelector('[role=status]').textContent.endsWith(words)",
            arg=words,
        )
        stepper.choice.value = 2
        stepper.pick_button.click()
        update(page, stepper)
    assert page.locator("i").count() == 0
    keys = page.locator(".legend").first.locator(".key").all_text_contents()
    assert [key.strip() for key in keys[:2]] == ["the model's own", "drawn from"]


def test_an_error_the_end_and_the_wait_are_said(show):
    stepper = stepper_of()
    page = show(stepper)
    stepper.back_button.click()
    update(page, stepper)
    assert "nothing to go back to" in page.get_by_role("alert").inner_text()

    stepper.choice.value = 4
    stepper.pick_button.click()
    update(page, stepper)
    assert page.get_by_role("alert").text_content() == ""
    assert "ended by <end>: go back or branch" in page.locator(".so-far").inner_text()
    assert not page.locator(".picture").is_visible()

    stepper.view.asking = True
    update(page, stepper)
    assert "asking the model" in page.locator(".so-far").inner_text()


@pytest.mark.parametrize("width", [320, 1600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_can_be_read(show, width, scheme):
    page = show(wandered(), viewport={"width": width, "height": 900}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRAST) >= 4.5
    # a tree that is too wide stands where the current token is
    left, right = page.evaluate("""() => {
      const { left, right } = document.querySelector(".tree .now").getBoundingClientRect();
      return [left, right];
    }""")
    assert 0 <= left < right <= width


def test_the_current_token_stands_out_in_the_colours_of_the_system(show):
    page = show(wandered(), forced_colors="active")
    behind = [
        page.locator(f".tree {box}").first.evaluate("(it) => getComputedStyle(it).backgroundColor")
        for box in (".now", ".path:not(.now, .line, .trunk)")
    ]
    assert behind[0] != behind[1]


def test_boxes_stand_in_rows_and_columns_and_lines_lead_to_them(show):
    stepper = wandered()
    page = show(stepper, viewport={"width": 1600, "height": 900})
    boxes = page.evaluate(BOXES)
    items = stepper.view.shown["tree"]
    assert [box["text"] for box in boxes] == [item["label"] for item in items]
    for one, other in combinations(zip(boxes, items, strict=True), 2):
        (a, i), (b, j) = one, other
        assert a["right"] < b["left"] or b["right"] < a["left"] or i["column"] == j["column"]
        assert a["bottom"] < b["top"] or b["bottom"] < a["top"] or i["row"] == j["row"]

    trunks = page.evaluate("""() => [...document.querySelectorAll(".tree .trunk")].map((it) => {
      const { left, top, bottom } = it.getBoundingClientRect();
      return [left, top, bottom];
    })""")
    parents = [(b, i) for b, i in zip(boxes, items, strict=True) if i["leads_to"]]
    middles = {i["row"]: (b["top"] + b["bottom"]) / 2 for b, i in zip(boxes, items, strict=True)}
    for (left, top, bottom), (box, item) in zip(trunks, parents, strict=True):
        assert abs(top - middles[item["row"]]) < 1
        assert abs(bottom - middles[item["lowest"]]) < 1
        assert 10 < left - box["right"] < 20
