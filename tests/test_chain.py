"""Chain: each engine's stages in order, its boundaries and counts, traces, a request per row."""

import copy
import pickle
from itertools import compress, pairwise

import numpy as np
import pytest
from hand import DTYPES, INF
from marks import no_warnings

from samplers import (
    Chain,
    SamplingParams,
    logit_bias,
    min_p,
    penalties,
    repetition_penalty,
    softmax,
    temperature,
)

pytestmark = no_warnings
STAGES = {  # read from each engine's source; tests/data has what they answer
    "openai": "logit_bias, repetition_penalty, penalties, temperature, min_p, top_k, top_p",
    "vllm": "logit_bias, repetition_penalty, penalties, temperature, min_p, top_k, top_p",
    "transformers": "logit_bias, repetition_penalty, temperature, top_k, top_p, min_p",
    "sglang": "penalties, repetition_penalty, logit_bias, temperature, top_k and top_p, min_p",
    "sglang-flashinfer": (
        "penalties, repetition_penalty, logit_bias, temperature, top_k and top_p, min_p"
    ),
    "llama.cpp": "logit_bias, repetition_penalty, penalties, top_k, top_p, min_p, temperature",
}
STAGES = {engine: tuple(order.split(", ")) for engine, order in STAGES.items()}
ENGINES = list(STAGES)
BUSY = {  # what every engine takes
    "temperature": 0.7,
    "top_p": 0.9,
    "top_k": 20,
    "min_p": 0.02,
    "logit_bias": {3: 2, 5: -4},
    "repetition_penalty": 1.3,
}


def busy(engine):
    """A request in which every stage of the engine acts."""
    if engine == "transformers":
        return SamplingParams(**BUSY)
    return SamplingParams(**BUSY, frequency_penalty=0.5, presence_penalty=-0.3)


@pytest.mark.parametrize("engine", ENGINES)
def test_stage_names_in_order(engine):
    assert Chain.for_engine(engine).stages == STAGES[engine]
    assert Chain.for_engine(engine).name == engine


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("engine", ENGINES)
def test_trace_shows_every_stage_and_ends_where_apply_does(engine, dtype):
    chain = Chain.for_engine(engine)
    logits = np.random.default_rng(1).normal(size=40).astype(dtype) * 3
    counts = chain.counts([3, 4, 4], [5, 5, 6], 40)
    trace = chain.trace(logits, busy(engine), counts)
    assert tuple(stage.name for stage in trace) == ("logits", *STAGES[engine])
    assert trace[0].logits is logits
    np.testing.assert_array_equal(trace[-1].logits, chain.apply(logits, busy(engine), counts))
    assert {stage.logits.dtype for stage in trace} == {np.dtype(dtype)}


@pytest.mark.parametrize("engine", ENGINES)
def test_each_parameter_acts_in_its_own_stage(engine):
    one_stage = {
        "logit_bias": {"logit_bias": {1: 5}},
        "repetition_penalty": {"repetition_penalty": 1.5},
        "penalties": {"frequency_penalty": 1, "presence_penalty": -0.5},
        "temperature": {"temperature": 0.5},
        "top_k": {"top_k": 3},
        "top_p": {"top_p": 0.6},
        "top_k and top_p": {"top_k": 3, "top_p": 0.6},
        "min_p": {"min_p": 0.5},
    }
    chain = Chain.for_engine(engine)
    logits = np.array([2.0, 1.5, 1.0, 0.0, -3.0])
    counts = [1, 0, 0, 2, 0]
    for name in chain.stages:
        trace = chain.trace(logits, SamplingParams(**one_stage[name]), counts)
        pairs = pairwise(softmax(stage.logits) for stage in trace)
        changed = [not np.allclose(before, after) for before, after in pairs]
        assert list(compress(chain.stages, changed)) == [name]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_defaults_change_nothing(engine):
    logits = np.array([3.0, 1.0, -INF, 1.0, -9.0])
    after = Chain.for_engine(engine).apply(logits, SamplingParams())
    np.testing.assert_allclose(softmax(after), softmax(logits))


