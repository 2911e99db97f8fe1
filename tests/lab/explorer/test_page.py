"""The explorer in a page without a server or a kernel, in Chromium: its picture, keys and words."""

import base64
import io

import numpy as np
import pytest
from chromium import CONTRAST, encoded, explorer_page, needs_chromium
from PIL import Image

from samplers import Distribution
from samplers.lab import explore
from samplers.lab.explorer.view import scale_of

pytestmark = needs_chromium
RECORDING = """{
  change(settings) { told.push(["change", settings]); },
  draw() { told.push(["draw"]); },
}"""
LIVE = """{
  prompt(text) { told.push(["prompt", text, performance.now()]); },
  append(id, name) { told.push(["append", id, name]); },
  back() { told.push(["back"]); },
}"""


@pytest.fixture
def show(open_page):
    """show(explorer): a page that shows it; `told` is what it would tell the kernel."""

    def opened(explorer, on=RECORDING, **options):
        page = open_page(explorer_page(explorer, on), "window.told = []", **options)
        page.locator(".rows .row").first.wait_for()
        return page

    return opened


def alt(page) -> str:
    return page.get_by_role("img").get_attribute("aria-label")


def told(page, action: str) -> list:
    return [entry[1:] for entry in page.evaluate("told") if entry[0] == action]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"temperature": 2},
        {"temperature": 0},
        {"top_p": 0.65, "frequency_penalty": 1.5, "so_far": "好 很 好"},
        {"top_k": 2, "logit_bias": {"极": 3}},
    ],
)
def test_it_says_what_the_printed_form_says(show, five, settings):
    explorer = explore(five, **settings)
    explorer.draw_button.click()
    assert alt(show(explorer)) == explorer.alt


def test_it_says_the_same_of_a_whole_vocabulary(show, large):
    explorer = explore(large, temperature=1.3, top_p=0.9)
    assert alt(show(explorer)) == explorer.alt


@pytest.mark.parametrize(
    ("best", "end", "cut"),
    [(0.6, "0.75", 0), (0.143, "1", 0), (0.09, "0.1", 2), (0.001, "0.01", 2)],
)
def test_the_rest_is_drawn_whole_unless_no_token_would_be_seen_beside_it(show, best, end, cut):
    many = {f"t{i}": (1 - best) / 2000 for i in range(2000)}
    explorer = explore(Distribution.from_probs({"a": best} | many), temperature=1.2)
    page = show(explorer)
    assert page.locator(".axis text").last.text_content() == end
    assert page.locator(".cut:visible").count() == cut

    probs = [explorer.before, explorer.state.probs]
    assert scale_of([explorer._rows(side) for side in probs], has_rest=True) == float(end)


def test_each_control_has_its_role_name_and_value(show, five):
    page = show(explore(five, temperature=1.3, so_far="好"))
    sliders = page.get_by_role("slider")
    names = ["temperature", "top_p", "top_k", "min_p", "frequency_penalty", "presence_penalty"]
    assert sliders.count() == len(names)
    for name in names:
        assert page.get_by_role("slider", name=name, exact=True).count() == 1
    slider = page.get_by_role("slider", name="temperature")
    assert slider.get_attribute("aria-valuetext") == "1.3"
    assert page.get_by_role("slider", name="top_k").get_attribute("max") == "5"
    assert page.get_by_role("textbox", name="tokens so far").input_value() == "好"
    assert page.get_by_role("spinbutton", name="seed").input_value() == "0"
    for name in ("Draw 1,000 tokens", "Reset"):
        assert page.get_by_role("button", name=name).count() == 1


def test_a_key_moves_the_slider_and_the_picture_and_keeps_the_focus(show, five):
    page = show(explore(five))
    slider = page.get_by_role("slider", name="temperature")
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    assert alt(page) == explore(five, temperature=2).alt
    assert slider.evaluate("(it) => it === document.activeElement")
    assert told(page, "change")[-1][0]["temperature"] == 2
    status = page.get_by_role("status")
    page.wait_for_function(
        "(alt) => document.querySelector('[role=status]').textContent === alt", arg=alt(page)
    )
    assert status.count() == 1


def test_tab_leads_through_and_out(show, five):
    page = show(explore(five))
    page.evaluate("document.body.append(Object.assign(document.createElement('a'), {href: '#'}))")
    stops = []
    for _ in range(12):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.tagName"))
    assert stops == ["INPUT"] * 8 + ["BUTTON", "INPUT", "BUTTON", "A"]


def test_a_word_that_is_no_token_is_said_and_the_picture_stays(show, five):
    page = show(explore(five))
    box = page.get_by_role("textbox", name="tokens so far")
    box.fill("坏")
    box.press("Enter")
    alert = page.get_by_role("alert")
    assert "tokens so far must be tokens of this distribution, got '坏'" in alert.inner_text()
    assert alt(page) == explore(five).alt
    assert told(page, "change") == []
    page.get_by_role("button", name="Reset").click()
    assert box.input_value() == ""
    assert alert.text_content() == ""


def test_nan_and_no_token_at_all_are_a_sentence_and_no_picture(show, five):
    page = show(explore(five))
    good = encoded(five.logprobs)
    update = """(text) => view.update({
      logits: Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)),
    })"""
    for bad, sentence in (
        ([np.nan, 0, 0, 0, 0], "got NaN or +inf"),
        ([-np.inf] * 5, "every token is removed"),
        ([0.0] * 6, "4 or 8 bytes for each of 5 tokens, got 24 bytes"),
    ):
        page.evaluate(update, encoded(bad))
        assert sentence in page.get_by_role("alert").inner_text()
        assert not page.locator(".picture").is_visible()
    page.evaluate(update, good)
    assert page.locator(".picture").is_visible()
    assert page.get_by_role("alert").text_content() == ""


