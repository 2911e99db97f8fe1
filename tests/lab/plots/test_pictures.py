"""Each picture holds the numbers that it shows, and its alternative text says them."""

import json
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from picture_check import check_picture

import samplers.lab as lab
from samplers import Chain, Distribution, SamplingParams, temperature, top_p
from samplers.lab.plots.tokens import counts_before

TEXT = ["这个", "系统", "非常", "好用", "系统", "系统"]


def pictures(five, large, top_five):
    params = SamplingParams(temperature=0.7, top_p=0.9)
    return [
        lab.plot_distribution(five),
        lab.plot_distribution(large),
        lab.plot_distribution(top_five),
        lab.plot_before_after(five, top_p(five, 0.7)),
        lab.plot_before_after(large, temperature(large, 2)),
        lab.plot_before_after(top_five, temperature(top_five, 0)),
        lab.plot_temperatures(large),
        lab.plot_panels(five, {"only": np.asarray(five)}),
        lab.plot_stages(large, Chain.for_engine("vllm").trace(large, params)),
        lab.plot_sweep(five, temperature, [0.1, 1, 2], mark=[1]),
        lab.plot_nucleus(large),
        lab.plot_nucleus(five),
        lab.plot_penalties(TEXT, 0.5, 0.5),
        lab.plot_penalties(TEXT * 5, -0.5, 0.5),
        lab.plot_repetition({"a": TEXT, "b": []}),
        lab.plot_tokens(TEXT, ids=range(6)),
    ]


def test_every_plot_is_a_png_with_a_title_and_alternative_text(five, large, top_five):
    for picture in pictures(five, large, top_five):
        assert isinstance(picture, lab.Picture)
        check_picture(picture)
        data, metadata = picture._repr_mimebundle_()
        assert set(data) == {"image/png", "text/plain"}
        assert metadata["image/png"]["alt"] == picture.alt
        json.dumps(data)


def test_a_picture_can_be_saved(tmp_path, five):
    picture = lab.plot_distribution(five)
    assert picture.save(tmp_path / "a.png").read_bytes() == picture.png


def test_the_same_numbers_give_the_same_bytes(five):
    assert lab.plot_distribution(five).png == lab.plot_distribution(five).png


def test_the_learners_own_matplotlib_settings_stay(five):
    before = dict(mpl.rcParams)
    lab.plot_distribution(five)
    assert dict(mpl.rcParams) == before


def test_pyplot_is_never_loaded():
    code = "import sys, samplers.lab; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_distribution_shows_the_best_tokens_and_the_rest(large, top_five):
    data = lab.plot_distribution(large, top=3).data
    best = np.argsort(-large.probs)[:3]
    assert list(data["index"]) == list(best)
    np.testing.assert_allclose(data["probs"].sum() + data["rest"], 1)
    assert "other 49,149 tokens" in lab.plot_distribution(large, top=3).alt
    assert "other 49,147 tokens" in lab.plot_distribution(top_five).alt
    np.testing.assert_allclose(lab.plot_distribution(top_five).data["rest"], top_five.unseen)


def test_before_after_tells_gained_lost_and_removed(five):
    picture = lab.plot_before_after(five, top_p(five, 0.7))  # 好 and 很 stay: .75 and .25
    np.testing.assert_allclose(picture.data["after"], [0.75, 0.25, 0, 0, 0])
    assert list(picture.data["removed"]) == [False, False, True, True, True]
    assert picture.data["gainer"] == "好"
    assert picture.data["loser"] == "不错"
    assert "不错 0.100 to 0 (removed)" in picture.alt
    assert "3 of 5 tokens removed" in picture.alt


def test_before_after_of_an_apis_top_is_over_what_it_lists(top_five):
    data = lab.plot_before_after(top_five, np.asarray(top_five)).data
    np.testing.assert_allclose(data["before"].sum(), 1)
    np.testing.assert_allclose(data["gain"], 0, atol=1e-12)


def test_a_rest_that_is_all_removed_is_zero(five):
    # 1 - sum would leave 1e-16
    assert lab.plot_before_after(five, top_p(five, 0.9), top=3).data["rest_after"] == 0


def test_a_gainer_outside_the_top_has_a_row():
    dist = Distribution.from_probs({"a": 0.5, "b": 0.3, "c": 0.2})
    picture = lab.plot_before_after(dist, [-np.inf, -np.inf, 0.0], top=2)
    assert picture.data["tokens"] == ("a", "b", "c")


def test_before_after_needs_one_logit_a_token(five):
    with pytest.raises(ValueError, match=r"after must have shape \(5,\)"):
        lab.plot_before_after(five, [0.0, 1.0])


def test_temperatures_say_their_effective_vocabulary(five):
    data = lab.plot_temperatures(five, (0, 1, 2)).data
    np.testing.assert_allclose(data["effective_vocabulary"][0], 1)
    assert np.all(np.diff(data["effective_vocabulary"]) > 0)
    np.testing.assert_allclose(data["probs"][1], five.probs)


def test_stages_that_do_nothing_are_named_not_drawn(five):
    trace = Chain.for_engine("openai").trace(five, SamplingParams(temperature=0.5, top_p=0.9))
    data = lab.plot_stages(five, trace).data
    assert data["stages"] == ("logits", "temperature", "top_p")
    assert "penalties" in data["unchanged"]
    assert list(data["kept"]) == [5, 5, 2]


def test_the_sweep_holds_its_marks_and_curves(five):
    data = lab.plot_sweep(five, temperature, np.linspace(0.5, 2, 4), mark=[0.7]).data
    assert 0.7 in data["x"]
    by_hand = five.probs ** (1 / 2) / (five.probs ** (1 / 2)).sum()
    np.testing.assert_allclose(data["panels"]["probability"]["好"][-1], by_hand[0])


def test_the_nucleus_counts_as_top_p_does(large):
    data = lab.plot_nucleus(large, (0.1, 0.9)).data
    assert [np.isfinite(top_p(large, p)).sum() for p in (0.1, 0.9)] == list(data["sizes"])


def test_penalties_are_the_documents_numbers():
    data = lab.plot_penalties(TEXT, frequency=0.5, presence=0.5, watch=["系统", "非常"]).data
    np.testing.assert_allclose(data["frequency"][0], [0, 0.5, 0.5, 0.5, 1.0, 1.5])
    np.testing.assert_allclose(data["presence"][0], [0, 0.5, 0.5, 0.5, 0.5, 0.5])
    np.testing.assert_allclose(data["frequency"][1][-1], 0.5)


def test_repetition_counts_what_came_before():
    assert list(counts_before(TEXT)) == [0, 0, 0, 0, 1, 2]
    np.testing.assert_allclose(lab.plot_repetition({"a": TEXT}).data["distinct"], [4 / 6])
