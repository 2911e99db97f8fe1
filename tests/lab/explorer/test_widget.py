"""The explorer: its numbers after a control was used from code, and its printed form."""

import json

import numpy as np
import pytest

from samplers import (
    Distribution,
    SamplingParams,
    logit_bias,
    penalties,
    softmax,
    temperature,
    top_p,
)
from samplers.lab import explore
from samplers.lab.explorer.state import counts_so_far, sample_state


def test_it_starts_with_nothing_changed(five):
    explorer = explore(five)
    np.testing.assert_allclose(explorer.state.probs, five.probs)
    assert len(explorer.kept) == 5
    assert explorer.drawn is None


def test_a_slider_moves_the_state_and_the_picture(five):
    explorer = explore(five)
    picture = explorer.png
    explorer.temperature.value = 2
    np.testing.assert_allclose(explorer.state.probs, softmax(temperature(five, 2)))
    assert explorer.widget.settings["temperature"] == 2
    assert explorer.png != picture
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


def test_words_find_the_tokens_of_an_endpoint_by_their_labels():
    dist = Distribution(("␣the", "a"), np.log([0.75, 0.25]), bytes=(b" the", b"a"))
    assert counts_so_far(dist, "the ␣the a").tolist() == [2, 1]


def test_a_value_that_cannot_be_is_an_error_and_changes_nothing(five):
    explorer = explore(five)
    for name, bad in (
        ("so_far", "坏"),
        ("so_far", 3),
        ("temperature", 2.5),
        ("temperature", True),
        ("top_p", "much"),
        ("top_p", float("nan")),
        ("top_k", 1.5),
        ("seed", -1),
        ("logit_bias", "好"),
        ("logit_bias", "好 101"),
        ("logit_bias", "坏 1"),
        ("repetition_penalty", 1.3),
    ):
        before = getattr(explorer, name).value
        with pytest.raises(ValueError, match=name if name != "so_far" else "so.far"):
            getattr(explorer, name).value = bad
        assert getattr(explorer, name).value == before
    np.testing.assert_allclose(explorer.state.probs, five.probs)


def test_a_bias_is_added_to_its_token(five):
    explorer = explore(five, logit_bias={"极": 2.5})
    expected = softmax(logit_bias(five, {4: 2.5}))
    np.testing.assert_allclose(explorer.state.probs, expected)
    explorer.logit_bias.value = ""
    np.testing.assert_allclose(explorer.state.probs, five.probs)


def test_what_the_browser_sends_is_taken_over_or_refused_in_words(five):
    explorer = explore(five)
    seen = []
    explorer.temperature.observe(lambda change: seen.append(change["new"]), "value")
    explorer.widget.settings = explorer.widget.settings | {"temperature": 0.5, "so_far": "好"}
    assert seen == [0.5]
    assert (explorer.temperature.value, explorer.so_far.value) == (0.5, "好")
    assert explorer.state.params.temperature == 0.5

    explorer.widget.settings = explorer.widget.settings | {"temperature": 3}
    assert "temperature must be a number in [0, 2], got 3" in explorer.widget.error
    assert explorer.temperature.value == 0.5
    explorer.temperature.value = 1
    assert explorer.widget.error == ""


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
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert data["text/plain"].startswith("<Explorer of 5 tokens")
    assert metadata["image/png"]["alt"].startswith("Bars before and after: 好 0.600")


def test_it_shows_the_sliders_that_the_engine_has(five):
    def sliders(**options):
        return list(explore(five, **options).widget.fixed["sliders"])

    assert sliders()[:4] == ["temperature", "top_p", "top_k", "min_p"]
    assert sliders(engine="transformers") == ["temperature", "top_p", "top_k", "min_p"]
    with pytest.raises(ValueError, match="must be 0 for transformers"):
        explore(five, engine="transformers", presence_penalty=1)


def test_it_says_which_sliders_it_has(five):
    raw = five.with_logprobs(five.logprobs, 1.0)
    for dist, engine in ((five, "openai"), (raw, "openai"), (raw, "transformers")):
        explorer = explore(dist, engine=engine)
        names = ", ".join(explorer.widget.fixed["sliders"])
        assert repr(explorer) == f"<Explorer of 5 tokens: sliders for {names}; 1,000 draws>"
        assert ("repetition_penalty" in names) == (dist is raw)


def test_the_logits_go_to_the_browser_as_they_are(five):
    sent = explore(five).widget.logits
    assert np.array_equal(np.frombuffer(sent, "<f8"), five.logprobs)
    short = np.log([0.5, 0.25, 0.25]).astype(np.float32).astype(float)
    removed = Distribution(("a", "b", "c", "d"), [*short, -np.inf])
    sent = explore(removed).widget.logits
    assert np.frombuffer(sent, "<f4").tolist() == [*short, -np.inf]


def test_what_is_shared_is_valid_json_for_a_strict_parser(large):
    explorer = explore(large, temperature=0)
    explorer.draw_button.click()
    state = explorer.widget.get_state()
    assert isinstance(state.pop("logits"), bytes)
    json.dumps(state, allow_nan=False)


@pytest.mark.parametrize(
    "bad",
    [
        {"temperature": 3},
        {"top_p": -0.1},
        {"top_q": 1},
        {"prompt": "Hello"},
        {"so_far": "坏"},
        {"logit_bias": {5: 1}},
        {"top": 0},
    ],
)
def test_bad_initial_values_are_named(five, bad):
    with pytest.raises(ValueError, match=next(iter(bad)).replace("_", ".")):
        explore(five, **bad)


def test_what_is_no_distribution_and_no_client_is_named(five):
    with pytest.raises(ValueError, match="source must be a Distribution or a Client, got"):
        explore(five.probs)


def test_the_state_is_pure(five):
    counts = np.zeros(5, dtype=int)
    logprobs = five.logprobs.copy()
    sample_state(five, SamplingParams(temperature=0.3, top_p=0.5), counts, "openai")
    assert np.array_equal(five.logprobs, logprobs)


@pytest.mark.parametrize("drawn", [None, {"ids": [0], "counts": [1000], "total": 1000, "seed": 7}])
def test_draws_are_those_of_the_settings_that_come_with_the_wish(five, drawn):
    """A browser sends both at once while the kernel is busy, with what it has of older draws."""
    explorer = explore(five)
    settings = explorer.widget.settings | {"temperature": 0, "seed": 7}
    explorer.widget.set_state({"draws": 1, "settings": settings, "drawn": drawn})
    assert explorer.temperature.value == 0
    assert explorer.drawn.tolist() == [1000, 0, 0, 0, 0]
    assert explorer.widget.drawn == {"ids": [0], "counts": [1000], "total": 1000, "seed": 7}

    explorer.widget.set_state({"draws": 2})
    assert explorer.drawn.tolist() == [1000, 0, 0, 0, 0]
