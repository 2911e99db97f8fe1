"""Draws are counted by bytes, none is lost when something fails, and failures are reported."""

from collections import Counter

import numpy as np
import pytest
from toy_endpoint import VOCABULARY, ToyEndpoint, toy_logits

from samplers import SamplingParams, softmax
from samplers.api import APIError, AuthenticationError
from samplers.compare import Counts, goodness_of_fit, observe, predict
from samplers.compare.request import EXTENSIONS, extensions, fields, shown_distributions

PLAIN = SamplingParams()
OFF = {"top_k": 0, "min_p": 0.0, "repetition_penalty": 1.0}


def draw_from(toy, n=100, params=PLAIN, **options):
    return observe(toy.client(), "Hi", params, n, progress=False, **options)


def fail_after(toy, requests, status=500):
    """Let the endpoint refuse every request after the first few."""
    toy.refuse = lambda body: status if len(toy.bodies) > requests else None


def test_every_draw_is_counted_by_its_bytes():
    counts = draw_from(ToyEndpoint(seed=1), 3000)
    assert counts.draws == 3000
    assert (counts.failed, counts.stopped) == (0, None)
    frequency = np.array([counts.tokens[token] for token in VOCABULARY]) / 3000
    assert np.abs(frequency - softmax(toy_logits([]))).sum() / 2 < 0.05


def test_sequences_of_two_tokens_are_counted_whole():
    counts = draw_from(ToyEndpoint(seed=2), 200, SamplingParams(max_tokens=2))
    assert {len(sequence) for sequence in counts.sequences} <= {1, 2}
    assert sum(counts.tokens.values()) == 200
    ended = [sequence for sequence in counts.sequences if len(sequence) == 1]
    assert all(sequence == (b"",) for sequence in ended)


def test_an_endpoint_that_ends_without_a_token_gets_an_empty_one():
    class Silent(ToyEndpoint):
        def choice(self, body, index):
            return {
                "index": index,
                "message": {"content": ""},
                "finish_reason": "stop",
                "logprobs": {"content": []},
            }

    assert draw_from(Silent(), 5).sequences == Counter({(b"",): 5})


def test_failures_are_counted_and_made_up_for():
    toy = ToyEndpoint(seed=3)
    toy.refuse = lambda body: 503 if len(toy.bodies) % 3 == 0 else None
    counts = draw_from(toy, 200, batch=10)
    assert counts.draws == 200
    assert counts.failed >= 5
    assert counts.errors == Counter({"HTTP 503": counts.failed})
    assert f"{counts.failed} requests failed (HTTP 503: {counts.failed})" in repr(counts)


def test_draws_before_a_breakdown_are_kept_and_can_be_continued():
    toy = ToyEndpoint(seed=4)
    fail_after(toy, requests=6)
    counts = draw_from(toy, 200, batch=10)
    assert 0 < counts.draws < 200
    assert "HTTP 500" in counts.stopped
    assert "observe(…, into=counts) goes on" in repr(counts)

    toy.refuse = lambda body: None
    assert draw_from(toy, 200, into=counts) is counts
    assert (counts.draws, counts.stopped) == (200, None)


def test_draws_that_were_there_survive_an_interrupt():
    toy = ToyEndpoint(seed=5)
    counts = Counts()

    def interrupt(body):
        if len(toy.bodies) > 8:
            raise KeyboardInterrupt

    toy.refuse = interrupt
    with pytest.raises(KeyboardInterrupt):
        draw_from(toy, 500, batch=5, workers=1, into=counts)
    assert 0 < counts.draws < 500


def test_with_nothing_to_lose_the_error_is_raised():
    with pytest.raises(AuthenticationError):
        draw_from(ToyEndpoint(refuse=lambda body: 401))
    toy = ToyEndpoint()
    fail_after(toy, requests=1)
    with pytest.raises(APIError):
        draw_from(toy)


def test_an_endpoint_that_refuses_n_gets_smaller_batches():
    toy = ToyEndpoint(seed=6, refuse=lambda body: 400 if body.get("n", 1) > 4 else None)
    counts = draw_from(toy, 50)
    assert (counts.draws, counts.failed) == (50, 0)


