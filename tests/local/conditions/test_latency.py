"""The latency's formula."""

import random

import pytest

from samplers.local.conditions.latency import Latency, latency


def test_without_a_spread_it_is_exact():
    plain = Latency(ttft=0.5, between=0.02, prefill=0.001, load=0.1)
    rng = random.Random(0)
    assert plain.first(300, 0, rng) == pytest.approx(0.8)
    assert plain.first(300, 5, rng) == pytest.approx(1.2)
    assert plain.next(0, rng) == pytest.approx(0.02)
    assert plain.next(10, rng) == pytest.approx(0.04)


def test_the_spread_keeps_the_mean():
    """Of 20,000 lognormal numbers with the mean 1 and the spread s, whose variance is e^s² - 1."""
    noisy = Latency(between=1, spread=0.5)
    rng = random.Random(1)
    seen = [noisy.next(0, rng) for _ in range(20_000)]
    mean = sum(seen) / len(seen)
    variance = sum((one - mean) ** 2 for one in seen) / len(seen)
    assert mean == pytest.approx(1, abs=4 * (0.284 / 20_000) ** 0.5)
    assert variance == pytest.approx(0.284, rel=0.15)


def test_texts():
    assert latency("ttft=0.5,between=.03") == Latency(ttft=0.5, between=0.03)
    assert latency("prefill=0.001, spread=1, load=2") == Latency(prefill=0.001, spread=1, load=2)


@pytest.mark.parametrize(
    "text", ["", "1", "ttft", "ttft=", "ttft=-1", "ttft=nan", "first=1", "ttft=1,ttft=1"]
)
def test_other_texts(text):
    with pytest.raises(ValueError, match="latency must be numbers of ttft, between, prefill"):
        latency(text)


def test_numbers_that_are_too_large():
    with pytest.raises(ValueError, match=r"latency's ttft must be in \[0, 60\], got 61"):
        latency("ttft=61")
    with pytest.raises(ValueError, match=r"latency's load must be in \[0, 10\], got inf"):
        latency("load=" + "9" * 400)
