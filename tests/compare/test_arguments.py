"""compare's public functions: tokens by their names, the coldest temperatures, wrong arguments."""

from collections import Counter

import numpy as np
import pytest

from samplers import Chain, Distribution, SamplingParams, softmax
from samplers.compare import (
    Counts,
    Hypothesis,
    Rules,
    all_hypotheses,
    design_experiment,
    goodness_of_fit,
    identify,
    observe,
    predict,
)

ENGINES = ["openai", "vllm", "transformers", "sglang", "sglang-flashinfer", "llama.cpp"]
INF = float("inf")
NAN = float("nan")
PLAIN = SamplingParams()
WHOLE = Distribution(("␣a", "b", "c"), np.log([0.5, 0.25, 0.25]), (b" a", b"b", b"c"), 0.0, None, 3)
LISTED = Distribution(("␣a", "b"), np.log([0.5, 0.25]), (b" a", b"b"), 0.25, (0, 1), 20)
BAD_COUNTS = [
    {b"b": -1},
    {b"b": 0.5},
    {b"b": NAN},
    {b"b": INF},
    {b"b": True},
    {b"b": "1"},
    {b"b": None},
    {1: 1},
    {None: 1},
    {(b"b",): 1},
    {"d": 1},
]


def same(a, b):
    np.testing.assert_array_equal(a.low, b.low)
    np.testing.assert_array_equal(a.high, b.high)


@pytest.mark.parametrize("distribution", [WHOLE, LISTED])
@pytest.mark.parametrize("name", ["␣a", " a", b" a"])
def test_counts_of_a_prediction_name_tokens_by_text_or_bytes(distribution, name):
    params = SamplingParams(presence_penalty=1, frequency_penalty=0.5)
    counts = np.zeros(len(distribution), dtype=int)
    counts[0] = 2
    expected = predict(distribution, params, "openai", counts)
    same(predict(distribution, params, "openai", {name: 2}), expected)
    assert expected.high[0] < predict(distribution, PLAIN, "openai").low[0]


def test_two_names_of_one_token_are_added():
    params = SamplingParams(frequency_penalty=0.5)
    both = predict(WHOLE, params, "openai", {"␣a": 1, b" a": 2})
    same(both, predict(WHOLE, params, "openai", {b" a": 3}))


@pytest.mark.parametrize("name", ["b", b"b"])
def test_counts_of_a_test_name_tokens_by_text_or_bytes(name):
    prediction = predict(WHOLE, PLAIN, "openai")
    fit = goodness_of_fit(prediction, {"␣a": 50, name: 20, "c": 30})
    assert fit == goodness_of_fit(prediction, {b" a": 50, b"b": 20, b"c": 30})
    assert fit.p_value > 0.1


@pytest.mark.parametrize("counts", BAD_COUNTS)
@pytest.mark.parametrize("distribution", [WHOLE, LISTED])
def test_counts_that_are_no_counts(distribution, counts):
    for params in (PLAIN, SamplingParams(presence_penalty=1)):
        with pytest.raises(ValueError, match=r"^counts must be"):
            predict(distribution, params, "openai", counts)
    with pytest.raises(ValueError, match=r"^counts must be"):
        goodness_of_fit(predict(distribution, PLAIN, "openai"), {b" a": 5} | counts)
    with pytest.raises(ValueError, match=r"^prompt must be"):
        design_experiment(distribution, all_hypotheses(), prompt=counts)


def test_a_token_that_no_vocabulary_has():
    with pytest.raises(ValueError, match="counts must be of the vocabulary's tokens, got b'zz'"):
        predict(WHOLE, SamplingParams(presence_penalty=1), "openai", {b"zz": 1})
    predict(LISTED, SamplingParams(presence_penalty=1), "openai", {b"zz": 1})  # it may be unlisted