def test_a_token_is_never_html(show):
    tokens = ("<img src=x onerror='window.hacked = 1'>", "</script><b>", "<!--<script>", "\u2028")
    page = show(explore(Distribution(tokens, np.log([0.4, 0.3, 0.2, 0.1]))))
    labels = page.locator(".rows .name").all_inner_texts()
    assert labels[0] == tokens[0].replace(" ", "␣")
    assert labels[1:] == [tokens[1], tokens[2], "⟨e2 80 a8⟩"]
    assert page.evaluate("window.hacked") is None
    assert page.locator("img, b").count() == 0


@pytest.mark.parametrize("width", [320, 800, 1600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_can_be_read(show, large, width, scheme):
    explorer = explore(large, top_p=0.1)
    explorer.draw_button.click()
    page = show(explorer, viewport={"width": width, "height": 900}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRAST) >= 4.5
    dark = page.locator(".samplers-explorer").evaluate("(it) => getComputedStyle(it).color")
    assert (dark == "rgb(236, 236, 236)") == (scheme == "dark")
    notebook = "light" if scheme == "dark" else "dark"
    page.evaluate(f"document.body.dataset.jpThemeLight = {str(notebook == 'light').lower()}")
    assert page.evaluate(CONTRAST) >= 4.5


def test_it_is_sharp_on_a_screen_that_is_twice_as_dense(show, five):
    """The window moves there. An image scaled up would have blocks of four equal pixels."""
    page = show(explore(five, top_p=0.8), viewport={"width": 800, "height": 600})
    boxes = """() => [...document.querySelectorAll(".picture *")].map((it) =>
      Object.values(it.getBoundingClientRect().toJSON()))"""
    before = page.evaluate(boxes)
    screen = {"width": 800, "height": 600, "deviceScaleFactor": 2, "mobile": False}
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setDeviceMetricsOverride", screen)
    assert page.evaluate("devicePixelRatio") == 2
    assert page.evaluate(boxes) == before

    png = base64.b64decode(session.send("Page.captureScreenshot")["data"])
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("L"), int)
    assert pixels.shape == (1200, 1600)
    blocks = pixels.reshape(600, 2, 800, 2)
    uneven = np.ptp(blocks, axis=(1, 3)) > 40
    for part in (".name", ".bars"):
        x, y, width, height = (int(v) for v in page.locator(part).nth(2).bounding_box().values())
        assert uneven[y : y + height, x : x + width].sum() > 20


def test_drawn_in_a_hidden_tab_it_is_right_when_shown(show, five):
    page = show(explore(five))
    width = page.locator(".bars").first.evaluate("(it) => it.clientWidth")
    page.evaluate("here.style.display = 'none'")
    page.get_by_role("slider", name="temperature", include_hidden=True).evaluate(
        "(it) => { it.value = 2; it.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    page.evaluate("here.style.display = ''")
    assert "NaN" not in page.locator(".picture").inner_html()
    assert page.locator(".bars").first.evaluate("(it) => it.clientWidth") == width
    assert alt(page) == explore(five, temperature=2).alt


def test_tokens_are_chosen_with_mouse_and_keys_and_text_is_asked_about_when_it_rests(show, client):
    page = show(explore(client, "Hello"), LIVE)
    names = page.locator(".rows button.name")
    names.nth(2).click()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")
    texts = names.all_inner_texts()
    assert [name for _, name in told(page, "append")] == [texts[2], texts[1]]
    assert len(told(page, "back")) == 1
    assert page.evaluate("document.activeElement.innerText") == texts[1]

    box = page.get_by_role("textbox", name="prompt")
    last = box.evaluate("""(it) => {
      for (const text of ["Hello y", "Hello yo"]) {
        it.value = text;
        it.dispatchEvent(new Event("input"));
      }
      return performance.now();
    }""")
    page.wait_for_function("() => told.at(-1)[0] === 'prompt'")
    [[text, when]] = told(page, "prompt")
    assert text == "Hello yo"
    assert when - last >= 95
    box.press("Backspace")
    assert len(told(page, "back")) == 1


def test_what_is_typed_stays_until_its_distribution_comes(show, client):
    page = show(explore(client, "Hello"), LIVE)
    box = page.get_by_role("textbox", name="prompt")
    box.fill("Hello you")
    page.get_by_role("slider", name="temperature").press("ArrowRight")
    assert box.input_value() == "Hello you"
    page.wait_for_function("() => told.length > 0")
    assert told(page, "prompt")[0][0] == "Hello you"
    page.evaluate("view.update({ prompt: 'From Python' })")
    assert box.input_value() == "From Python"


def test_the_last_token_taken_back_leaves_the_focus_where_it_is(show, client):
    explorer = explore(client, "Hello")
    explorer.append(500)
    page = show(explorer, LIVE)
    button = page.get_by_role("button", name="Take back")
    assert button.is_enabled()
    button.press("Enter")
    page.evaluate("view.update({ answer: [] })")
    assert button.is_disabled()
    assert button.evaluate("(it) => it === document.activeElement")


def test_a_repetition_penalty_acts_on_raw_logits_as_in_numpy(show, client):
    explorer = explore(client, "Count: one, one, one,", repetition_penalty=1.3)
    best = int(explorer.kept[0])
    explorer.append(best)
    explorer.append(best)
    page = show(explorer, LIVE)
    page.wait_for_function("() => document.querySelector('[role=status]').textContent")
    assert explorer.alt.endswith(page.get_by_role("status").text_content())
