"""Curves over a parameter, and the mass that the most probable tokens hold."""

import numpy as np
import pytest
from picture_check import check_picture

from samplers import temperature, top_p
from samplers.lab import plot_curves, plot_nucleus, plot_sweep
from samplers.lab.plots.curves import _draw_curves, _whole_ticks, spread
from samplers.lab.plots.picture import new_figure


def test_each_is_a_png_whose_text_holds_its_numbers(five, large):
    check_picture(plot_sweep(five, temperature, [0.1, 1, 2], mark=[1]))
    check_picture(plot_nucleus(large))
    check_picture(plot_nucleus(five))


def test_the_sweep_holds_its_marks_and_curves(five):
    data = plot_sweep(five, temperature, np.linspace(0.5, 2, 4), mark=[0.7]).data
    assert 0.7 in data["x"]
    by_hand = five.probs ** (1 / 2) / (five.probs ** (1 / 2)).sum()
    np.testing.assert_allclose(data["panels"]["probability"]["好"][-1], by_hand[0])


def test_the_nucleus_counts_as_top_p_does(large):
    data = plot_nucleus(large, (0.1, 0.9)).data
    assert [np.isfinite(top_p(large, p)).sum() for p in (0.1, 0.9)] == list(data["sizes"])


def test_no_name_stands_on_the_axis_or_on_another_name():
    low, middle, high = spread([0, 0.1, 16], gap=1.4, floor=0.6)
    assert low >= 0.6
    assert middle - low >= 1.4 - 1e-9
    assert high - middle >= 1.4
    low, high = spread([0.2, 0.1], gap=1.4, floor=0.6)[::-1]  # both below the floor
    assert high - low >= 1.4 - 1e-9


def test_a_log_scale_is_for_values_above_zero():
    panels = {"kept": {"top_p": [1, 10, 1000]}}
    check_picture(plot_curves([1, 2, 3], panels, "temperature", log=["kept"]))
    with pytest.raises(ValueError, match="'kept' has values at or below"):
        plot_curves([1, 2], {"kept": {"top_p": [0, 1]}}, "temperature", log=["kept"])


def test_whole_numbers_have_whole_ticks():
    figure = new_figure(4, 3)
    ax = figure.add_subplot()
    _draw_curves(ax, np.arange(21.0), {"a": np.linspace(0, 1, 21)}, (), is_log=False)
    _whole_ticks(ax.xaxis)
    assert all(tick == round(tick) for tick in ax.get_xticks())
