"""A text in its tokens, and how often each was there before."""

import numpy as np
from picture_check import check_picture

from samplers.lab import plot_repetition, plot_tokens
from samplers.lab.plots.tokens import counts_before

TEXT = ["这个", "系统", "非常", "好用", "系统", "系统"]


def test_each_is_a_png_whose_text_holds_its_numbers():
    check_picture(plot_repetition({"a": TEXT, "b": []}))
    check_picture(plot_tokens(TEXT, ids=range(6)))


def test_repetition_counts_what_came_before():
    assert list(counts_before(TEXT)) == [0, 0, 0, 0, 1, 2]
    np.testing.assert_allclose(plot_repetition({"a": TEXT}).data["distinct"], [4 / 6])
