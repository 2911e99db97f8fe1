"""What differs from engine to engine: orders, boundaries, ties, clamps and counted tokens."""

import numpy as np
import pytest
from hand import INF, kept, logits_of
from marks import no_warnings

from samplers import (
    Chain,
    SamplingParams,
    softmax,
    temperature,
)
from samplers.engines import ENGINES

pytestmark = no_warnings
FOUR = logits_of(0.4, 0.3, 0.2, 0.1)
SGLANG = ("sglang", "sglang-flashinfer")


def survivors(engine, logits, counts=None, **params):
    return kept(Chain.for_engine(engine).apply(logits, SamplingParams(**params), counts))


def test_temperature_before_or_after_top_p():
    for engine in ENGINES:
        expected = [0, 1] if engine == "llama.cpp" else [0]
        assert survivors(engine, [3.0, 2.0, 1.0], temperature=0.5, top_p=0.8) == expected, engine


def test_top_p_of_what_top_k_left_or_of_the_original_mass():
    for engine in ENGINES:
        expected = [0, 1] if engine in SGLANG else [0]
        assert survivors(engine, FOUR, top_k=2, top_p=0.5) == expected, engine


def test_min_p_sees_the_temperature_except_in_llama_cpp():
    # .3/.4 = .75; squared .5625
    for engine in ENGINES:
        expected = [0, 1] if engine == "llama.cpp" else [0]
        assert survivors(engine, FOUR, temperature=0.5, min_p=0.6) == expected, engine


def test_min_p_before_or_after_top_p():
    # min_p .5 leaves .4 .3 .2. top_p .75 of that (.675) needs two, of everything it needs three.
    for engine in ENGINES:
        n = 2 if engine in ("openai", "vllm") else 3
        assert len(survivors(engine, FOUR, min_p=0.5, top_p=0.75)) == n, engine


def test_the_boundary_of_top_p():
    for engine in ENGINES:
        half = survivors(engine, logits_of(1 / 2, 1 / 4, 1 / 4), top_p=0.5)
        assert half == ([0, 1] if engine == "sglang" else [0]), engine
        # the last two are equal, and the first of them crosses 3/4
        tied = survivors(engine, logits_of(1 / 2, 1 / 8, 1 / 4, 1 / 8), top_p=13 / 16)
        assert tied == ([0, 1, 2, 3] if engine == "sglang-flashinfer" else [0, 1, 2]), engine
        assert survivors(engine, FOUR, top_p=0) == [0], engine
        assert survivors(engine, [0.0, -800.0], top_p=1) == [0, 1], engine


def test_ties_of_top_k():
    for engine in ENGINES:
        tied = survivors(engine, [1.0, 2.0, 2.0, 2.0, 0.0], top_k=2)
        keeps_ties = ("transformers", "vllm", "sglang-flashinfer")
        assert tied == ([1, 2, 3] if engine in keeps_ties else [1, 2]), engine
        assert survivors(engine, [1.0, -INF, 2.0], top_k=3) == [0, 2], engine


# SGLang's two samplers, by hand from its layers/sampler.py (0.5.23) and FlashInfer's sampling.cuh
# (0.7.4). `p`: in eighths; then the tokens that PyTorch's sampler keeps, and those of FlashInfer's.
FLASHINFER = [
    # nothing at a boundary: alike
    ([4, 2, 1, 1], {"top_p": 0.7}, [0, 1], [0, 1]),
    # exactly 1/2 before token 1: PyTorch's keeps what begins at p, FlashInfer's does not
    ([4, 2, 1, 1], {"top_p": 1 / 2}, [0, 1], [0]),
    # 3/4 before token 2, 7/8 before token 3, which is as probable: it stays with token 2
    ([4, 2, 1, 1], {"top_p": 0.8}, [0, 1, 2], [0, 1, 2, 3]),
    # the second and the third are equal
    ([4, 2, 2], {"top_k": 2}, [0, 1], [0, 1, 2]),
    # top_k and top_p act on the same mass: 3/8 before token 1 is below 1/2
    ([3, 2, 2, 1], {"top_k": 1, "top_p": 1 / 2}, [0], [0]),
    ([3, 1, 4], {"top_k": 2, "top_p": 9 / 16}, [0, 2], [0, 2]),
    # with a min_p top_p sees what top_k left, 3/7 and 4/7: token 0 begins at 4/7 > 9/16
    ([3, 1, 4], {"top_k": 2, "top_p": 9 / 16, "min_p": 1 / 4}, [0, 2], [2]),
    # min_p is last: 1/8 is a quarter of 1/2, and 1/4 is half of it
    ([4, 2, 1, 1], {"min_p": 1 / 2}, [0, 1], [0, 1]),
    ([4, 2, 1, 1], {"min_p": 1 / 4}, [0, 1, 2, 3], [0, 1, 2, 3]),
]


@pytest.mark.parametrize(("eighths", "params", "pytorch", "flashinfer"), FLASHINFER)
def test_the_two_samplers_of_sglang(eighths, params, pytorch, flashinfer):
    logits = logits_of(*(n / 8 for n in eighths))
    assert survivors("sglang", logits, **params) == pytorch
    assert survivors("sglang-flashinfer", logits, **params) == flashinfer
    last = Chain.for_engine("sglang-flashinfer").apply(logits, SamplingParams(**params))
    share = np.array([n if i in flashinfer else 0 for i, n in enumerate(eighths)])
    np.testing.assert_allclose(softmax(last), share / share.sum())


