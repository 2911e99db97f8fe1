"""Prices of two days: where the points are, what is refused, and how they are told in words."""

import numpy as np
import pytest
from picture_check import check_picture

from samplers.lab import plot_prices

THEN = {"old": {"input": 10, "output": 40.0}}
NOW = {"old": {"input": 2, "output": 8}, "new": {"input": 0.1, "output": 0.5}}


def test_each_model_has_its_row():
    picture = plot_prices(THEN, NOW)
    check_picture(picture)
    assert picture.data["models"] == ("old", "new")
    np.testing.assert_array_equal(picture.data["then"]["input"], [10, np.nan])
    np.testing.assert_array_equal(picture.data["now"]["output"], [8, 0.5])


def test_the_text_has_both_prices_where_there_are_two():
    alt = plot_prices(THEN, NOW, ("last year", "today")).alt
    assert "old: 10 and 40 last year, 2 and 8 today." in alt
    assert "new: 0.1 and 0.5 today." in alt


@pytest.mark.parametrize(
    ("then", "now", "name"),
    [
        ({"old": {"input": 1}}, NOW, "then"),
        (THEN, {"old": {"input": 1, "output": 0}}, "now"),  # no place on a logarithmic axis
        (THEN, {"old": {"input": 1, "output": 2, "cached": 3}}, "now"),
        (THEN, {}, "now"),
        (THEN, {"old": {"input": 1, "output": "2"}}, "now"),
        (None, NOW, "then"),
    ],
)
def test_wrong_prices_are_refused(then, now, name):
    with pytest.raises(ValueError, match=name):
        plot_prices(then, now)


@pytest.mark.parametrize("names", [("one",), "ab", ("a", 1), None])
def test_two_days_have_two_names(names):
    with pytest.raises(ValueError, match="names"):
        plot_prices(THEN, NOW, names)
