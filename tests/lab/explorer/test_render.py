"""The explorer as anywidget shows it, in a page: who of the browser and the kernel is heard."""

import pytest
from chromium import needs_chromium, widget_page

from samplers.lab import explore

pytestmark = needs_chromium
MOVE = """(value) => {
  const slider = document.querySelector("input[type=range]");
  slider.value = value;
  slider.dispatchEvent(new Event("input"));
}"""
SHOWN = "() => document.querySelector('input[type=range]').getAttribute('aria-valuetext')"


@pytest.fixture
def page(open_page, five):
    page = open_page(widget_page(explore(five)))
    page.locator(".rows .row").first.wait_for()
    return page


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
