"""`predict` against the core's own chains: equal where all is known, else within the bounds."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from samplers import Chain, Distribution, SamplingParams, softmax
from samplers.compare import Rules, predict

ENGINES = ["openai", "vllm", "transformers", "sglang", "sglang-flashinfer", "llama.cpp"]


def full(logits):
    """A whole vocabulary of tokens t0, t1, … in id order."""
    logprobs = np.log(softmax(np.asarray(logits, dtype=float)))
    return Distribution(
        tuple(f"t{i}" for i in range(len(logprobs))), logprobs, vocabulary_size=len(logprobs)
    )


def top(whole, k, size="known"):
    """What an API shows of a whole distribution: the k best in rank order, with their ids."""
    order, rest = np.split(np.argsort(-whole.logprobs, kind="stable"), [k])
    return Distribution(
        tuple(whole.tokens[i] for i in order),
        whole.logprobs[order],
        unseen=float(whole.probs[rest].sum()),  # exactly 0 where nothing is left, as 1 - Σp is not
        ids=tuple(int(i) for i in order),
        vocabulary_size=len(whole) if size == "known" else None,
    )


@st.composite
def cases(draw):
    V = draw(st.integers(3, 25))
    logits = draw(st.lists(st.floats(-6, 3), min_size=V, max_size=V))
    logits = [round(x, 6) for x in logits]  # equal, or well apart
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
        logit_bias=sometimes(
            st.dictionaries(st.integers(0, V - 1), st.floats(-8, 8), max_size=3), None
        ),
    )
    counts = sometimes(st.lists(st.integers(0, 3), min_size=V, max_size=V), [0] * V)
    return full(logits), params, engine, np.array(counts), draw(st.integers(1, V))


def truth(whole, params, engine, counts):
    """What the core says. A case where rounding decides is left out.

    It decides where the truncation ends, and which of two tokens comes first if a bias or a penalty
    makes them nearly equal.
    """
    chain = Chain.for_engine(engine)
    probs = softmax(chain.apply(whole.logprobs, params, counts))
    changed = np.isin(np.arange(len(whole)), list(params.logit_bias or {})) | (counts > 0)
    apart = 1e-9 * changed * np.arange(1, len(whole) + 1)
    for sign in (-1, 1):
        top_p = min(1.0, params.top_p * (1 + sign * 1e-9))
        min_p = min(1.0, params.min_p * (1 + sign * 1e-9))
        nudged = params.replace(top_p=top_p, min_p=min_p)
        near = chain.apply(whole.logprobs + sign * apart, nudged, counts)
        assume(np.allclose(softmax(near), probs, atol=1e-6))
    return probs


@settings(max_examples=150, deadline=None)
@given(cases())
def test_with_the_whole_vocabulary_the_bounds_meet_at_what_the_core_says(case):
    whole, params, engine, counts, _ = case
    expected = truth(whole, params, engine, counts)
    prediction = predict(whole, params, engine, counts)
    assert prediction.exact
    assert not prediction.undecided
    np.testing.assert_allclose(prediction.low, expected, atol=1e-9)
    np.testing.assert_allclose(prediction.high, expected, atol=1e-9)


@settings(max_examples=300, deadline=None)
@given(cases(), st.sampled_from(["known", "unknown"]))
def test_the_bounds_are_never_violated(case, size):
    whole, params, engine, counts, k = case
    expected = truth(whole, params, engine, counts)
    shown = top(whole, k, size)
    by_bytes = {whole.bytes[i]: int(count) for i, count in enumerate(counts) if count}
    unlisted_bias = {i for i, bias in (params.logit_bias or {}).items() if bias} - set(shown.ids)
    assume(not (unlisted_bias and set(by_bytes) - set(shown.bytes)))  # refused, see below

    prediction = predict(shown, params, engine, by_bytes)
    listed = list(shown.ids)
    assert (prediction.low <= expected[listed] + 1e-9).all()
    assert (prediction.high >= expected[listed] - 1e-9).all()
    for status, low, p in zip(prediction.status, prediction.low, expected[listed], strict=True):
        if status == "kept":
            assert p > 0 or low < 1e-12
        if status == "removed":
            assert p == 0

    unlisted = np.setdiff1d(np.arange(len(whole)), listed)
    assert prediction.unseen_low - 1e-9 <= expected[unlisted].sum() <= prediction.unseen_high + 1e-9
    for i in set(unlisted) - set(params.logit_bias or {}):
        assert prediction.bounds(whole.bytes[i])[1] >= expected[i] - 1e-9


# Three listed tokens and m = 0.1 over 5 more. Packed is one token of p_K = 0.1; spread is five of
# 0.02.
LISTED = [0.5, 0.3, 0.1]
PACKED = [*LISTED, 0.1, 0, 0, 0, 0]
SPREAD = [*LISTED, 0.02, 0.02, 0.02, 0.02, 0.02]


def shown_of(p, size=8):
    names = tuple(f"t{i}" for i in range(3))
    return Distribution(names, np.log(p[:3]), unseen=0.1, ids=(0, 1, 2), vocabulary_size=size)


def whole_of(p):
    with np.errstate(divide="ignore"):
        return Distribution(tuple(f"t{i}" for i in range(8)), np.log(p), vocabulary_size=8)


@pytest.mark.parametrize(("t", "greatest"), [(0.5, SPREAD), (2.0, PACKED)])
def test_the_bounds_are_attained_by_two_tails(t, greatest):
    """Colder, the listed tokens have most where the tail is spread; warmer, where it is packed."""
    params = SamplingParams(temperature=t)
    prediction = predict(shown_of(SPREAD), params, "openai")

    def with_tail(p):
        logits = np.log(np.maximum(p, 1e-300))
        return softmax(Chain.for_engine("openai").apply(logits, params))

    most = with_tail(greatest)
    np.testing.assert_allclose(prediction.high, most[:3], rtol=1e-9)
    assert prediction.unseen_low == pytest.approx(most[3:].sum())
    least = with_tail(PACKED if greatest is SPREAD else SPREAD)
    np.testing.assert_allclose(prediction.low, least[:3], rtol=1e-9)
    assert prediction.unseen_high == pytest.approx(least[3:].sum())


def test_an_unlisted_tokens_bound_is_attained():
    """It is likeliest where it has p_K itself, here all of m; at T = 0.5 and at T = 2."""
    for t in (0.5, 2.0):
        prediction = predict(shown_of(SPREAD), SamplingParams(temperature=t), "openai")
        truth = softmax(np.log(np.maximum(PACKED, 1e-300)) / t)
        assert prediction.bounds(b"t3") == pytest.approx((0.0, truth[3]))


def test_a_biased_unlisted_token_has_its_own_bound():
    prediction = predict(shown_of(SPREAD), SamplingParams(logit_bias={5: np.log(4)}), "openai")
    # with all of m, token 5 weighs 0.1 · 4 of a total of 0.9 + 0.4; with none, the total is 1
    assert prediction.unseen_high == pytest.approx(0.4 / 1.3)
    assert prediction.unseen_tokens[5] == pytest.approx(0.4 / 1.3)
    assert prediction.high[0] == pytest.approx(0.5)
    assert prediction.low[0] == pytest.approx(0.5 / 1.3)


def test_a_counted_unlisted_token_is_bounded_by_its_penalty():
    params = SamplingParams(presence_penalty=np.log(4))
    prediction = predict(shown_of(SPREAD), params, "openai", {b"t5": 1})
    # with all of m, the counted token weighs a quarter of it
    assert prediction.bounds(b"t5") == (0.0, pytest.approx(0.025 / 0.925))
    assert prediction.high[0] == pytest.approx(0.5 / 0.925)


def test_an_unknown_vocabulary_costs_a_bound_and_a_note_says_which():
    shown = shown_of(SPREAD, size=None)
    warm = predict(shown, SamplingParams(temperature=2), "openai")
    assert warm.low.max() == 0
    assert warm.unseen_high == 1
    unknown = "vocabulary_size is unknown"
    assert any(unknown in note and "no upper bound" in note for note in warm.notes)

    cold = predict(shown, SamplingParams(temperature=0.5), "openai")
    assert cold.low.min() > 0
    assert any("no lower bound but 0" in note for note in cold.notes)

    plain = predict(shown, SamplingParams(), "openai")
    assert plain.exact
    assert not plain.notes


def test_the_order_decides_what_the_nucleus_sees():
    """engines.md's discriminator: logits 3, 2, 1 at T = 0.5 and top_p 0.8."""
    whole = full([3, 2, 1])
    params = SamplingParams(temperature=0.5, top_p=0.8)
    assert predict(whole, params, "openai").status == ("kept", "removed", "removed")
    assert predict(whole, params, "llama.cpp").status == ("kept", "kept", "removed")


