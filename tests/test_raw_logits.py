"""A repetition penalty on log-probabilities is refused: it depends on where the logits' 0 is."""

import math
from dataclasses import replace

import numpy as np
import pytest

from samplers import (
    Chain,
    Distribution,
    SamplingParams,
    generate,
    log_softmax,
    repetition_penalty,
    softmax,
    temperature,
)
from samplers.engines import ENGINES

PENALTY = SamplingParams(repetition_penalty=2, max_tokens=1)
WHY = "repetition_penalty must be 1 here, got 2.*raw logits"


def shifted(logits, shift):
    """The probabilities after a penalty of 2 on token 0 of the logits less `shift`."""
    return softmax(repetition_penalty(np.array(logits) - shift, [1, 0], 2))


def test_a_shift_of_the_logits_changes_what_the_penalty_makes():
    """By hand, for two tokens of logits 20 and 0, of which the first is counted."""
    logits = [20.0, 0.0]
    np.testing.assert_allclose(softmax(np.array(logits) - 60), softmax(logits))  # one model

    raw = shifted(logits, 0)  # 10 and 0
    moved = shifted(logits, 60)  # -40 and -60 become -80 and -60
    expected = 1 / (1 + math.exp(-10)) - 1 / (1 + math.exp(20))
    assert abs(raw - moved).sum() / 2 == pytest.approx(expected)
    assert expected > 0.9999

    assert shifted(logits, 40)[0] == 0.5  # -20 becomes -40, as the other one is
    # log-probabilities are one more shift, here by 20: -2e-9, doubled, and -20
    ours = softmax(repetition_penalty(log_softmax(logits), [1, 0], 2))
    assert abs(raw - ours).sum() / 2 == pytest.approx(4.54e-5, rel=0.01)


def test_a_distribution_has_log_probabilities():
    given = Distribution.from_probs({"a": 0.5, "b": 0.25, "c": 0.25})
    with pytest.raises(ValueError, match=WHY):
        repetition_penalty(given, [1, 0, 0], 2)
    np.testing.assert_array_equal(repetition_penalty(given, [1, 0, 0], 1), given.logprobs)

    for engine in ENGINES:
        chain = Chain.for_engine(engine)
        for refused in (chain.apply, chain.trace):
            for refusable in (given, [given, given]):
                with pytest.raises(ValueError, match=WHY):
                    refused(refusable, PENALTY)
        assert softmax(chain.apply(given, SamplingParams())).tolist() == [0.5, 0.25, 0.25]


def test_generate_refuses_a_model_of_log_probabilities_before_it_asks():
    class Model:
        raw_logits = False
        asked = 0

        def __call__(self, ids):
            self.asked += 1
            return np.log([0.5, 0.5])

    model = Model()
    with pytest.raises(ValueError, match=WHY):
        generate(model, [0], PENALTY, vocabulary=["a", "b"])
    assert model.asked == 0
    off = PENALTY.replace(repetition_penalty=1)
    assert generate(model, [0], off, vocabulary=["a", "b"]).text in ("a", "b")


def test_generate_refuses_a_function_that_returns_a_distribution():
    """As client.next_token does."""
    given = Distribution.from_probs({"a": 0.75, "b": 0.25})
    with pytest.raises(ValueError, match=WHY):
        generate(lambda ids: given, [0], PENALTY, vocabulary=["a", "b"])
    off = PENALTY.replace(repetition_penalty=1, temperature=0)
    out = generate(lambda ids: given, [0], off, vocabulary=["a", "b"], trace=True)
    assert (out.text, math.exp(out.logprobs[0])) == ("a", pytest.approx(0.75))
    np.testing.assert_array_equal(out.trace[0][0].logits, given.logprobs)


def test_a_function_of_ids_gives_raw_logits():
    """20 and 0, halved where token 0 was in the prompt: 10 and 0."""
    greedy = PENALTY.replace(temperature=0)
    vllm = Chain.for_engine("vllm")
    out = generate(lambda ids: [20.0, 11.0], [0], greedy, vocabulary=["a", "b"], chain=vllm)
    assert out.text == "b"


def known(logits, **more):
    """The Distribution of these raw logits."""
    tokens = tuple(map(str, range(len(logits))))
    total = float(np.logaddexp.reduce(logits))
    return Distribution(
        tokens, log_softmax(logits), vocabulary_size=len(logits), logsumexp=total, **more
    )


def test_where_the_logsumexp_is_known_the_penalty_is_exact():
    """20 and 0, of which the first is halved: 10 and 0."""
    given = known(np.array([20.0, 0.0]))
    assert given.raw_logits
    np.testing.assert_allclose(given.logits, [20, 0], atol=1e-12)
    np.testing.assert_allclose(repetition_penalty(given, [1, 0], 2), [10, 0], atol=1e-12)
    for engine in ENGINES:
        out = Chain.for_engine(engine).apply(given, PENALTY, np.array([1, 0]))
        np.testing.assert_allclose(out[0] - out[1], 10)

    out = generate(lambda ids: given, [0], PENALTY.replace(seed=1), vocabulary=["a", "b"])
    assert out.text == "a"


def test_a_part_of_the_tokens_keeps_their_raw_logits():
    """The likeliest two of three: 3 and 1, whatever the third one is."""
    whole = known(np.array([1.0, 3.0, -5.0]))
    order = [1, 0]
    part = Distribution(
        tuple(whole.tokens[i] for i in order),
        whole.logprobs[order],
        unseen=float(whole.probs[2]),
        vocabulary_size=3,
        logsumexp=whole.logsumexp,
    )
    np.testing.assert_allclose(part.logits, [3, 1])
    np.testing.assert_allclose(replace(whole, vocabulary_size=7).logits, [1, 3, -5])


def test_other_logprobs_are_no_longer_of_the_raw_logits():
    """Renormalised, or processed: the sum of exp(logits) is not what it was."""
    whole = known(np.array([1.0, 3.0, -5.0]))
    cold = whole.with_logprobs(log_softmax(temperature(whole, 0.5)))
    assert not cold.raw_logits
    with pytest.raises(ValueError, match=WHY):
        repetition_penalty(cold, [1, 0, 0], 2)
    assert whole.raw_logits


def test_a_batch_is_raw_only_if_every_row_is():
    raw = known(np.array([1.0, 3.0]))
    shown = Distribution.from_probs({"a": 0.5, "b": 0.5})
    rows = Chain.for_engine("vllm").apply([raw, raw], PENALTY, np.array([1, 0]))
    np.testing.assert_allclose(rows[:, 1] - rows[:, 0], [2.5, 2.5])  # 0.5 and 3
    with pytest.raises(ValueError, match=WHY):
        Chain.for_engine("vllm").apply([raw, shown], PENALTY)
