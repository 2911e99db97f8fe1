"""Draws are counted by bytes, none is lost when something fails, and what failed is told."""

from collections import Counter

import numpy as np
import pytest
from toy_endpoint import VOCABULARY, FakeEndpoint, toy_logits

from samplers import SamplingParams, softmax
from samplers.api import APIError, AuthenticationError
from samplers.compare import Counts, goodness_of_fit, observe, predict
from samplers.compare.request import EXTENSIONS, extensions, fields, shown


def draw_from(fake, n=100, params=None, **options):
    return observe(fake.client(), "Hi", params or SamplingParams(), n, progress=False, **options)


def test_every_draw_is_counted_by_its_bytes():
    counts = draw_from(FakeEndpoint(seed=1), 3000)
    assert counts.draws == 3000
    assert (counts.failed, counts.stopped) == (0, None)
    frequency = np.array([counts.tokens[token] for token in VOCABULARY]) / 3000
    assert np.abs(frequency - softmax(toy_logits([]))).sum() / 2 < 0.05


def test_sequences_of_two_tokens_are_counted_whole():
    counts = draw_from(FakeEndpoint(seed=2), 200, SamplingParams(max_tokens=2))
    assert {len(sequence) for sequence in counts.sequences} <= {1, 2}
    assert sum(counts.tokens.values()) == 200
    ended = [sequence for sequence in counts.sequences if len(sequence) == 1]
    assert all(sequence == (b"",) for sequence in ended)


def test_an_endpoint_that_ends_without_a_token_gets_an_empty_one():
    class Silent(FakeEndpoint):
        def choice(self, body, index):
            return {
                "index": index,
                "message": {"content": ""},
                "finish_reason": "stop",
                "logprobs": {"content": []},
            }

    assert draw_from(Silent(), 5).sequences == Counter({(b"",): 5})


def test_failures_are_counted_and_made_up_for():
    calls = []

    def sometimes(body):
        calls.append(body)
        return 503 if len(calls) % 3 == 0 else None

    counts = draw_from(FakeEndpoint(seed=3, refuse=sometimes), 200, batch=10)
    assert counts.draws == 200
    assert counts.failed >= 5
    assert counts.errors == Counter({"HTTP 503": counts.failed})
    assert f"{counts.failed} requests failed (HTTP 503: {counts.failed})" in repr(counts)


def test_what_was_drawn_before_a_breakdown_is_kept_and_gone_on_with():
    fake = FakeEndpoint(seed=4)
    fake.refuse = lambda body: 500 if len(fake.bodies) > 6 else None
    counts = draw_from(fake, 200, batch=10)
    before = counts.draws
    assert 0 < before < 200
    assert "HTTP 500" in counts.stopped
    assert "observe(…, into=counts) goes on" in repr(counts)
    fake.refuse = lambda body: None
    more = draw_from(fake, 200, into=counts)
    assert more is counts
    assert (counts.draws, counts.stopped) == (200, None)


def test_draws_that_were_there_survive_an_interrupt():
    fake, counts = FakeEndpoint(seed=5), Counts()

    def interrupt(body):
        if len(fake.bodies) > 8:
            raise KeyboardInterrupt
        return None

    fake.refuse = interrupt
    with pytest.raises(KeyboardInterrupt):
        draw_from(fake, 500, batch=5, workers=1, into=counts)
    assert 0 < counts.draws < 500


def test_with_nothing_to_lose_the_error_is_raised():
    with pytest.raises(AuthenticationError):
        draw_from(FakeEndpoint(refuse=lambda body: 401))
    fake = FakeEndpoint()
    fake.refuse = lambda body: 500 if len(fake.bodies) > 1 else None
    with pytest.raises(APIError):
        draw_from(fake)


def test_an_endpoint_that_refuses_n_gets_smaller_batches():
    fake = FakeEndpoint(seed=6, refuse=lambda body: 400 if body.get("n", 1) > 4 else None)
    counts = draw_from(fake, 50)
    assert (counts.draws, counts.failed) == (50, 0)


def test_counts_of_another_question_are_not_mixed_in():
    fake = FakeEndpoint(seed=7)
    counts = draw_from(fake, 20)
    with pytest.raises(ValueError, match="into must be counts of the same messages and params"):
        draw_from(fake, 40, SamplingParams(temperature=2), into=counts)