def test_the_boundary_rule_decides_on_an_exact_tie():
    whole = Distribution.from_probs({"a": 0.5, "b": 0.25, "c": 0.25})

    def kept(top_p, boundary):
        rules = Rules("temperature first", boundary)
        return predict(whole, SamplingParams(top_p=top_p), rules).status.count("kept")

    assert kept(0.5, "before < p") == 1
    assert kept(0.5, "before <= p") == 2
    assert kept(0.6, "ties stay") == 3
    assert kept(0.6, "before < p") == 2


def test_a_nucleus_that_the_bounds_cannot_decide_is_undecided():
    """At T = 2 the share before t1 is √.5 / (L + U), with U between √.1 and 5 √.02."""
    L = np.sqrt(LISTED).sum()
    least = np.sqrt(0.5) / (L + 5 * np.sqrt(0.02))
    most = np.sqrt(0.5) / (L + np.sqrt(0.1))
    assert least < 0.36 < most
    prediction = predict(shown_of(SPREAD), SamplingParams(temperature=2, top_p=0.36), "openai")
    assert prediction.status == ("kept", "undecided", "removed")
    assert prediction.undecided == ("t1",)
    # t0 is kept alone, or with t1
    share = np.sqrt(0.5) / (np.sqrt(0.5) + np.sqrt(0.3))
    assert prediction.low == pytest.approx([share, 0, 0])
    assert prediction.high == pytest.approx([1, 1 - share, 0])
    assert any("undecided" in note for note in prediction.notes)
    # with temperature last the nucleus sees the probabilities themselves, and the list is enough
    assert predict(shown_of(SPREAD), SamplingParams(temperature=2, top_p=0.6), "llama.cpp").exact


