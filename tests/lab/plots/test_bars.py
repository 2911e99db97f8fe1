"""One distribution as bars, and the same before and after a transform."""

import numpy as np
import pytest
from picture_check import check_picture

from samplers import Distribution, temperature, top_p
from samplers.lab import plot_before_after, plot_distribution
from samplers.lab.plots.bars import Row, _draw_pairs, ranked
from samplers.lab.plots.picture import new_figure


def test_each_is_a_png_whose_text_holds_its_numbers(five, large, top_five):
    for dist in (five, large, top_five):
        check_picture(plot_distribution(dist))
    check_picture(plot_before_after(five, top_p(five, 0.7)))
    check_picture(plot_before_after(large, temperature(large, 2)))
    check_picture(plot_before_after(top_five, temperature(top_five, 0)))


def test_distribution_shows_the_best_tokens_and_the_rest(large, top_five):
    data = plot_distribution(large, top=3).data
    best = np.argsort(-large.probs)[:3]
    assert list(data["index"]) == list(best)
    np.testing.assert_allclose(data["probs"].sum() + data["rest"], 1)
    assert "other 49,149 tokens" in plot_distribution(large, top=3).alt
    assert "other 49,147 tokens" in plot_distribution(top_five).alt
    np.testing.assert_allclose(plot_distribution(top_five).data["rest"], top_five.unseen)


def test_before_after_tells_gained_lost_and_removed(five):
    picture = plot_before_after(five, top_p(five, 0.7))  # 好 and 很 stay: .75 and .25
    np.testing.assert_allclose(picture.data["after"], [0.75, 0.25, 0, 0, 0])
    assert list(picture.data["removed"]) == [False, False, True, True, True]
    assert picture.data["gainer"] == "好"
    assert picture.data["loser"] == "不错"
    assert "不错 0.100 to 0 (removed)" in picture.alt
    assert "3 of 5 tokens removed" in picture.alt


def test_before_after_of_an_apis_top_is_over_what_it_lists(top_five):
    data = plot_before_after(top_five, np.asarray(top_five)).data
    np.testing.assert_allclose(data["before"].sum(), 1)
    np.testing.assert_allclose(data["gain"], 0, atol=1e-12)


def test_a_rest_that_is_all_removed_is_zero(five):
    # 1 - sum would leave 1e-16
    assert plot_before_after(five, top_p(five, 0.9), top=3).data["rest_after"] == 0


def test_a_gainer_outside_the_top_has_a_row():
    dist = Distribution.from_probs({"a": 0.5, "b": 0.3, "c": 0.2})
    picture = plot_before_after(dist, [-np.inf, -np.inf, 0.0], top=2)
    assert picture.data["tokens"] == ("a", "b", "c")


def test_before_after_needs_one_logit_per_token(five):
    with pytest.raises(ValueError, match=r"after must have shape \(5,\)"):
        plot_before_after(five, [0.0, 1.0])


def test_the_first_ranks_are_those_of_all_ties_included():
    p = np.random.default_rng(0).integers(0, 5, 300) / 600
    for count in (1, 7, 299, 300, 301):
        assert list(ranked(p, count)) == list(ranked(p)[:count])


def test_where_two_bars_stand_side_by_side_none_is_cut():
    ax = _draw_pairs(new_figure(7, 3), [Row("a", 0.14, 0.01)], [Row("others", 0.52, 0.93)])
    assert [bar.get_width() for bar in ax.patches] == [0.14, 0.01, 0.52, 0.93]
    assert ax.get_xticks().max() <= 1
