"""The figure and the script of an explorer, as text."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from lesson_pages import MASTERS, code_cells
from offline_page import lesson, offline_page

from samplers import Distribution
from samplers.lab import explore
from samplers.lab.publish.offline import fragment, script
from samplers.lab.publish.offline.page import DRAWS, as_script
from samplers.lab.publish.offline.stored import alt_of, is_explorer

ENDING = ("</script>", "</scRIPt x", "<!--<script>", "]]>", "a\u2028b\u2029", '"\\', "&lt;", "\0")


class Page(HTMLParser):
    """The tags of a page with their attributes, and its text outside style and script."""

    def __init__(self, html: str):
        super().__init__()
        self.tags = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        if self.cdata_elem is None:
            self.text += data

    def named(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize("master", MASTERS, ids=lambda path: path.stem)
def test_each_explorer_of_a_lesson_has_a_figure_and_no_other_cell_has(master):
    figures = {}
    for cell in code_cells(master):
        html = fragment(master, cell["id"])
        shown = list(filter(is_explorer, cell["outputs"]))
        assert (html is None) == (not shown)
        if html:
            [output] = shown
            [image] = Page(html).named("img")
            assert image["alt"] == alt_of(output)
            figures[cell["id"]] = html

    code = script(master)
    assert bool(code) == bool(figures)
    assert len(code.encode()) < 2_000_000
    live = [cell for cell, html in figures.items() if "with a model running." in html]
    assert live == [cell for cell in figures if cell == "02-live-1"]


def test_the_page_asks_for_nothing_and_has_one_script(tmp_path, five):
    page = Page(offline_page(lesson(tmp_path / "01.ipynb", explore(five), explore(five, top_p=0))))
    assert page.named("script") == [{"type": "module"}]
    assert len(page.named("style")) == 1
    assert not page.named("link")
    assert len(page.named("figure")) == 2
    assert all(image["src"].startswith("data:image/png;base64,") for image in page.named("img"))


@pytest.mark.parametrize("text", [*ENDING, "".join(ENDING), "\ud800 alone"])
def test_data_that_would_end_the_script_is_escaped_and_reads_back_the_same(text):
    written = as_script({"text": text})
    assert not re.search("[<>&\u2028\u2029\ud800-\udfff]", written)
    assert json.loads(written) == {"text": text}


def test_tokens_and_words_cannot_leave_their_place(tmp_path):
    probs = np.arange(len(ENDING), 0, -1.0)
    dist = Distribution(ENDING, np.log(probs / probs.sum()))
    master = lesson(tmp_path / "01.ipynb", explore(dist, so_far=["</script>"]))
    page = Page(offline_page(master))
    assert page.text.split() == ["A", "lessonA", "lesson", *DRAWS.split(), "The", "end"]
    [image] = page.named("img")
    assert image["alt"] == alt_of(code_cells(master)[0]["outputs"][0])
    assert "</scRIPt" in image["alt"]
    code = re.search('<script type="module">(.*?)</script', script(master), re.S)[1]
    data = json.loads(re.search(r"^placeExplorers\((.*)\);$", code, re.M)[1])
    [names] = [text for name, text in data["files"].items() if name.endswith(".txt")]
    assert names.replace("␣", " ").split("\n")[:4] == list(ENDING[:4])


def test_the_explorers_own_code_does_not_end_the_script():
    assert re.findall("(?i)</?script|<!--", script(MASTERS[1])) == ["<script", "</script"]


def test_a_cell_that_is_not_there_and_an_explorer_of_another_run_are_refused(tmp_path, five):
    master = lesson(tmp_path / "01.ipynb", explore(five))
    with pytest.raises(ValueError, match=r"cell_id must be the id of a cell in 01\.ipynb, got 'x'"):
        fragment(master, "x")

    text = master.read_text("utf-8")
    master.write_text(text.replace("0.600 to 0.600", "0.600 to 0.500"), "utf-8")
    with pytest.raises(
        ValueError, match=r"cell-0 of 01\.ipynb is from another run; run: python -m"
    ):
        fragment(master, "cell-0")
