"""What holds for every distribution, tried by hypothesis on random ones, the same in each run."""

import math
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from hand import INF, kept
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from marks import no_warnings

from samplers import (
    Chain,
    SamplingParams,
    draw,
    effective_vocabulary,
    entropy,
    greedy,
    log_softmax,
    logit_bias,
    min_p,
    penalties,
    repetition_penalty,
    softmax,
    temperature,
    token_counts,
    top_k,
    top_p,
)

pytestmark = no_warnings
exactly = settings(max_examples=60, deadline=None, derandomize=True, database=None)

# quarters make ties and exact sums; the rest are the edges
QUARTERS = st.integers(-40, 40).map(lambda n: n / 4)
LOGIT = st.one_of(QUARTERS, st.floats(-50, 50), st.sampled_from([-INF, 1e4, -1e4]))
DTYPE = st.sampled_from([np.float32, np.float64])
P = st.one_of(st.integers(0, 64).map(lambda n: n / 64), st.floats(0, 1))
T = st.one_of(st.sampled_from([0, 1e-300, 1e-6, 1, 2]), st.floats(0.01, 10))


@st.composite
def rows(draw_, cells=LOGIT, n=None, unique=False):
    """Logits (V,), or (n, V); float32 or float64; each row with at least one token."""
    V = draw_(st.integers(1, 12))
    shape = st.lists(cells, min_size=V, max_size=V, unique=unique)
    values = shape.filter(lambda row: max(row) > -INF)
    if n is not None:
        count = draw_(n)
        values = st.lists(values, min_size=count, max_size=count)
    return np.array(draw_(values), dtype=draw_(DTYPE))


BATCH = rows(n=st.integers(1, 4))
TRUNCATIONS = {top_k: st.integers(0, 14), top_p: P, min_p: P}
TRANSFORMS = {**TRUNCATIONS, temperature: T}


def with_parameter(transforms):
    """One of some {transform: its parameter's values}, and a value."""
    return st.sampled_from(list(transforms)).flatmap(lambda f: st.tuples(st.just(f), transforms[f]))


truncation = with_parameter(TRUNCATIONS)
transform = with_parameter(TRANSFORMS)


@exactly
@given(rows(), transform)
def test_mass_is_conserved(logits, step):
    f, x = step
    p = softmax(f(logits, x))
    assert p.dtype == logits.dtype
    assert (p >= 0).all()
    assert math.fsum(p.tolist()) == pytest.approx(1, abs=1e-6 if p.dtype == np.float32 else 1e-12)


@exactly
@given(rows(), truncation)
def test_a_truncation_removes_or_leaves_alone(logits, step):
    f, x = step
    out = f(logits, x)
    assert ((out == logits) | (out == -INF)).all()
    assert out[greedy(logits)] == logits.max()  # the best always stays
    # and none goes before a better one
    assert out[out > -INF].min() >= np.max(logits[out == -INF], initial=-INF)
    before = softmax(logits.astype(np.float64))
    after = softmax(out.astype(np.float64))
    expected = np.where(out > -INF, before, 0) / before[out > -INF].sum()
    np.testing.assert_allclose(after, expected, 1e-9, 1e-300)


@exactly
@given(rows(), P, P)
def test_nuclei_are_nested(logits, p, q):
    assert set(kept(top_p(logits, min(p, q)))) <= set(kept(top_p(logits, max(p, q))))


@exactly
@given(rows(), P, P)
def test_min_p_sets_are_nested_the_other_way(logits, p, q):
    assert set(kept(min_p(logits, max(p, q)))) <= set(kept(min_p(logits, min(p, q))))


def smallest_reaching(logits, p: Fraction) -> list[int]:
    """The shortest list of best tokens, ties by id, that reaches p: brute force, in rationals."""
    w = [Fraction(math.exp(float(x) - float(logits.max()))) for x in logits]
    order = sorted((i for i in range(len(w)) if logits[i] > -INF), key=lambda i: (-logits[i], i))
    n = 1
    while n < len(order) and sum(w[i] for i in order[:n]) < p * sum(w):
        n += 1
    return sorted(order[:n])


