"""The same tokens at several settings, and after each stage of a chain."""

import numpy as np
from picture_check import check_picture

from samplers import Chain, SamplingParams
from samplers.lab import plot_panels, plot_stages, plot_temperatures


def test_each_is_a_png_whose_text_holds_its_numbers(five, large):
    params = SamplingParams(temperature=0.7, top_p=0.9)
    check_picture(plot_temperatures(large))
    check_picture(plot_panels(five, {"only": np.asarray(five)}))
    check_picture(plot_stages(large, Chain.for_engine("vllm").trace(large, params)))


def test_temperatures_say_their_effective_vocabulary(five):
    data = plot_temperatures(five, (0, 1, 2)).data
    np.testing.assert_allclose(data["effective_vocabulary"][0], 1)
    assert np.all(np.diff(data["effective_vocabulary"]) > 0)
    np.testing.assert_allclose(data["probs"][1], five.probs)


def test_stages_that_do_nothing_are_named_not_drawn(five):
    trace = Chain.for_engine("openai").trace(five, SamplingParams(temperature=0.5, top_p=0.9))
    data = plot_stages(five, trace).data
    assert data["stages"] == ("logits", "temperature", "top_p")
    assert "penalties" in data["unchanged"]
    assert list(data["kept"]) == [5, 5, 2]
