"""The explorer as anywidget shows it, in a page: who of the browser and the kernel is heard."""

import pytest
from chromium import chromium, needs_chromium, widget_page

from samplers import Distribution
from samplers.lab import explore

pytestmark = needs_chromium
MOVE = """(value) => {
  const slider = document.querySelector("input[type=range]");
  slider.value = value;
  slider.dispatchEvent(new Event("input"));
}"""
SHOWN = "() => document.querySelector('input[type=range]').getAttribute('aria-valuetext')"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("render") / "page.html"
    five = Distribution.from_probs({"好": 0.6, "很": 0.2, "不错": 0.1, "超级": 0.05, "极": 0.05})
    path.write_text(widget_page(explore(five)), "utf-8")
    with chromium() as browser:
        page = browser.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        page.goto(path.as_uri())
        page.locator(".rows .row").first.wait_for()
        yield page


def test_an_answer_to_older_settings_moves_no_slider_back(page):
    """The kernel answers each change with what it was told; meanwhile the user moves on."""
    page.evaluate(MOVE, 1.05)
    page.wait_for_function("model.saved.length === 1")
    page.evaluate(f"""() => {{
      ({MOVE})(1.1);
      model.told({{ settings: model.saved[0] }});
    }}""")
    assert page.evaluate(SHOWN) == "1.1"
    page.wait_for_function("model.saved.length === 2")
    assert page.evaluate("model.saved[1].temperature") == 1.1


def test_what_code_sets_later_is_shown(page):
    page.evaluate("model.told({ settings: { ...model.get('settings'), temperature: 2 } })")
    assert page.evaluate(SHOWN) == "2"