def test_the_openai_preset_is_the_transforms_in_its_order():
    logits = np.random.default_rng(3).normal(size=30)
    counts = np.arange(30) % 3
    params = SamplingParams(
        temperature=0.7,
        min_p=0.05,
        logit_bias={1: 3},
        repetition_penalty=1.2,
        frequency_penalty=1,
        presence_penalty=0.5,
    )
    by_hand = penalties(repetition_penalty(logit_bias(logits, {1: 3}), counts, 1.2), counts, 1, 0.5)
    by_hand = min_p(temperature(by_hand, 0.7), 0.05)
    np.testing.assert_array_equal(Chain.for_engine("openai").apply(logits, params, counts), by_hand)


def test_apply_uses_each_count_for_its_own_penalty():
    counts = {"penalties": np.array([1, 0]), "repetition": np.array([0, 1])}
    params = SamplingParams(presence_penalty=1, repetition_penalty=2)
    trace = dict(Chain.for_engine("vllm").trace([2.0, 2.0], params, counts))
    assert trace["penalties"].tolist() == [1, 1]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("engine", ENGINES)
def test_a_request_for_each_row(engine, dtype):
    rng = np.random.default_rng(8)
    chain = Chain.for_engine(engine)
    rows = (rng.normal(size=(5, 30)) * 3).round(1).astype(dtype)
    requests = [
        SamplingParams(),
        busy(engine),
        SamplingParams(temperature=0),
        SamplingParams(top_k=3, logit_bias={0: 5}),
        SamplingParams(top_p=0, temperature=2),
    ]
    counts = [chain.counts(rng.integers(0, 30, 20), rng.integers(0, 30, 9), 30) for _ in rows]
    stacked = {name: np.stack([c[name] for c in counts]) for name in counts[0]}
    alone = [chain.apply(*one) for one in zip(rows, requests, counts, strict=True)]
    np.testing.assert_array_equal(chain.apply(rows, requests, stacked), alone)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("engine", ENGINES)
def test_one_request_for_rows_of_any_shape(engine, dtype):
    chain = Chain.for_engine(engine)
    rows = (np.random.default_rng(8).normal(size=(5, 30)) * 3).round(1).astype(dtype)
    together = chain.apply(rows, busy(engine))
    np.testing.assert_array_equal(together, [chain.apply(row, busy(engine)) for row in rows])
    np.testing.assert_array_equal(chain.apply(rows[None], busy(engine))[0], together)
    assert chain.apply(rows[:0], busy(engine)).shape == (0, 30)
    assert chain.apply(rows[:0], []).shape == (0, 30)


@pytest.mark.parametrize("engine", ENGINES)
def test_inputs_stay_as_they_were(engine):
    chain = Chain.for_engine(engine)
    logits = np.random.default_rng(1).normal(size=(2, 40))
    logits.setflags(write=False)
    counts = np.ones((2, 40), int)
    counts.setflags(write=False)
    view = np.broadcast_to(logits[0], (3, 40))
    before = logits.copy()
    chain.trace(logits, [busy(engine), SamplingParams(logit_bias={0: 1})], counts)
    chain.trace(view, busy(engine), counts[0])
    np.testing.assert_array_equal(logits, before)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_row_with_every_token_removed_passes_through(engine):
    params = busy(engine).replace(logit_bias=None)
    assert Chain.for_engine(engine).apply([-INF, -INF], params).tolist() == [-INF, -INF]


def test_a_chain_is_a_value():
    chain = Chain.for_engine("vllm")
    assert pickle.loads(pickle.dumps(chain)) == copy.deepcopy(chain) == Chain.for_engine("vllm")
    assert {chain: 1}[Chain.for_engine("vllm")] == 1
