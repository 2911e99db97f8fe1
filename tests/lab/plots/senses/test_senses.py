"""Tiles over a picture, words by doubt, a session's events: what is drawn, and what is said."""

import pytest
from picture_check import check_picture

from samplers.api import SpokenWord, Transcript, image_tokens
from samplers.lab import plot_cells, plot_events, plot_words, screenshot
from samplers.lab.lessons.realtime import RealtimeEvent

PATH = screenshot(1).path
WORDS = (
    SpokenWord("an", 0.0, 0.5, 0.899),
    SpokenWord("old-sposed", 0.5, 1.5, 0.294),
    SpokenWord("man.", None, None, None),
    SpokenWord("sure", 1.6, 2.0, 1.0),
)
ITEM = {"content": [{"type": "input_text", "text": "Why is the sea salty?\nTell me."}]}
LOG = [
    RealtimeEvent(0.1, False, "session.created", {}),
    RealtimeEvent(0.2, True, "conversation.item.create", {"item": ITEM}),
    RealtimeEvent(0.3, True, "response.create", {}),
    RealtimeEvent(0.5, False, "response.output_text.delta", {"delta": "Be"}),
    RealtimeEvent(0.6, False, "response.output_text.delta", {"delta": "cause"}),
]


@pytest.mark.parametrize(
    ("model", "detail", "columns", "rows", "words"),
    [
        ("gpt-4o", "high", 3, 2, "3 columns and 2 rows of cells of 512 pixels: 1,105 tokens"),
        ("gpt-4o", "low", 0, 0, "512 times 288 pixels, no cells: 85 tokens"),
        ("gpt-5.6-luna", "auto", 60, 34, "60 columns and 34 rows of cells of 32 pixels"),
    ],
)
def test_cells(model, detail, columns, rows, words):
    picture = plot_cells(PATH, image_tokens(model, 1920, 1080, detail))
    check_picture(picture)
    assert (picture.data["columns"], picture.data["rows"]) == (columns, rows)
    assert words in picture.alt


def test_words():
    picture = plot_words(Transcript("an old-sposed man. sure", WORDS, (), 2.0, {}))
    check_picture(picture)
    assert picture.data["probabilities"] == (0.899, 0.294, None, 1.0)
    assert picture.data["starts"] == (0.0, 0.5, None, 1.6)
    assert "4 words, each with its probability: an .90, old-sposed .29, man. ?, sure 1.0." in (
        picture.alt
    )


def test_no_words():
    assert "0 words" in plot_words(Transcript("", (), (), 2.0, {})).alt


def test_equal_events_in_a_row_are_one_line():
    picture = plot_events(LOG)
    check_picture(picture)
    assert picture.data["counts"] == (1, 1, 1, 2)
    assert picture.data["sent"] == (False, True, True, False)
    assert picture.data["times"] == (0.1, 0.2, 0.3, 0.5)
    assert "0.50 s, the endpoint: response.output_text.delta 2 times." in picture.alt


def test_wrong_arguments():
    for call, value, name in (
        (plot_words, "an old man", "transcript"),
        (plot_events, [], "log"),
        (plot_events, ["session.created"], "log"),
    ):
        with pytest.raises(ValueError, match=f"^{name} must be"):
            call(value)
    with pytest.raises(ValueError, match="cells must be an ImageTokens"):
        plot_cells(PATH, 1105)
