"""Confidence beside correctness: the bins of a calibration curve."""

import numpy as np
import pytest
from picture_check import check_picture

from samplers.lab import plot_calibration, plot_confidence
from samplers.lab.plots.confidence import calibration_bins


def test_it_is_a_png_whose_text_holds_its_numbers():
    right = np.arange(20) % 4 > 0
    check_picture(plot_calibration(np.linspace(0.5, 1, 20), right))


def test_calibration_bins_are_equally_full_and_in_order():
    confidence = np.array([0.9, 0.5, 0.7, 0.6, 0.8, 1.0])
    right = np.array([1, 0, 1, 0, 0, 1])
    mean, size, hits = calibration_bins(confidence, right, bins=3)
    np.testing.assert_allclose(mean, [0.55, 0.75, 0.95])
    assert list(size) == [2, 2, 2]
    assert list(hits) == [0, 1, 2]
    with pytest.raises(ValueError, match="n >= 4"):
        calibration_bins([0.5], [True], bins=4)


def test_groups_have_a_row_each_and_their_medians():
    picture = plot_confidence({"sure": [0.5, 0.9, 0.7], "unsure": [0.02, 0.01]})
    check_picture(picture)
    np.testing.assert_allclose(picture.data["medians"], [0.7, 0.015])
    assert list(picture.data["values"][1]) == [0.01, 0.02]
    with pytest.raises(ValueError, match="above 0"):
        plot_confidence({"never": [0.0, 0.1]})