@exactly
@given(rows(), P)
def test_the_nucleus_is_the_smallest_set_that_reaches_p(logits, p):
    assume(p < 1)
    rounding = Fraction(1, 10**6) if logits.dtype == np.float32 else Fraction(1, 10**13)
    low, high = (smallest_reaching(logits, Fraction(p) * (1 + sign * rounding)) for sign in (-1, 1))
    nucleus = kept(top_p(logits, p))
    assert set(low) <= set(nucleus) <= set(high)  # nearly always low == high, and then it is exact


@exactly
@given(
    st.lists(st.integers(0, 99), max_size=8), st.randoms(use_true_random=False), st.data(), DTYPE
)
def test_the_nucleus_is_exact_at_dyadic_boundaries(splits, random, data, dtype):
    probs = [Fraction(1)]
    for at in splits:  # halve one again and again: every sum is exact, and p is one of them
        probs += [probs.pop(at % len(probs)) / 2] * 2
    random.shuffle(probs)
    order = sorted(range(len(probs)), key=lambda i: (-probs[i], i))
    n = data.draw(st.integers(1, len(order)))
    p = sum(probs[i] for i in order[:n])
    logits = np.log([float(x) for x in probs]).astype(dtype)
    # exp must give the powers of two
    assume(np.exp(logits - logits.max()).tolist() == [float(x / max(probs)) for x in probs])
    assert kept(top_p(logits, float(p))) == sorted(order[:n])
    assert kept(top_p(logits, float(p) - 2**-20)) == sorted(order[:n])
    assert kept(top_p(logits, float(p) + 2**-20)) == sorted(order[: n + 1])


@exactly
@given(rows(), st.integers(0, 14))
def test_top_k_is_a_sort(logits, k):
    order = sorted(range(len(logits)), key=lambda i: (-logits[i], i))
    expected = [i for i in order[: k or None] if logits[i] > -INF]
    assert kept(top_k(logits, k)) == sorted(expected)


@exactly
@given(rows(cells=QUARTERS, unique=True), transform, st.randoms(use_true_random=False))
def test_permuting_tokens_permutes_the_result(logits, step, random):
    f, x = step
    # a p within rounding of a boundary may fall either way
    assume(f is not top_p or x == 1 or x * 64 % 1 == 0)
    order = random.sample(range(len(logits)), len(logits))
    np.testing.assert_array_equal(f(logits[order], x), f(logits, x)[order])
    np.testing.assert_allclose(entropy(logits[order]), entropy(logits), 1e-6, 1e-9)


@exactly
@given(rows(cells=QUARTERS), transform, st.randoms(use_true_random=False))
def test_permuting_tied_tokens_keeps_as_many_of_each(logits, step, random):
    f, x = step
    assume(f is not top_p or x == 1 or x * 64 % 1 == 0)
    order = random.sample(range(len(logits)), len(logits))
    assert sorted(f(logits[order], x).tolist()) == sorted(f(logits, x).tolist())


@exactly
@given(rows(cells=st.one_of(QUARTERS, st.just(-INF))), st.sampled_from([1e-300, 1e-30, 1e-4]))
def test_t_to_0_meets_greedy(logits, t):
    best = logits == logits.max()
    np.testing.assert_allclose(softmax(temperature(logits, t)), best / best.sum(), 1e-6)
    assert kept(temperature(logits, 0)) == [greedy(logits)] == [logits.tolist().index(max(logits))]


@exactly
@given(rows(), T)
def test_temperature_preserves_order(logits, t):
    assume(t > 0)
    out = temperature(logits, t)
    order = np.argsort(logits, kind="stable")
    assert (out[order][1:] >= out[order][:-1]).all()
    assert (out == -INF)[logits == -INF].all()
    assert out.max() == 0


@exactly
@given(rows(cells=QUARTERS), st.floats(0.1, 5), st.floats(0.1, 5))
def test_a_hotter_distribution_is_flatter(logits, s, t):
    cold, hot = (float(entropy(temperature(logits, x))) for x in sorted((s, t)))
    assert cold <= hot + 1e-5
    assert 1 - 1e-9 <= float(effective_vocabulary(logits)) <= len(logits) * (1 + 1e-6)


@exactly
@given(rows(), st.integers(-100, 100))
def test_probabilities_ignore_a_shift(logits, c):
    assume(np.array_equal((logits + c) - c, logits))
    np.testing.assert_array_equal(softmax(logits + c), softmax(logits))
    np.testing.assert_array_equal(log_softmax(logits + c), log_softmax(logits))


