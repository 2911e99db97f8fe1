"""Confidence beside correctness: the bins of a calibration curve."""

import numpy as np
import pytest
from picture_check import check_picture

from samplers.lab import plot_calibration
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
