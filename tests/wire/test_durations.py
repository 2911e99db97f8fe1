"""Durations as OpenAI's headers write them, there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samplers.wire.durations import duration_seconds, duration_text

SEEN = {  # in headers of OpenAI's, in public reports
    "1s": 1,
    "6m0s": 360,
    "17ms": 0.017,
    "20ms": 0.020,
    "1m30s": 90,
    "1h2m": 3720,
    "2m59.56s": 179.56,
    "7.66s": 7.66,
    "23h47m36.648s": 85656.648,
}


@pytest.mark.parametrize(("text", "seconds"), SEEN.items())
def test_texts_that_were_seen(text, seconds):
    assert duration_seconds(text) == seconds
    printed = "1h2m0s" if text == "1h2m" else text  # Go prints the seconds always
    assert duration_text(seconds) == printed


@pytest.mark.parametrize(
    ("text", "seconds"), [("500us", 0.0005), ("1.5µs", 1.5e-6), ("1s20ns", 1.00000002), ("0s", 0)]
)
def test_the_shorter_units_of_go(text, seconds):
    assert duration_seconds(text) == seconds


def test_edges():
    assert duration_text(0) == "0s"
    assert duration_text(0.9999) == "1s"
    assert duration_text(59.9999) == "1m0s"
    assert duration_text(3599.9991) == "1h0m0s"
    assert duration_text(360000.5) == "100h0m0.5s"


@given(st.integers(0, 10**9))
def test_no_millisecond_is_lost(milliseconds):
    assert duration_seconds(duration_text(milliseconds / 1000)) == milliseconds / 1000


@given(st.floats(0, 10**6))
def test_it_is_never_too_short(seconds):
    late = duration_seconds(duration_text(seconds)) - seconds
    assert -1e-9 <= late < 0.001 + 1e-9


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "5", "-5s", "1s 2s", "1e3s", "nan", "1d", "2026-09-11T06:27:29Z", "١s"),
        "9" * 400 + "s",  # would be infinite
    ],
)
def test_other_texts(text):
    with pytest.raises(ValueError, match="a duration must be like"):
        duration_seconds(text)


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_other_numbers(seconds):
    with pytest.raises(ValueError, match="seconds must be"):
        duration_text(seconds)
