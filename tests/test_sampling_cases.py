"""Inputs on which other samplers were wrong, from their public bug reports, with the right values.

The numbers follow from the definitions alone. Where a border is met exactly, the probabilities are
halves and quarters, which logarithms give back.
"""

import numpy as np
import pytest
from hand import DTYPES, INF, kept, logits_of
from marks import no_warnings

from samplers import (
    Chain,
    SamplingParams,
    draw,
    entropy,
    greedy,
    log_softmax,
    min_p,
    softmax,
    temperature,
    top_k,
    top_p,
)

pytestmark = no_warnings

OPENAI = Chain("openai")  # temperature first
LLAMA = Chain("llama.cpp")  # temperature last


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("probs", "p", "ids"),
    [
        ((0.25, 0.125, 0.125, 0.5), 0.75, [0, 3]),  # 0.5 + 0.25: reached means enough
        ((0.3, 0.1, 0.1, 0.5), 0.7999, [0, 3]),
        ((0.3, 0.1, 0.1, 0.5), 0.8001, [0, 1, 3]),
        ((0.4, 0.3, 0.2, 0.1), 0.8, [0, 1, 2]),  # the one that crosses p is in
        ((0.9, 0.06, 0.04), 0.5, [0]),  # never none
        ((0.3, 0.1, 0.1, 0.5), 1.0, [0, 1, 2, 3]),  # the sum may stop short of 1
        ((0.1,) * 10, 1.0, list(range(10))),
    ],
)
def test_which_token_crosses_the_line(probs, p, ids, dtype):
    assert kept(top_p(logits_of(*probs, dtype=dtype), p)) == ids


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("level", [0.0, -7.25])
def test_equal_logits_of_a_whole_vocabulary(level, dtype):
    """The least n with n / 49,152 >= 0.9999; a float32 running sum ends at 0.99961."""
    out = top_p(np.full(49_152, level, dtype=dtype), 0.9999)
    assert kept(out) == list(range(49_148))
    np.testing.assert_allclose(softmax(out)[:49_148], 1 / 49_148, rtol=1e-5)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_ends_of_top_p_on_a_whole_vocabulary(dtype):
    logits = (3 * np.random.default_rng(7).normal(size=49_152)).astype(dtype)
    assert kept(top_p(logits, 1e-8)) == [int(logits.argmax())]  # 1 - 1e-8 is 1 in float32
    out = top_p(logits, 0.9999999)
    p = np.sort(softmax(logits.astype(np.float64)))
    before = 1 - np.cumsum(p)[::-1]  # the mass of all that are more probable
    assert len(kept(out)) == np.count_nonzero(before < 0.9999999)
    assert np.isfinite(out).sum() < 49_152


def test_top_p_is_of_what_top_k_left():
    logits = logits_of(0.3, 0.25, 0.2, 0.15, 0.1)
    out = OPENAI.apply(logits, SamplingParams(top_k=1, top_p=0.8))
    assert softmax(out).tolist() == [1, 0, 0, 0, 0]
    # 0.3 of 0.55 is more than a half, though 0.3 of 1 is not
    out = OPENAI.apply(logits, SamplingParams(top_k=2, top_p=0.5))
    assert softmax(out).tolist() == [1, 0, 0, 0, 0]


def test_what_is_kept_stays_in_its_place():
    out = top_p([0.1, 0.2, 0.15, 0.4, 0.3, 0.001, 0.01], 0.3)
    np.testing.assert_allclose(softmax(out), [0, 0, 0, 0.525, 0.475, 0, 0], atol=5e-4)
    out = top_k([0.1, 0.2, 0.15, 0.4, 0.3, 0.001, 0.01], 2)
    assert out.tolist() == [-INF, -INF, -INF, 0.4, 0.3, -INF, -INF]


def test_temperature_before_or_after_top_p():
    params = SamplingParams(temperature=0.5, top_p=0.8)
    np.testing.assert_allclose(
        softmax(LLAMA.apply([3.0, 2, 1], params)), [0.881, 0.119, 0], atol=5e-4
    )
    assert kept(OPENAI.apply([3.0, 2, 1], params)) == [0]
    same = SamplingParams(top_p=0.8)
    assert kept(LLAMA.apply([3.0, 2, 1], same)) == kept(OPENAI.apply([3.0, 2, 1], same)) == [0, 1]


