"""Lesson 10's checks take right answers, and name the mistakes that they are written for."""

from datetime import timedelta
from math import ceil

import numpy as np
import pytest

from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.exercises.api.lesson_10 import REFUSED, SEEN


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("10-tokens", 1105, "Correct."),
        ("10-tokens", 1105.0, "Correct."),
        ("10-tokens", 85 + 3 * 2 * 170, "Correct."),
        ("10-tokens", 765, "the document's"),
        ("10-tokens", 85, '"high"'),
        ("10-tokens", 1020, "as a whole"),
        ("10-tokens", 1190, "counted once"),
        ("10-tokens", 2125, "Scale it down"),
        ("10-tokens", 3060, "Not yet."),
        ("10-tokens", "1,105 tokens", "Correct."),
        ("10-tokens", ["1105."], "Correct."),
        ("10-tokens", None, "can't read None as a number"),
        ("10-tokens", "six tiles", "can't read 'six tiles' as a number"),
        ("10-tokens", 1105.5, "can't read 1105.5 as a whole number"),
        ("10-pcm", (48_000, 64_000), "Correct."),
        ("10-pcm", [48e3, 64e3], "Correct."),
        ("10-pcm", (24_000 * 2, 24_000 * 2 // 3 * 4), "Correct."),
        ("10-pcm", (24_000, 32_000), "16 bits"),
        ("10-pcm", (384_000, 512_000), "eight"),
        ("10-pcm", (48_000, 36_000), "four characters for every three"),
        ("10-pcm", (64_000, 48_000), "Not yet."),
        ("10-pcm", "48,000 and 64,000", "Correct."),
        ("10-pcm", np.array([48_000, 64_000]), "Correct."),
        ("10-pcm", 48_000, "1 of the 2 parts"),
        ("10-pcm", None, "1 of the 2 parts"),
        ("10-pcm", {48_000, 64_000}, "A set has no order"),
        ("10-seen", list(SEEN.values()), "Correct."),
        ("10-seen", "yes, no, no, yes, no", "Correct."),
        ("10-seen", {name: str(seen) for name, seen in SEEN.items()}, "Correct."),
        ("10-seen", {"the button's words": True}, 'no answer for "the button\'s colour"'),
        ("10-seen", [True] * 5, "3 of 5. What reaches the model"),
        ("10-seen", [False] * 5, "2 of 5. What reaches the model"),
        ("10-seen", None, "1 of the 5 parts"),
        ("10-seen", ["red"] * 5, "can't read 'red' as yes (True) or no (False)"),
        ("10-refused", np.array(list(REFUSED.values())), "Correct."),
        ("10-refused", tuple(map(int, REFUSED.values())), "Correct."),
        ("10-refused", [True] * 5, "2 of 5. What counts is the content"),
        ("10-refused", [not refused for refused in REFUSED.values()], "5 of 5"),
        ("10-refused", {}, "no answer for 'a PNG that says it is a JPEG'"),
        ("10-refused", "none", "1 of the 5 parts"),
        ("10-refused", [200, 400, 400, 200, 400], "can't read 200 as yes (True) or no (False)"),
    ],
)
def test_predictions(name, answer, message):
    assert message in verdict(name, answer)


@pytest.mark.parametrize(("name", "right"), [("10-seen", SEEN), ("10-refused", REFUSED)])
def test_wrong_guesses_are_counted_and_not_named(name, right):
    assert verdict(name, right).startswith("Correct.")
    assert verdict(name, dict(reversed(right.items()))).startswith("Correct.")
    for guess, value in right.items():
        message = verdict(name, right | {guess: not value})
        assert message.startswith("Not yet. Not right yet: 1 of 5.")
        assert guess not in message


def by_steps(width, height):
    if max(width, height) > 2048:
        width, height = width * 2048 / max(width, height), height * 2048 / max(width, height)
    if min(width, height) > 768:
        width, height = width * 768 / min(width, height), height * 768 / min(width, height)
    return 85 + 170 * ceil(width / 512) * ceil(height / 512)