@exactly
@given(rows(cells=QUARTERS), st.data())
def test_bias_frequency_and_presence_commute(logits, data):
    V = len(logits)
    counts = token_counts(data.draw(st.lists(st.integers(0, V - 1), max_size=9)), V)
    bias = data.draw(st.dictionaries(st.integers(0, V - 1), QUARTERS))
    frequency = data.draw(QUARTERS)
    presence = data.draw(QUARTERS)
    together = penalties(logits, counts, frequency, presence)  # quarters add exactly
    one_by_one = penalties(penalties(logits, counts, 0, presence), counts, frequency, 0)
    np.testing.assert_array_equal(one_by_one, together)
    bias_first = penalties(logit_bias(logits, bias), counts, frequency, presence)
    np.testing.assert_array_equal(logit_bias(together, bias), bias_first)


@settings(exactly, max_examples=20)
@given(BATCH, st.data())
def test_a_row_of_a_batch_is_the_row_alone_with_its_own_parameter(batch, data):
    B, V = batch.shape
    for f, values in TRANSFORMS.items():
        xs = data.draw(st.lists(values, min_size=B, max_size=B))
        expected = [f(row, x) for row, x in zip(batch, xs, strict=True)]
        np.testing.assert_array_equal(f(batch, xs), expected)
        np.testing.assert_array_equal(f(batch, xs[0]), [f(row, xs[0]) for row in batch])
        with_an_axis = f(batch[:, None], np.array(xs)[:, None])
        np.testing.assert_array_equal(with_an_axis[:, 0], expected)

    row_counts = st.lists(st.integers(0, 3), min_size=V, max_size=V)
    counts = data.draw(st.lists(row_counts, min_size=B, max_size=B))
    xs = data.draw(st.lists(st.floats(0.1, 2), min_size=B, max_size=B))
    cases = list(zip(batch, counts, xs, strict=True))
    expected = [penalties(row, c, x, x) for row, c, x in cases]
    np.testing.assert_array_equal(penalties(batch, counts, xs, xs), expected)
    expected = [repetition_penalty(row, c, x) for row, c, x in cases]
    np.testing.assert_array_equal(repetition_penalty(batch, counts, xs), expected)
    for f in (softmax, log_softmax, entropy, greedy):
        np.testing.assert_array_equal(f(batch), [f(row) for row in batch])


EVERYTHING = [
    softmax,
    log_softmax,
    entropy,
    greedy,
    lambda x: draw(x, 0),
    lambda x: draw(x, 0, 2),
    *(partial(temperature, t=t) for t in (0, 0.5, 1)),
    *(partial(top_k, k=k) for k in (0, 2)),
    *(partial(top_p, p=p) for p in (0.5, 1)),
    *(partial(min_p, p=p) for p in (0, 0.1)),
    lambda x: logit_bias(x, {}),
    lambda x: logit_bias(x, {0: 1}),
    lambda x: penalties(x, np.ones(x.shape)),
    lambda x: penalties(x, np.ones(x.shape), 1, 1),
    *(lambda x, p=p: repetition_penalty(x, np.ones(x.shape), p) for p in (1, 2)),
]


@settings(exactly, max_examples=15)
@given(BATCH)
def test_inputs_are_never_changed_nor_handed_back(batch):
    read_only = np.broadcast_to(batch[0], (2, batch.shape[1]))
    for logits in (batch, batch[0], batch[:, ::-1], np.asfortranarray(batch), read_only):
        before = logits.copy()
        for f in EVERYTHING:
            assert not np.shares_memory(f(logits), logits)
            np.testing.assert_array_equal(logits, before)


@settings(exactly, max_examples=15)
@given(BATCH)
def test_counts_are_never_changed(batch):
    counts = np.ones(batch.shape, dtype=np.int64)
    counts.setflags(write=False)
    penalties(batch, counts, 1, 1)
    repetition_penalty(batch, counts, 2)
    params = SamplingParams(frequency_penalty=1, repetition_penalty=2)
    Chain.for_engine("openai").apply(batch, params, counts)


@exactly
@given(BATCH, truncation, st.integers(0, 2**32))
def test_a_removed_token_is_never_drawn(batch, step, seed):
    f, x = step
    out = f(batch, x)
    tokens = draw(out, seed, 20)
    assert (np.take_along_axis(out, tokens, axis=-1) > -INF).all()
    np.testing.assert_array_equal(tokens, draw(out, seed, 20))