def test_temperature_before_or_after_min_p():
    params = SamplingParams(temperature=2, min_p=0.3)
    assert kept(LLAMA.apply([5.0, 4, 3, 0], params)) == [0, 1]  # ratios 1, .368, .135, .007
    assert kept(OPENAI.apply([5.0, 4, 3, 0], params)) == [0, 1, 2]  # 1, .607, .368, .082


def test_min_p_is_relative_to_the_largest_probability():
    assert kept(min_p([-3.0, 2, 1], 0.2)) == [1, 2]
    assert kept(min_p([1000.0, 999, 990], 0.2)) == [0, 1]  # no logit is a probability
    assert kept(min_p([-1000.0, -1001, -1010], 0.2)) == [0, 1]


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_spread_that_overflows_exp(dtype):
    logits = np.array([1000, 999, -1000], dtype=dtype)
    np.testing.assert_allclose(softmax(logits), [0.7311, 0.2689, 0], atol=5e-5)
    assert np.isfinite(log_softmax(logits)).all()
    cold = softmax(temperature(np.array([-INF, 1, 2], dtype=dtype), 0.5))
    np.testing.assert_allclose(cold, [0, 0.1192, 0.8808], atol=5e-5)


@pytest.mark.parametrize(
    ("logits", "match"), [([-INF] * 3, "every token is removed"), ([1, np.nan, 2], "got NaN")]
)
def test_nothing_is_drawn_from_no_distribution(logits, match):
    for f in (lambda x: draw(x, 0), greedy):
        with pytest.raises(ValueError, match=match):
            f(logits)
    with pytest.raises(ValueError, match=match):
        draw(OPENAI.apply(logits, SamplingParams(top_p=0.9, min_p=0.1)), 0)


@pytest.mark.parametrize(
    "engine", ["openai", "vllm", "transformers", "sglang", "sglang-flashinfer", "llama.cpp"]
)
def test_temperature_0_divides_by_nothing(engine):
    out = Chain(engine).apply([1.0, 3, 3, -INF], SamplingParams(temperature=0))
    assert softmax(out).tolist() == [0, 1, 0, 0]


@pytest.mark.parametrize("k", [0, 1, 32, 33, 50, 199, 200, 201])
def test_any_k_leaves_a_distribution(k):
    logits = np.random.default_rng(k).normal(size=200)
    probs = softmax(top_k(logits, k))
    assert probs.sum() == pytest.approx(1)
    assert np.count_nonzero(probs) == (min(k, 200) or 200)


