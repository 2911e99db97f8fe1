"""`predict` against the core's own chains: equal where all is known, never outside the bounds where it is not."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from samplers import Chain, Distribution, SamplingParams, softmax
from samplers.compare import predict

ENGINES = ["openai", "vllm", "transformers", "sglang", "llama.cpp"]


def full(logits):
    """A whole vocabulary of tokens t0, t1, … in id order."""
    logprobs = np.log(softmax(np.asarray(logits, dtype=float)))
    return Distribution(tuple(f"t{i}" for i in range(len(logprobs))), logprobs, vocabulary_size=len(logprobs))


def top(whole, k, size="known"):
    """What an API shows of it: the k best in rank order, with their ids."""
    order = np.argsort(-whole.logprobs, kind="stable")[:k]
    return Distribution(
        tuple(whole.tokens[i] for i in order),
        whole.logprobs[order],
        unseen=float(max(0.0, 1 - whole.probs[order].sum())),
        ids=tuple(int(i) for i in order),
        vocabulary_size=len(whole) if size == "known" else None,
    )


@st.composite
def cases(draw):
    V = draw(st.integers(3, 25))
    logits = draw(st.lists(st.floats(-6, 3), min_size=V, max_size=V))
    engine = draw(st.sampled_from(ENGINES))

    def sometimes(strategy, off):
        return draw(st.one_of(st.just(off), strategy))

    penalty = sometimes(st.floats(-2, 2), 0.0) if engine != "transformers" else 0.0
    params = SamplingParams(
        temperature=draw(st.one_of(st.sampled_from([0.0, 0.5, 1.0, 2.0]), st.floats(0.1, 2))),
        top_p=sometimes(st.floats(0.01, 1), 1.0),
        top_k=sometimes(st.integers(1, V), 0),
        min_p=sometimes(st.floats(0.001, 0.9), 0.0),
        presence_penalty=penalty,
        frequency_penalty=penalty / 2,
        logit_bias=sometimes(st.dictionaries(st.integers(0, V - 1), st.floats(-8, 8), max_size=3), None),
    )
    counts = sometimes(st.lists(st.integers(0, 3), min_size=V, max_size=V), [0] * V)
    return full(logits), params, engine, np.array(counts), draw(st.integers(1, V))


def truth(whole, params, engine, counts):
    """What the core says; a case on an edge, where rounding decides, is left out."""
    chain = Chain.for_engine(engine)
    probs = softmax(chain.apply(whole.logprobs, params, counts))
    for nudge in (1 - 1e-9, 1 + 1e-9):
        near = params.replace(top_p=min(1.0, params.top_p * nudge), min_p=min(1.0, params.min_p * nudge))
        assume(np.allclose(softmax(chain.apply(whole.logprobs, near, counts)), probs, atol=1e-12))
    return probs


@settings(max_examples=400, deadline=None)
@given(cases())
def test_with_the_whole_vocabulary_the_bounds_meet_at_what_the_core_says(case):
    whole, params, engine, counts, _ = case
    expected = truth(whole, params, engine, counts)
    prediction = predict(whole, params, engine, counts)
    assert prediction.exact
    assert not prediction.undecided
    np.testing.assert_allclose(prediction.low, expected, atol=1e-9)
    np.testing.assert_allclose(prediction.high, expected, atol=1e-9)


@settings(max_examples=1500, deadline=None)
@given(cases(), st.sampled_from(["known", "unknown"]))
def test_the_bounds_are_never_violated(case, size):
    whole, params, engine, counts, k = case
    expected = truth(whole, params, engine, counts)
    shown = top(whole, k, size)
    by_bytes = {whole.bytes[i]: int(c) for i, c in enumerate(counts) if c}
    unlisted_bias = {i for i, b in (params.logit_bias or {}).items() if b} - set(shown.ids)
    assume(not (unlisted_bias and set(by_bytes) - set(shown.bytes)))  # refused, see below
    prediction = predict(shown, params, engine, by_bytes)
    listed = list(shown.ids)
    assert (prediction.low <= expected[listed] + 1e-9).all()
    assert (prediction.high >= expected[listed] - 1e-9).all()
    unlisted = np.setdiff1d(np.arange(len(whole)), listed)
    assert prediction.unseen_low - 1e-9 <= expected[unlisted].sum() <= prediction.unseen_high + 1e-9
    for i in set(unlisted) - set(params.logit_bias or {}):
        assert prediction.bounds(whole.bytes[i])[1] >= expected[i] - 1e-9
    for at, i in enumerate(listed):
        if prediction.status[at] == "kept":
            assert expected[i] > 0 or prediction.low[at] < 1e-12
        if prediction.status[at] == "removed":
            assert expected[i] == 0