def test_a_nucleus_that_ends_where_rounding_decides_says_so():
    whole = Distribution.from_probs({"a": 0.5, "b": 0.25, "c": 0.25})
    on_edge = predict(whole, SamplingParams(top_p=0.5), "openai")
    assert any("rounding" in note for note in on_edge.notes)
    assert not predict(whole, SamplingParams(top_p=0.6), "openai").notes


def test_greedy_is_decided_unless_the_tail_could_win():
    greedy = SamplingParams(temperature=0)
    prediction = predict(shown_of(SPREAD), greedy, "openai")
    assert prediction.low == pytest.approx([1, 0, 0])
    lifted = predict(shown_of(SPREAD), greedy.replace(logit_bias={6: 5}), "openai")
    assert lifted.status[0] == "undecided"
    assert lifted.unseen_high == 1


def test_tokens_of_the_same_bytes_share_a_cell():
    twice = Distribution(("a", "b", "b"), np.log([0.5, 0.3, 0.2]), vocabulary_size=3)
    index, low, _ = predict(twice, SamplingParams(), "openai").cells()
    assert index == {b"a": 0, b"b": 1}
    assert low == pytest.approx([0.5, 0.5, 0])

    # which of the two was counted is not known: a penalty on either gives other probabilities
    penalised = SamplingParams(presence_penalty=np.log(2))
    by_place = predict(twice, penalised, "openai", [0, 0, 1])
    assert by_place.low == pytest.approx([5 / 9, 3 / 9, 1 / 9])
    assert predict(twice, penalised, "openai", {"a": 1}).low == pytest.approx([1 / 3, 0.4, 4 / 15])
    with pytest.raises(ValueError, match=r"^counts must not have b'b': 2 listed tokens"):
        predict(twice, penalised, "openai", {"b": 1})
    assert predict(twice, SamplingParams(), "openai", {"b": 1}).exact


TRANSFORMERS = {"params": SamplingParams(presence_penalty=1), "engine": "transformers"}
REPETITION = {"params": SamplingParams(repetition_penalty=1.2), "counts": {b"t0": 1}}
BOTH = {"params": SamplingParams(presence_penalty=1, logit_bias={7: 1}), "counts": {b"x": 1}}
NO_IDS = {"params": SamplingParams(logit_bias={0: 1}), "ids": None}
TOO_MUCH = {"size": 4, "p": [0.5, 0.35, 0.05]}


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"engine": "gpt"}, "engine must be one of openai"),
        (REPETITION, "repetition_penalty must be 1"),
        ({"params": SamplingParams(repetition_penalty=0.9)}, "raw logits"),
        (TRANSFORMERS, "presence_penalty must be 0"),
        ({"counts": [1, 2]}, r"counts must have shape \(3,\)"),
        (NO_IDS, "logit_bias needs distribution.ids"),
        (BOTH, "must not both name"),
        (TOO_MUCH, "unseen must be at most 1 tokens of 0.05"),
        ({"p": [0.5, 0.3, 0.2]}, "must sum to 1 with its unseen mass, got 1.1"),
    ],
)
def test_what_cannot_be_predicted_is_an_error(change, match):
    case = {"p": LISTED, "ids": (0, 1, 2), "size": 8}
    case |= {"params": SamplingParams(), "engine": "openai", "counts": None} | change
    shown = Distribution(
        ("t0", "t1", "t2"),
        np.log(case["p"]),
        unseen=0.1,
        ids=case["ids"],
        vocabulary_size=case["size"],
    )
    with pytest.raises(ValueError, match=match):
        predict(shown, case["params"], case["engine"], case["counts"])