def test_a_seed_and_bad_numbers_are_refused():
    with pytest.raises(ValueError, match="seed must be None"):
        draw_from(FakeEndpoint(), params=SamplingParams(seed=1))
    with pytest.raises(ValueError, match="draws must be an int >= 1, got 0"):
        draw_from(FakeEndpoint(), 0)


def test_an_endpoint_is_asked_which_extensions_it_takes():
    openai = FakeEndpoint(
        refuse=lambda body: 400 if {"top_k", "min_p", "repetition_penalty"} & set(body) else None
    )
    sglang = FakeEndpoint(refuse=lambda body: 400 if body.get("top_k") == 0 else None)
    assert extensions(FakeEndpoint().client(), "Hi") == {
        "top_k": 0,
        "min_p": 0.0,
        "repetition_penalty": 1.0,
    }
    assert extensions(openai.client(), "Hi") == {}
    assert extensions(sglang.client(), "Hi") == {
        "top_k": -1,
        "min_p": 0.0,
        "repetition_penalty": 1.0,
    }
    assert len(openai.bodies) == 1 + len(EXTENSIONS)
    with pytest.raises(AuthenticationError):
        extensions(FakeEndpoint(refuse=lambda body: 401).client(), "Hi")


def test_every_parameter_goes_on_the_wire():
    always = {"temperature", "top_p", "frequency_penalty", "presence_penalty"}
    assert set(fields(SamplingParams(), {})) == always
    assert fields(SamplingParams(), {"top_k": -1})["top_k"] == -1
    assert fields(SamplingParams(top_k=5), {"top_k": -1})["top_k"] == 5
    assert fields(SamplingParams(logit_bias={7: 1.5}), {})["logit_bias"] == {"7": 1.5}
    with pytest.raises(ValueError, match="min_p must be 0 here: the endpoint does not take it"):
        fields(SamplingParams(min_p=0.1), {"top_k": 0})


def test_an_endpoint_without_logprobs_is_an_error_that_says_so():
    class Mute(FakeEndpoint):
        def choice(self, body, index):
            return {**super().choice(body, index), "logprobs": None}

    with pytest.raises(APIError, match="no top_logprobs"):
        shown(Mute().client(), "Hi", SamplingParams(), {})
    assert draw_from(Mute(seed=9), 20).draws == 20  # a token's text will do
    with pytest.raises(APIError, match="tokens cannot be told apart"):
        draw_from(Mute(seed=9), 20, SamplingParams(max_tokens=2))


def test_a_prediction_of_the_local_endpoint_holds(client):
    """The whole way, on the real model: its 20 logprobs, a prediction, 300 draws at T = 0.5, the
    test.
    """
    params = SamplingParams(temperature=0.5, top_p=0.9)
    prediction = predict(client.next_token("What is the capital of France?"), params, "openai")
    counts = observe(client, "What is the capital of France?", params, 300, progress=False)
    assert counts.draws == 300
    fit = goodness_of_fit(prediction, counts)
    assert fit.p_value > 1e-3
    wrong = predict(
        client.next_token("What is the capital of France?"), SamplingParams(temperature=1), "openai"
    )
    assert goodness_of_fit(wrong, counts).p_value < 1e-3


def test_the_bar_tells_draws_and_failures(capsys):
    fake = FakeEndpoint(seed=8)
    fake.refuse = lambda body: 503 if len(fake.bodies) == 3 else None
    observe(fake.client(), "Hi", SamplingParams(), 60, batch=10, workers=1)
    shown_bar = capsys.readouterr().err
    assert "60/60" in shown_bar
    assert "failed=1" in shown_bar


def test_the_bare_server_tells_tokens_apart(bare):
    """llama.cpp gives no logprobs for top_logprobs 0, and takes n up to its slots."""
    extra = extensions(bare, "Hi")
    counts = observe(bare, "Hi", SamplingParams(max_tokens=3), 20, extra=extra, progress=False)
    assert extra == {"top_k": 0, "min_p": 0.0, "repetition_penalty": 1.0}
    assert counts.draws == 20
    assert {len(sequence) for sequence in counts.sequences} <= {1, 2, 3}
    assert max(map(len, counts.sequences)) == 3
