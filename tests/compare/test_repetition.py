"""Predictions with a repetition penalty: exact where the raw logits are known."""

import numpy as np
import pytest

from samplers import Chain, Distribution, SamplingParams, log_softmax, softmax
from samplers.compare import Hypothesis, predict
from samplers.engines import ENGINES

PROMPT = [0, 3, 3, 7]
OUTPUT = [3, 5]
V = 12


def of(logits, **changed) -> Distribution:
    """The Distribution of raw logits (V,)."""
    fields = {
        "tokens": tuple(f"t{i}" for i in range(len(logits))),
        "logprobs": log_softmax(logits),
        "vocabulary_size": len(logits),
        "logsumexp": float(np.logaddexp.reduce(logits)),
    }
    return Distribution(**fields | changed)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", range(8))
def test_it_is_what_the_engines_chain_makes_of_the_logits(engine, seed):
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 3, V)
    request = {"repetition_penalty": rng.uniform(0.6, 2), "temperature": rng.uniform(0.3, 2)}
    request |= {"logit_bias": {3: 2.0, 8: -4.0}, "top_p": rng.choice([1, 0.7])}
    if engine != "transformers":
        request |= {"frequency_penalty": 0.5, "presence_penalty": -0.3}
    params = SamplingParams(**request)
    chain = Chain.for_engine(engine)
    counts = chain.counts(PROMPT, OUTPUT, V)

    prediction = predict(of(logits), params, engine, counts)
    right = softmax(chain.apply(logits, params, counts))
    np.testing.assert_allclose(prediction.low, right, atol=1e-12)
    np.testing.assert_allclose(prediction.high, right, atol=1e-12)


def test_counts_may_be_given_by_token():
    """By hand: 4 and 1, the first of them counted and halved."""
    distribution = of(np.array([4.0, 1.0]))
    params = SamplingParams(repetition_penalty=2)
    for counts in ({"t0": 3}, {b"t0": 1}, np.array([1, 0])):
        prediction = predict(distribution, params, "vllm", counts)
        np.testing.assert_allclose(prediction.low, softmax([2.0, 1.0]))
    np.testing.assert_allclose(predict(distribution, params, "vllm").low, softmax([4.0, 1.0]))


def test_what_a_chain_counts_is_taken_without_a_repetition_penalty_too():
    logits = np.linspace(-1, 1, V)
    params = SamplingParams(frequency_penalty=1)
    counts = Chain.for_engine("vllm").counts(PROMPT, OUTPUT, V)
    both = predict(of(logits), params, "vllm", counts)
    alone = predict(of(logits), params, "vllm", counts["penalties"])
    np.testing.assert_array_equal(both.low, alone.low)


TWINS = of(np.array([1.0, 2.0]), bytes=(b"x", b"x"))


@pytest.mark.parametrize(
    ("distribution", "engine", "counts", "why"),
    [
        (of(np.zeros(3), logsumexp=None), "vllm", None, "raw logits"),
        (of(np.zeros(3), vocabulary_size=9, unseen=0.0), "vllm", None, "whole distribution"),
        (of(np.zeros(3)), Hypothesis("temperature first", "before < p"), None, "engine's name"),
        (of(np.zeros(3)), "vllm", {b"zz": 1}, "0 tokens of the vocabulary have these bytes"),
        (TWINS, "vllm", {b"x": 1}, "2 tokens of the vocabulary have these bytes"),
        (of(np.zeros(3)), "vllm", np.ones(2), "shape"),
        (of(np.zeros(3)), "vllm", np.array([-1, 0, 0]), "whole numbers"),
    ],
)
def test_what_cannot_be_known_is_refused(distribution, engine, counts, why):
    with pytest.raises(ValueError, match=why):
        predict(distribution, SamplingParams(repetition_penalty=2), engine, counts)
