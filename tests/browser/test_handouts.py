"""The HTML handouts, opened from a file: no barrier, no request, and explorers that move."""

import subprocess
import sys

import pytest
from barriers import severe_faults
from chromium import needs_chromium
from lesson_pages import NOTEBOOKS

# with explorers; with the widest code; with most prices
LESSONS = ("02_turn_the_temperature", "08b_run_the_tool_loop", "12_count_the_cost")
PAGES = [
    *(f"{edition}/{lesson}" for edition in ("student", "instructor") for lesson in LESSONS),
    *("student/the_document", "student/glossary", "instructor/instructor"),
]

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def handouts(tmp_path_factory):
    """A folder with the pages of LESSONS, as the command makes them."""
    folder = tmp_path_factory.mktemp("dist")
    lessons = [NOTEBOOKS / f"{name}.ipynb" for name in LESSONS]
    command = [sys.executable, "-m", "samplers.lab.publish.handouts", "--only", "html"]
    subprocess.run([*command, "--out", folder, *lessons], check=True)
    return folder


@pytest.fixture
def show(browser, handouts):
    """show(name): the page. A request to anywhere, or an error, fails the test."""
    pages = []
    asked = set()
    errors = []

    def opened(name: str, **options):
        page = browser.new_page(**options)
        pages.append(page)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: asked.add(request.url))
        page.goto((handouts / f"{name}.html").as_uri())
        return page

    yield opened
    opened_here = {page.url for page in pages}
    for page in pages:
        page.close()
    assert errors == []
    assert {url for url in asked if not url.startswith("data:")} == opened_here


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_barrier_and_fits_a_small_window(show, name):
    page = show(name, viewport={"width": 768, "height": 1000})
    assert severe_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 768


def test_the_explorers_of_lesson_02_move_by_keys(show):
    page = show(f"student/{LESSONS[0]}")
    picture = page.locator(".rows[role=img]").first
    before = picture.get_attribute("aria-label")
    slider = page.get_by_role("slider", name="temperature").first
    slider.press("ArrowRight")
    assert picture.get_attribute("aria-label") != before


def test_without_javascript_the_printed_picture_stands_in_its_place(show):
    page = show(f"student/{LESSONS[0]}", java_script_enabled=False)
    figures = page.locator("figure[data-explorer]")
    assert figures.count() == 2
    for figure in figures.all():
        assert figure.locator("img").get_attribute("alt")