def test_a_vocabulary_of_151_936_tokens():
    logits = np.random.default_rng(1).normal(size=151_936).astype(np.float32)
    logits[[5, 151_935]] = 30, 31
    params = SamplingParams(top_k=40, top_p=0.95, min_p=0.05)
    for chain in (OPENAI, LLAMA):
        out = chain.apply(logits, params)
        assert kept(out) == [5, 151_935]
        assert softmax(out).sum() == pytest.approx(1)
        assert set(draw(out, 0, 100).tolist()) == {5, 151_935}


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_sum_in_which_single_tokens_vanish(dtype):
    """One token of weight e^20 = 485,165,195.41, and 131,072 of weight 1.

    0.9999 of the sum, less the first weight, is 82,542.37: so many of the others are kept, and one
    more, which crosses. A float32 running sum stays at e^20: there, 1 is below its last bit.
    """
    logits = np.zeros(131_073, dtype=dtype)
    logits[70_000] = 20
    ids = [*range(82_544)]  # ties go to the lower id; 70,000 is the first token
    assert kept(top_p(logits, 0.9999)) == ids


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("V", [2, 49_152, 151_936])
def test_equal_logits_have_no_order_but_their_ids(V, dtype):
    logits = np.full(V, 0.25, dtype=dtype)
    for t in (1e-300, 0.5, 2, 1e300):
        np.testing.assert_array_equal(softmax(temperature(logits, t)), dtype(1 / V))
    for p in (0.0, 5e-324, 0.5, 1.0):
        assert kept(min_p(logits, p)) == list(range(V))

    assert kept(top_k(logits, 2)) == [0, 1]
    assert kept(top_p(logits, 0.5)) == list(range(V // 2))
    assert kept(top_p(logits, 0.0)) == kept(temperature(logits, 0)) == [0]
    assert greedy(logits) == 0
    assert entropy(logits) == pytest.approx(np.log(V))


@pytest.mark.parametrize("dtype", DTYPES)
def test_parameters_at_the_end_of_the_floats(dtype):
    """The least float is 2^-1074: as a probability it is 744.44 nats below 1."""
    least = 5e-324
    logits = np.array([2, 1, 2, -742.4, -742.5], dtype=dtype)
    np.testing.assert_array_equal(softmax(temperature(logits[:2], least)), [1, 0])
    assert kept(top_p(logits, least)) == kept(top_p(logits, -0.0)) == [0]
    assert kept(min_p(logits, least)) == [0, 1, 2, 3]  # 744.4 below the best, and 744.5
    assert kept(min_p(logits, -0.0)) == [0, 1, 2, 3, 4]  # off


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_top_p_just_below_1(dtype):
    """The others' mass is nothing in float64, so the first token alone reaches all but 1 itself."""
    almost = np.nextafter(1, 0)
    logits = np.array([-800, 0, -800], dtype=dtype)
    assert kept(top_p(logits, almost)) == [1]
    assert kept(top_p(logits, 1.0)) == [0, 1, 2]
    assert kept(min_p(np.array([0, 0, -1e-3], dtype=dtype), almost)) == [0, 1]


@pytest.mark.parametrize("dtype", DTYPES)
def test_logits_that_are_subnormal(dtype):
    """They differ in order alone: as probabilities all are a quarter."""
    least = np.finfo(dtype).smallest_subnormal
    logits = np.array([least, 2 * least, 0, -least], dtype=dtype)
    np.testing.assert_array_equal(softmax(logits), 0.25)
    assert kept(top_p(logits, 0.5)) == [0, 1]
    assert kept(top_k(logits, 1)) == kept(temperature(logits, 0)) == [1]
    assert greedy(logits) == 1


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("V", [3, 20_001])
def test_logits_further_apart_than_their_type_reaches(V, dtype):
    most = np.finfo(dtype).max
    logits = np.full(V, -most, dtype=dtype)
    logits[1:3] = most, 0
    for processed in (logits, temperature(logits, 0.5), temperature(logits, 2)):
        assert softmax(processed).tolist() == [0, 1] + [0] * (V - 2)
        assert draw(processed, 0) == greedy(processed) == 1
        assert kept(top_p(processed, 0.9)) == kept(min_p(processed, 0.1)) == [1]
    assert log_softmax(logits)[1] == 0
    assert entropy(logits) == 0


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("engine", ["openai", "vllm", "sglang", "llama.cpp"])
def test_a_mask_of_the_least_float_removes_as_minus_infinity_does(engine, dtype):
    mask = np.finfo(dtype).min  # as PyTorch code masks
    params = SamplingParams(temperature=2, top_p=0.95)
    out = Chain(engine).apply(np.array([mask, 1, 1, mask], dtype=dtype), params)
    assert softmax(out).tolist() == [0, 0.5, 0.5, 0]


@pytest.mark.parametrize("bad", [np.nan, INF])
@pytest.mark.parametrize("place", [0, 7, 151_935])
def test_one_bad_logit_of_a_large_vocabulary_is_found(bad, place):
    logits = np.random.default_rng(2).normal(size=151_936).astype(np.float32)
    logits[place] = bad
    for sample in (
        softmax,
        greedy,
        lambda x: draw(x, 0),
        lambda x: temperature(x, 0.7),
        lambda x: top_k(x, 50),
        lambda x: top_p(x, 0.9),
        lambda x: min_p(x, 0.1),
    ):
        with pytest.raises(ValueError, match="logits must be finite or -inf, got NaN or"):
            sample(logits)
