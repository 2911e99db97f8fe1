"""The screenshots and the speech of lesson 10: what they hold is what their texts say."""

import pytest
from PIL import Image

from samplers.lab import SPEECH, edit_distance, pcm, screenshot


@pytest.mark.parametrize("design", [1, 2])
def test_a_screenshot_has_the_lines_of_its_page(design):
    shown = screenshot(design)
    with Image.open(shown.path) as image:
        assert image.size == (1920, 1080)
        assert image.format == "PNG"
    page = shown.path.with_suffix(".html").read_text("utf-8")
    assert len(shown.lines) == page.count("<p style")
    assert all(12 <= size <= 48 for size, _ in shown.lines)
    for line in shown.text.splitlines():
        assert f"{line}</" in page
    assert shown.path.stat().st_size < 40_000


def test_the_speech_in_samples():
    pytest.importorskip("av", reason="make senses installs it")
    sound = pcm(SPEECH)
    assert len(sound) / 2 / 24_000 == pytest.approx(8.29, abs=0.01)


@pytest.mark.parametrize(
    ("read", "true", "edits"),
    [
        ("kitten", "sitting", 3),
        ("", "abc", 3),
        ("abc", "", 3),
        ("same", "same", 0),
        (["an", "old", "man"], ["an", "ill", "man"], 1),
        (("a", "b", "c"), ["b", "c", "d"], 2),
    ],
)
def test_edits(read, true, edits):
    assert edit_distance(read, true) == edit_distance(true, read) == edits


@pytest.mark.parametrize(("read", "true", "name"), [(None, "a", "read"), ("a", 3, "true")])
def test_wrong_texts(read, true, name):
    with pytest.raises(ValueError, match=f"{name} must be a text or a list of words"):
        edit_distance(read, true)
