"""Requests on a clock: counted in tenths of a second, with what finds room."""

import numpy as np
import pytest
from picture_check import check_picture

from samplers.lab import plot_arrivals


def test_requests_are_counted_in_tenths_of_a_second():
    picture = plot_arrivals({"one way": [0, 0.05, 0.3, 0.99, 1.5], "another": [0.2]}, 1, 1)
    check_picture(picture)
    counts = picture.data["counts"]
    assert list(counts["one way"]) == [2, 0, 0, 1, 0, 0, 0, 0, 0, 1]
    assert list(counts["another"]) == [0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    np.testing.assert_allclose(picture.data["edges"], np.linspace(0, 1, 11))


def test_the_text_says_how_many_came_until_when():
    alt = plot_arrivals({"no jitter": [0, 0, 0.5, 0.5, 7]}, room=1, end=2).alt
    assert "no jitter: 5 requests, the last at 7.0 s, at most 2 in 0.1 s after the first." in alt


@pytest.mark.parametrize("arrivals", [{}, {"none": []}, {"before": [-1.0]}])
def test_wrong_arrivals_are_refused(arrivals):
    with pytest.raises(ValueError, match="arrivals"):
        plot_arrivals(arrivals, 1, 1)
