"""What paper says in place of a link that leads to another handout."""

import pytest
from lesson_pages import NOTEBOOKS

from samplers.lab.publish.handouts.links import Target, target_of, words_for

START = "00_start_here"


@pytest.mark.parametrize(
    ("link", "text", "said"),
    [
        ("00_start_here.ipynb#cell-id=knobs", "which models", "lesson 00, section 6"),
        ("00_start_here.ipynb#cell-id=knobs", "Section 6", "lesson 00"),
        ("00_start_here.ipynb#cell-id=knobs", "lesson 00, section 6", ""),
        ("00_start_here.ipynb", "00", ""),
        ("00_start_here.ipynb", "the beginning", "lesson 00"),
        ("the_document.md#8", "The document", "section 8"),
        ("the_document.md#8", "its table", "the document, section 8"),
        ("glossary.md#logit", "logits", ""),
        ("02_turn_the_temperature.ipynb#cell-id=02-14", "above", "section 2"),
    ],
)
def test_words_say_what_the_text_does_not(link, text, said):
    page = "02_turn_the_temperature"
    assert words_for(target_of(link, page, NOTEBOOKS), text, page, NOTEBOOKS) == said


def test_only_pages_of_the_kit_are_targets():
    assert target_of("#8", START, NOTEBOOKS) == Target(START, "8")
    for link in ("gone.ipynb", "temperature.png", "../README.md", "../samplers/README.md"):
        assert target_of(link, START, NOTEBOOKS) is None
