"""Regular expressions of integer ranges, against the integers themselves."""

import re
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samplers.local.engine.grammars.exact.integer_range import integer_range

NEAR = range(-130, 131)
BOUND = st.none() | st.integers(-120, 120)
ANY = st.integers(-(10**30), 10**30) | st.integers(-(2**65), 2**65)


def is_in(low, value, high) -> bool:
    return (low is None or low <= value) and (high is None or value <= high)


@given(BOUND, BOUND)
def test_small_ranges_are_exact(low, high):
    if low is not None and high is not None and low > high:
        low, high = high, low
    pattern = re.compile(integer_range(low, high))
    matched = [value for value in NEAR if pattern.fullmatch(str(value))]
    assert matched == [value for value in NEAR if is_in(low, value, high)]
    assert not any(pattern.fullmatch(text) for text in ("", "-", "-0", "00", "01", "1.0", "+1"))


@given(ANY, ANY, ANY)
def test_large_ranges_are_exact(one, other, value):
    low, high = sorted((one, other))
    pattern = re.compile(integer_range(low, high))
    for number in (low - 1, low, low + 1, high - 1, high, high + 1, value, -value, value // 10):
        assert bool(pattern.fullmatch(str(number))) == is_in(low, number, high)


def test_long_numbers_are_no_deep_groups():
    # regex-syntax, which reads the pattern in the engine, takes groups 250 deep
    low = 10**300 + 1
    pattern = integer_range(low, None)
    assert re.fullmatch(pattern, str(low))
    assert re.fullmatch(pattern, str(low - 1)) is None
    opened = accumulate((letter == "(") - (letter == ")") for letter in pattern)
    assert max(opened) <= 3


def test_an_empty_range_is_an_error():
    with pytest.raises(ValueError, match=r"\[5, 4\]"):
        integer_range(5, 4)