def test_counts_of_another_question_are_not_mixed_in():
    toy = ToyEndpoint(seed=7)
    counts = draw_from(toy, 20)
    with pytest.raises(ValueError, match="into must be counts of the same messages and params"):
        draw_from(toy, 40, SamplingParams(temperature=2), into=counts)


def test_a_seed_and_bad_numbers_are_refused():
    with pytest.raises(ValueError, match="seed must be None"):
        draw_from(ToyEndpoint(), params=SamplingParams(seed=1))
    with pytest.raises(ValueError, match="draws must be an integer >= 1, got 0"):
        draw_from(ToyEndpoint(), 0)


def test_an_endpoint_is_asked_which_extensions_it_takes():
    openai = ToyEndpoint(refuse=lambda body: 400 if OFF.keys() & body.keys() else None)
    sglang = ToyEndpoint(refuse=lambda body: 400 if body.get("top_k") == 0 else None)
    assert extensions(ToyEndpoint().client(), "Hi") == OFF
    assert extensions(openai.client(), "Hi") == {}
    assert extensions(sglang.client(), "Hi") == OFF | {"top_k": -1}
    assert len(openai.bodies) == 1 + len(EXTENSIONS)
    with pytest.raises(AuthenticationError):
        extensions(ToyEndpoint(refuse=lambda body: 401).client(), "Hi")


def test_every_parameter_goes_on_the_wire():
    always = {"temperature", "top_p", "frequency_penalty", "presence_penalty"}
    assert set(fields(PLAIN, {})) == always
    assert fields(PLAIN, {"top_k": -1})["top_k"] == -1
    assert fields(SamplingParams(top_k=5), {"top_k": -1})["top_k"] == 5
    assert fields(SamplingParams(logit_bias={7: 1.5}), {})["logit_bias"] == {"7": 1.5}
    with pytest.raises(ValueError, match="min_p must be 0 here: the endpoint does not take it"):
        fields(SamplingParams(min_p=0.1), {"top_k": 0})


def test_an_endpoint_without_logprobs_is_an_error_that_says_so():
    class Mute(ToyEndpoint):
        def choice(self, body, index):
            return {**super().choice(body, index), "logprobs": None}

    with pytest.raises(APIError, match="no top_logprobs"):
        shown_distributions(Mute().client(), "Hi", PLAIN, {})
    assert draw_from(Mute(seed=9), 20).draws == 20  # a token's text will do
    with pytest.raises(APIError, match="tokens cannot be told apart"):
        draw_from(Mute(seed=9), 20, SamplingParams(max_tokens=2))


def test_a_prediction_of_the_local_endpoint_holds(client):
    """On the real model: its 20 logprobs, a prediction, 150 draws at T = 0.5, the test of fit."""
    france = "What is the capital of France?"
    params = SamplingParams(temperature=0.5, top_p=0.9)
    counts = observe(client, france, params, 150, progress=False)
    assert counts.draws == 150

    distribution = client.next_token(france)
    prediction = predict(distribution, params, "openai")
    assert goodness_of_fit(prediction, counts).p_value > 1e-3
    wrong = predict(distribution, SamplingParams(temperature=1), "openai")
    assert goodness_of_fit(wrong, counts).p_value < 1e-3


def test_the_bar_shows_draws_and_failures(capsys):
    toy = ToyEndpoint(seed=8)
    toy.refuse = lambda body: 503 if len(toy.bodies) == 3 else None
    observe(toy.client(), "Hi", PLAIN, 60, batch=10, workers=1)
    bar = capsys.readouterr().err
    assert "60/60" in bar
    assert "failed=1" in bar


def test_the_bare_server_tells_tokens_apart(bare):
    """llama.cpp gives no logprobs for top_logprobs 0, and takes n up to its slots."""
    counts = observe(bare, "Hi", SamplingParams(max_tokens=3), 20, progress=False)
    assert counts.draws == 20
    assert {len(sequence) for sequence in counts.sequences} <= {1, 2, 3}
    assert max(map(len, counts.sequences)) == 3