@pytest.mark.parametrize(
    "counts",
    [
        [1, 0, 0, 0],
        [[1, 0, 0]],
        [-1, 0, 0],
        [0.5, 0, 0],
        [NAN, 0, 0],
        [INF, 0, 0],
        [True, False, False],
        ["1", "0", "0"],
        "abc",
        5,
        np.ma.array([1, 0, 0], mask=[1, 0, 0]),
    ],
)
def test_counts_as_an_array(counts):
    with pytest.raises(ValueError, match="counts must"):
        predict(WHOLE, SamplingParams(presence_penalty=1), "openai", counts)


COLDEST = [0, 5e-324, 1e-320, 2.3e-308, 1e-300, 1e-100, 1e-17, 1e-12, 1e-9, 9.9e-7, 1e-6, 1e-5]


def shown(whole, k):
    order = np.argsort(-whole.logprobs, kind="stable")
    best, rest = order[:k], order[k:]
    return Distribution(
        tuple(whole.tokens[i] for i in best),
        whole.logprobs[best],
        unseen=float(whole.probs[rest].sum()),
        ids=tuple(best.tolist()),
        vocabulary_size=len(whole),
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("others", [{}, {"top_p": 0.4}, {"top_k": 2, "min_p": 0.1}])
def test_the_coldest_temperatures(others, engine):
    """Never NaN; of a whole vocabulary what the core gives, equal tokens and all."""
    for probs in [(0.125, 0.5, 0.25, 0.125), (0.25,) * 4, (0.4, 0.1, 0.4, 0.1)]:
        whole = Distribution.from_probs(dict(zip("abcd", probs, strict=True)))
        for t in [*COLDEST, 0.0099, 0.01]:
            params = SamplingParams(temperature=t, **others)
            truth = softmax(Chain(engine).apply(whole.logprobs, params))

            prediction = predict(whole, params, engine)
            np.testing.assert_allclose(prediction.low, truth, atol=1e-9)
            np.testing.assert_allclose(prediction.high, truth, atol=1e-9)
            assert prediction.unseen_low == prediction.unseen_high == 0

            for k in (1, 2, 3):
                listed = shown(whole, k)
                prediction = predict(listed, params, engine)
                of_listed = truth[list(listed.ids)]
                unseen = 1 - of_listed.sum()
                assert (prediction.low <= of_listed + 1e-9).all()
                assert (prediction.high >= of_listed - 1e-9).all()
                assert prediction.unseen_low - 1e-9 <= unseen <= prediction.unseen_high + 1e-9


@pytest.mark.parametrize("t", COLDEST)
@pytest.mark.parametrize("bias", [-100, 100])
def test_a_bias_on_an_unlisted_token_at_the_coldest_temperatures(bias, t):
    """With all of the tail it is drawn, and with none of it the best listed token is."""
    prediction = predict(LISTED, SamplingParams(temperature=t, logit_bias={7: bias}), "openai")
    bounds = [*prediction.low, *prediction.high, prediction.unseen_low, prediction.unseen_high]
    assert np.isfinite([*bounds, prediction.each_unseen, *prediction.unseen_tokens.values()]).all()
    assert prediction.high[0] == 1
    assert prediction.unseen_high == (1 if bias > 0 else 0)


@pytest.mark.parametrize("t", [1, 1.5, 2])
@pytest.mark.parametrize("size", [None, 20])
def test_a_nucleus_of_one_token_beside_a_tail_of_any_size(size, t):
    listed = Distribution(("a", "b"), np.log([0.5, 0.25]), unseen=0.25, vocabulary_size=size)
    params = SamplingParams(temperature=t, top_p=0)
    with np.errstate(invalid="raise"):  # 0 * inf
        prediction = predict(listed, params, Rules("temperature first", "before <= p"))
    assert prediction.high[0] == 1
    assert np.isfinite([prediction.unseen_low, prediction.unseen_high]).all()


@pytest.mark.parametrize("draws", [2**53 + 2, 10**19, 10**300], ids=["53 bits", "19", "300"])
def test_draws_that_nobody_can_count(draws):
    with pytest.raises(ValueError, match="counts must hold at most"):
        goodness_of_fit(PREDICTION, {"b": draws})


def test_half_a_surrogate_pair_is_no_token():
    assert PREDICTION.bounds("\ud83d") == (0, 0)
    with pytest.raises(ValueError, match="not among the 3 tokens"):
        WHOLE.index("\ud83d")


class Silent:
    """A client that is never asked."""

    def chat(self, *args, **kwargs):
        raise AssertionError("it was asked")


PREDICTION = predict(WHOLE, PLAIN, "openai")
CALLS = {
    "predict": (predict, {"distribution": WHOLE, "params": PLAIN, "engine": "vllm"}),
    "goodness_of_fit": (goodness_of_fit, {"prediction": PREDICTION, "counts": {b"b": 9}}),
    "design_experiment": (
        design_experiment,
        {"distribution": WHOLE, "hypotheses": all_hypotheses()},
    ),
    "observe": (observe, {"client": Silent(), "messages": "x", "params": PLAIN, "draws": 3}),
    "identify": (identify, {"client": Silent()}),
    "Hypothesis": (Hypothesis, {}),
    "Rules": (Rules, {"order": "temperature first"}),
    "Counts": (Counts, {}),
    "bounds": (PREDICTION.bounds, {}),
}
WRONG = {
    "predict": {
        "distribution": [None, {"a": 1.0}, [0.5, 0.5], PREDICTION],
        "params": [None, {}, 1.0],
        "engine": [None, 1, "gpt", ["vllm"], Chain("vllm")],
    },
    "goodness_of_fit": {
        "prediction": [None, WHOLE, {b"a": 1.0}],
        "counts": [None, 5, "b", [b"b"], {}, {b"b": 0}],
        "seed": [-1, 1.5, True, "0", NAN, [1]],
    },
    "design_experiment": {
        "distribution": [None, {"a": 1.0}],
        "hypotheses": [None, 5, [], "ab", [Hypothesis()], [1, 2], set(all_hypotheses())],
        "weights": [1, [1, 1], [0] * 54, [-1] * 54, [NAN] * 54, ["a"] * 54, [INF] * 54],
        "prompt": [1, [b"a"], "a"],
        "then": [1, {"a": WHOLE}, {b"a": 0.5}, [b"a"]],
        "noise": [-1, NAN, INF, None, "0", True],
    },
    "observe": {
        "client": [None, "http://localhost"],
        "params": [None, {}],
        "draws": [0, -1, 1.5, True, None, "3", NAN],
        "into": [{}, 1],
        "extra": [1, ["top_k"]],
        "workers": [0, -1, 1.5, True, None, "2"],
        "batch": [0, -1, 1.5, True, None, "2"],
        "progress": [None, 1, np.ones(2)],
    },
    "identify": {
        "client": [None, 1],
        "draws": [0, True, 2.0, "3"],
        "progress": [None, np.ones(2)],
    },
    "Hypothesis": {
        "order": ["first", None, 1],
        "boundary": ["p", np.ones(2)],
        "logprobs": ["", []],
        "counts": ["all", {}],
    },
    "Rules": {"order": ["first", None], "boundary": ["<", 1]},
    "Counts": {"sequences": [None, 1, {b"a": 1}, {("a",): 1}, {(): 1}, {(1,): 1}]},
    "bounds": {"token": [None, 1, ["b"]]},
}


@pytest.mark.parametrize("call", CALLS)
def test_the_error_names_the_argument(call):
    f, arguments = CALLS[call]
    for name, values in WRONG[call].items():
        for value in values:
            with pytest.raises(ValueError, match=rf"^{name} must"):
                f(**{**arguments, name: value})


def test_weights_may_be_zero_for_some():
    hypotheses = all_hypotheses()
    weights = np.zeros(len(hypotheses))
    weights[[0, 40]] = 1
    assert design_experiment(WHOLE, hypotheses, weights=weights).information > 0


def test_counts_take_any_mapping():
    counts = Counts({(b"a", b"b"): 2, (b"a",): 1})
    assert counts.tokens == Counter({b"a": 3})
    assert "3 draws" in repr(counts)