def test_a_batch_has_a_min_p_for_each_row():
    logits = logits_of(3 / 8, 1 / 8, 4 / 8)
    ask = SamplingParams(top_k=2, top_p=9 / 16)
    rows = [ask, ask.replace(min_p=0.25), ask]
    batch = Chain.for_engine("sglang-flashinfer").apply(np.tile(logits, (3, 1)), rows)
    assert [kept(row) for row in batch] == [[0, 2], [2], [0, 2]]


def test_bias_before_or_after_the_repetition_penalty():
    params = SamplingParams(logit_bias={0: 1}, repetition_penalty=2)
    for engine in ENGINES:
        trace = dict(Chain.for_engine(engine).trace([1.0, 0.0], params, [1, 0]))
        last = {"transformers": "repetition_penalty", **dict.fromkeys(SGLANG, "logit_bias")}
        after = trace[last.get(engine, "penalties")]
        assert after[0] == (1.5 if engine in SGLANG else 1.0), engine


def test_repetition_before_or_after_frequency():
    params = SamplingParams(frequency_penalty=1, repetition_penalty=2)
    for engine in ("openai", "vllm", *SGLANG, "llama.cpp"):
        trace = dict(Chain.for_engine(engine).trace([2.0, 0.0], params, [1, 0]))
        if engine in SGLANG:
            assert trace["logit_bias"][0] == 0.5
        else:
            assert trace["penalties"][0] == 0, engine


def test_penalties_and_bias_act_before_greedy():
    for engine in ENGINES:
        assert survivors(engine, [1.0, 2.0], temperature=0, logit_bias={0: 2}) == [0], engine
        penalised = survivors(engine, [1.0, 2.0], [0, 1], temperature=0, repetition_penalty=4)
        assert penalised == [0], engine


@pytest.mark.parametrize(
    ("engine", "t", "expected"),
    [
        *((e, 0, [1, 0]) for e in ENGINES),
        ("vllm", 1e-6, 0.01),  # raised to .01 before the engine's own test for greedy
        ("vllm", 0.009, 0.01),
        ("vllm", 0.01, 0.01),
        ("vllm", 0.02, 0.02),
        ("sglang", 9e-7, "greedy"),
        ("sglang", 2e-6, 2e-6),  # no clamp
        ("sglang-flashinfer", 9e-7, "greedy"),
        ("sglang-flashinfer", 2e-6, 2e-6),
        ("openai", 1e-300, 1e-300),
        ("llama.cpp", 2e-6, 2e-6),
        ("transformers", 2e-6, 2e-6),
    ],
)
def test_temperature_clamps(engine, t, expected):
    logits = np.array([0.01, 0.0])
    p = softmax(Chain.for_engine(engine).apply(logits, SamplingParams(temperature=t)))
    greedy = isinstance(expected, list) or expected == "greedy"
    np.testing.assert_allclose(p, [1, 0] if greedy else softmax(temperature(logits, expected)))


def test_greedy_below_a_clamp_takes_the_first_maximum():
    # at any t > 0 two equal maxima share the mass
    assert survivors("sglang", [1.0, 2.0, 2.0], temperature=9e-7) == [1]
    params = SamplingParams(temperature=1e-6)
    shared = Chain.for_engine("transformers").apply([1.0, 2.0, 2.0], params)
    assert softmax(shared).tolist() == [0, 0.5, 0.5]


def test_which_tokens_are_counted():
    prompt = [0, 1, 1]
    output = [1, 2]
    expected = {  # frequency and presence; repetition
        "openai": ([0, 1, 1, 0], [0, 1, 1, 0]),
        "vllm": ([0, 1, 1, 0], [1, 3, 1, 0]),
        "sglang": ([0, 1, 1, 0], [0, 1, 1, 0]),
        "sglang-flashinfer": ([0, 1, 1, 0], [0, 1, 1, 0]),
        "transformers": ([0, 0, 0, 0], [1, 3, 1, 0]),
        "llama.cpp": ([1, 3, 1, 0], [1, 3, 1, 0]),
    }
    for engine, (penalised, repeated) in expected.items():
        counts = Chain.for_engine(engine).counts(prompt, output, 4)
        assert counts["penalties"].tolist() == penalised, engine
        assert counts["repetition"].tolist() == repeated, engine


def test_llama_cpp_counts_the_last_64_tokens():
    chain = Chain.for_engine("llama.cpp")
    of_65 = chain.counts([7, *[1] * 60], [2] * 4, 8)["penalties"]
    assert (of_65[7], of_65[1], of_65[2]) == (0, 60, 4)  # the prompt's first token is out
    of_64 = chain.counts([7, *[1] * 59], [2] * 4, 8)["penalties"]
    assert of_64[7] == 1
    assert chain.counts([7] * 100, [2] * 70, 8)["repetition"].tolist() == [0, 0, 64, 0, 0, 0, 0, 0]
    assert Chain.for_engine("vllm").counts([7, *[1] * 60], [2] * 4, 8)["repetition"][7] == 1


def test_transformers_has_no_frequency_and_presence_penalty():
    chain = Chain.for_engine("transformers")
    for bad in ({"frequency_penalty": 0.1}, {"presence_penalty": -0.1}):
        message = "frequency_penalty and presence_penalty must be 0 for transformers"
        with pytest.raises(ValueError, match=message):
            chain.apply([1.0, 2.0], SamplingParams(**bad))
        with pytest.raises(ValueError, match="must be 0 for transformers"):
            chain.apply(np.zeros((2, 2)), [SamplingParams(), SamplingParams(**bad)])