def in_one(width, height):
    scale = min(1, 2048 / max(width, height), 768 / min(width, height))
    return 85 + -(-width * scale // 512) * -(-height * scale // 512) * 170


def in_whole_pixels(width, height):
    scale = min(1, 2048 / max(width, height), 768 / min(width, height))
    across = (int(width * scale) + 511) // 512
    down = (int(height * scale) + 511) // 512
    return 85 + across * down * 170


def without_the_square(width, height):
    scale = min(1, 768 / min(width, height))
    return 85 + 170 * ceil(width * scale / 512) * ceil(height * scale / 512)


def enlarging(width, height):
    scale = min(2048 / max(width, height), 768 / min(width, height))
    return 85 + 170 * ceil(width * scale / 512) * ceil(height * scale / 512)


def as_a_text(width, height):
    return f"{by_steps(width, height):,}"


@pytest.mark.parametrize("tile_tokens", [by_steps, in_one, in_whole_pixels, as_a_text])
def test_right_rules(tile_tokens):
    assert verdict("10-tiles", tile_tokens).startswith("Correct.")


@pytest.mark.parametrize(
    ("tile_tokens", "message"),
    [
        (lambda width, height: 85 + 170 * ceil(width / 512) * ceil(height / 512), "1920×1080"),
        (lambda width, height: in_one(width, height) - 85, "1920×1080"),
        (lambda width, height: 1105, "1024×1024 becomes 768×768"),
        (without_the_square, "4000×500"),
        (enlarging, "is not enlarged"),
        (lambda width, height: in_one(width, height) if width > 512 else 85, "nearly empty"),
        (lambda width, height: in_one(width, height - 1), "512×513"),
        (lambda width, height: None, "None"),
        (lambda width: 1105, "TypeError"),
        (1105, "Give the function itself"),
        (lambda width, height: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_wrong_rules(tile_tokens, message):
    text = verdict("10-tiles", tile_tokens)
    assert text.startswith("Not yet")
    assert message in text


def by_divmod(seconds):
    rest, milliseconds = divmod(round(1000 * seconds), 1000)
    rest, seconds = divmod(rest, 60)
    hours, minutes = divmod(rest, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02},{milliseconds:03}"


def by_timedelta(seconds):
    whole = round(1000 * seconds)
    text = str(timedelta(seconds=whole // 1000)).rjust(8, "0")
    return f"{text},{whole % 1000:03d}"


def by_parts(seconds):
    ms = int(seconds * 1000 + 0.5)
    parts = (ms // 3_600_000, ms // 60_000 % 60, ms // 1000 % 60)
    return ":".join(str(part).zfill(2) for part in parts) + "," + str(ms % 1000).zfill(3)


@pytest.mark.parametrize("stamp", [by_divmod, by_timedelta, by_parts])
def test_right_stamps(stamp):
    assert verdict("10-stamp", stamp).startswith("Correct.")


@pytest.mark.parametrize(
    ("stamp", "message"),
    [
        (lambda seconds: by_divmod(seconds).replace(",", "."), "WebVTT"),
        (lambda seconds: f"00:{seconds // 60:02.0f}:{seconds % 60:06.3f}".replace(".", ","), "by"),
        (
            lambda seconds: (
                f"{int(seconds) // 3600:02}:{int(seconds) // 60 % 60:02}:{seconds % 60:06.3f}"
            ).replace(".", ","),
            "Round to whole milliseconds first",
        ),
        (lambda seconds: str(seconds), "Two digits"),
        (lambda seconds: by_divmod(seconds)[3:], "Two digits"),
        (lambda seconds: seconds, "Give a text."),
        (lambda seconds: None, "Give a text."),
        (lambda: "", "TypeError"),
        ("00:00:00,000", "Give the function itself"),
    ],
)
def test_wrong_stamps(stamp, message):
    text = verdict("10-stamp", stamp)
    assert text.startswith("Not yet")
    assert message in text
