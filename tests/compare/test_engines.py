"""Predictions that are true are accepted on engines that name tokens in their own ways."""

import numpy as np
import pytest
from toy_endpoint import ToyEndpoint, toy_logits

from samplers import SamplingParams, log_softmax
from samplers.compare import Hypothesis, goodness_of_fit, identify, observe, predict
from samplers.compare.baseline import _mean
from samplers.compare.evidence import distance
from samplers.compare.hypotheses import UNDECIDED
from samplers.compare.request import extensions, shown_distributions
from samplers.distribution import Distribution

PLAIN = SamplingParams()


def test_lists_beside_draws_have_no_hole_where_the_drawn_token_displaces():
    toy = ToyEndpoint(displaces=True, seed=1)
    best = np.sort(log_softmax(toy_logits([])))[::-1]
    hot = SamplingParams(temperature=2)
    for _ in range(50):
        (_, shown), *_ = shown_distributions(toy.client(), "Hi", hot, {})
        assert shown.logprobs == pytest.approx(best[: len(shown)])


def test_identify_names_an_endpoint_whose_drawn_token_displaces():
    toy = ToyEndpoint("vllm", counts="prompt and output", displaces=True, seed=2)
    result = identify(toy.client(), progress=False)
    assert result.best == Hypothesis("temperature first", UNDECIDED, "raw", "prompt and output")


def test_tokens_of_one_name_add_up():
    """.3 and .2 of two halves of characters that an endpoint names alike."""
    nameless = Distribution(("", "a", ""), np.log([0.3, 0.5, 0.2]), (b"", b"a", b""))
    prediction = predict(nameless, PLAIN, "openai")
    assert distance(prediction, nameless) == pytest.approx(0)
    mean, _ = _mean([nameless, nameless])
    assert dict(zip(mean.bytes, mean.probs, strict=True)) == pytest.approx({b"": 0.5, b"a": 0.5})
    assert mean.unseen == pytest.approx(0)


def test_the_end_of_the_turn_is_predicted_and_drawn_by_one_name(client):
    """On our endpoint the end has a name in distributions, and no entry in an answer."""
    end = client.tokenize("Hi").stop_ids
    likely = SamplingParams(logit_bias=dict.fromkeys(end, 12))
    distribution = client.next_token("Hi", top="all")
    counts = observe(client, "Hi", likely, 60, progress=False)
    assert counts.tokens[b""] > 5
    assert goodness_of_fit(predict(distribution, likely, "openai"), counts).p_value > 1e-3


def test_a_known_engine_is_not_asked_for_its_extensions(client, bare):
    assert extensions(client, "Hi") == {}
    assert extensions(bare, "Hi") == {"top_k": 0, "min_p": 0.0}
