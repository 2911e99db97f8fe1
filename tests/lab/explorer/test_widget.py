"""The explorer: its numbers after a slider or a button was used, its picture, its speed."""

import statistics
import time

import numpy as np
import pytest

from samplers import SamplingParams, penalties, softmax, temperature, top_p
from samplers.lab import explore
from samplers.lab.explorer.state import counts_so_far, sample_state


def test_it_starts_with_nothing_changed(five):
    explorer = explore(five)
    np.testing.assert_allclose(explorer.state.probs, five.probs)
    assert len(explorer.kept) == 5
    assert explorer.drawn is None


def test_a_slider_moves_the_state_and_the_picture(five):
    explorer = explore(five)
    picture = explorer.image.value
    explorer.temperature.value = 2
    np.testing.assert_allclose(explorer.state.probs, softmax(temperature(five, 2)))
    assert explorer.image.value != picture
    assert "好 0.600 to 0.390" in explorer.alt


def test_stages_act_together_as_the_chain_says(five):
    explorer = explore(five, temperature=0.5, top_p=0.9)
    np.testing.assert_allclose(explorer.state.logits, top_p(temperature(five, 0.5), 0.9))
    assert list(explorer.kept) == [0, 1]


def test_the_engine_decides_the_order(five):
    settings = {"temperature": 0.5, "top_p": 0.85}
    assert len(explore(five, engine="openai", **settings).kept) == 1  # .6² of .415 is .867
    assert len(explore(five, engine="llama.cpp", **settings).kept) == 3  # .6 + .2 is .8


def test_tokens_so_far_are_penalised(five):
    explorer = explore(five, so_far=["好", "好", "很"], frequency_penalty=0.5)
    expected = softmax(penalties(five, np.array([2, 1, 0, 0, 0]), frequency=0.5))
    np.testing.assert_allclose(explorer.state.probs, expected)
    explorer.so_far.value = ""
    np.testing.assert_allclose(explorer.state.probs, five.probs)


def test_words_find_the_token_with_its_space(large):
    i = large.index(" the")
    assert counts_so_far(large, "the ␣the")[i] == 2


def test_an_unknown_word_is_an_error_that_shows(five):
    explorer = explore(five)
    with pytest.raises(ValueError, match="got '坏'"):
        explorer.so_far.value = "坏"
    assert 'role="alert"' in explorer.caption.value
    assert "坏" in explorer.caption.value
    explorer.so_far.value = "好"
    assert "alert" not in explorer.caption.value


def test_a_thousand_draws_follow_the_prediction_and_the_seed(five):
    explorer = explore(five)
    explorer.draw_button.click()
    first = explorer.drawn
    assert first.sum() == 1000
    deviation = np.sqrt(1000 * five.probs * (1 - five.probs))
    assert np.all(np.abs(first - 1000 * five.probs) < 5 * deviation)
    assert f"drawn {first[0] / 1000:.3f}" in explorer.alt

    explorer.draw_button.click()
    assert list(explorer.drawn) == list(first)

    explorer.seed.value = 1
    assert explorer.drawn is None
    explorer.draw_button.click()
    assert list(explorer.drawn) != list(first)


def test_removed_tokens_are_never_drawn(five):
    explorer = explore(five, top_k=2)
    explorer.draw_button.click()
    assert list(np.flatnonzero(explorer.drawn)) == [0, 1]


def test_moving_a_slider_takes_old_draws_away(five):
    explorer = explore(five)
    explorer.draw_button.click()
    explorer.temperature.value = 1.5
    assert explorer.drawn is None


def test_reset_goes_back_to_where_it_began(five):
    explorer = explore(five, temperature=0.5)
    explorer.temperature.value = 2
    explorer.top_k.value = 3
    explorer.so_far.value = "好"
    explorer.reset_button.click()
    assert (explorer.temperature.value, explorer.top_k.value, explorer.so_far.value) == (0.5, 0, "")
    np.testing.assert_allclose(explorer.state.probs, softmax(temperature(five, 0.5)))


def test_greedy_and_a_single_kept_token_draw(large):
    explorer = explore(large, temperature=0)
    assert list(explorer.kept) == [int(np.argmax(large.logprobs))]


def test_it_prints_as_a_picture(five):
    data, metadata = explore(five)._repr_mimebundle_()
    assert set(data) >= {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert data["text/plain"].startswith("<Explorer of 5 tokens")
    assert metadata["image/png"]["alt"].startswith("Bars before and after: 好 0.600")


def test_the_live_picture_has_alternative_text(five):
    assert ' alt="Bars before and after: 好 0.600' in explore(five).image.value


def test_every_control_has_a_name(five):
    explorer = explore(five)
    for name in ("temperature", "top_p", "top_k", "min_p", "frequency_penalty", "presence_penalty"):
        assert getattr(explorer, name).description == name
    assert explorer.draw_button.description == "Draw 1,000 tokens"


@pytest.mark.parametrize("bad", [{"temperature": 3}, {"top_p": -0.1}, {"top_q": 1}])
def test_bad_initial_values_are_named(five, bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        explore(five, **bad)


def test_the_state_is_pure(five):
    counts = np.zeros(5, dtype=int)
    logprobs = five.logprobs.copy()
    sample_state(five, SamplingParams(temperature=0.3, top_p=0.5), counts, "openai")
    assert np.array_equal(five.logprobs, logprobs)


def test_a_redraw_of_49152_tokens_takes_under_100_ms(large):
    explorer = explore(large, top_p=0.95)
    times = []  # of the processor: other programs on the machine do not count
    for value in np.linspace(0.1, 2, 21):
        start = time.process_time()
        explorer.temperature.value = round(float(value), 2)
        times.append(time.process_time() - start)
    assert statistics.median(times) < 0.1
