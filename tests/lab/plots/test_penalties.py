"""What the penalties take, against the document's numbers."""

import numpy as np
from picture_check import check_picture

from samplers.lab import plot_penalties

TEXT = ["这个", "系统", "非常", "好用", "系统", "系统"]


def test_each_is_a_png_whose_text_holds_its_numbers():
    check_picture(plot_penalties(TEXT, 0.5, 0.5))
    check_picture(plot_penalties(TEXT * 5, -0.5, 0.5))


def test_penalties_are_the_documents_numbers():
    data = plot_penalties(TEXT, frequency=0.5, presence=0.5, watch=["系统", "非常"]).data
    np.testing.assert_allclose(data["frequency"][0], [0, 0.5, 0.5, 0.5, 1.0, 1.5])
    np.testing.assert_allclose(data["presence"][0], [0, 0.5, 0.5, 0.5, 0.5, 0.5])
    np.testing.assert_allclose(data["frequency"][1][-1], 0.5)
