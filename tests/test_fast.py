"""The fast transforms against `samplers.reference`, bit for bit: chosen rows, any rows, batches.

And that they are fast for the intended reason: no large row is sorted, and memory is bounded.
"""

import tracemalloc

import numpy as np
import pytest
from hand import FixedUniform
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from samplers import cuts, draw, min_p, nucleus, reference, temperature, top_k, top_p, truncation
from samplers.engines import ENGINES
from samplers.params import SamplingParams
from samplers.stages import joint_stage

INF = np.inf
V = 20_001  # beyond cuts.SMALL_ROW, and no multiple of any block
UNLUCKY = "all mass in the sample"
STEP = 13  # every 13th of V tokens is in the sample
assert len(cuts.sample(np.zeros(V))) == len(range(0, V, STEP))
PS = [0.0, 1e-12, 0.1, 0.5, 0.75, 0.9, 0.999, 1 - 1e-9, np.nextafter(1, 0), 1.0]
KS = [0, 1, 2, 40, 1000, V // 8, 4096, V - 1, V, V + 1]


def normal(scale: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=V) * scale


def removed(logits: np.ndarray, share: float) -> np.ndarray:
    return np.where(np.random.default_rng(9).random(V) < share, -INF, logits)


def spikes(*at: int, height: float = 40.0) -> np.ndarray:
    logits = np.zeros(V)
    logits[list(at)] = height
    return logits


ROWS = {
    "all equal": np.zeros(V),
    "all equal but the last": np.append(np.zeros(V - 1), -1e-3),
    "flat": normal(0.1),
    "ordinary": normal(1.0),
    "peaked": normal(6.0),
    "few values, many ties": normal(1.0).round(1),
    "two values": np.where(normal(1.0) > 0, 1.0, 0.0),
    "halves of halves": -np.log(2) * np.repeat(np.arange(40), V // 40 + 1)[:V],
    "one spike first": spikes(0),
    "one spike last": spikes(V - 1),
    "tied spikes": spikes(3, V // 2, V - 2, height=5.0),
    "half removed": removed(normal(3.0), 0.5),
    "nearly all removed": removed(normal(3.0), 0.999),
    "one left": np.append(np.full(V - 1, -INF), -3.0),
    "all removed": np.full(V, -INF),
    "ascending": np.sort(normal(2.0)),
    "descending": -np.sort(normal(2.0)),
    "denormal logits": normal(1e-310),
    "denormal weights": np.linspace(0, -110, V),
    "weights beyond the type": np.linspace(0, -1e4, V),
    "signed zeros": np.where(normal(1.0) > 0, 0.0, -0.0),
    "no mass in the sample": spikes(*range(1, V, STEP), height=12.0),
    UNLUCKY: spikes(*range(0, V, STEP), height=12.0),
}


def same(a: np.ndarray, b: np.ndarray) -> bool:
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def every_p(logits: np.ndarray) -> list[float]:
    """PS, and p at three exact sums and on either side of each.

    The sums are of one token, of half the tokens, and of all but the last.
    """
    mass = np.cumsum(reference.weights(-np.sort(-logits)), dtype=np.float64)
    if mass[-1] == 0:
        return PS
    near = []
    for i in (0, len(mass) // 2, len(mass) - 2):
        exact = mass[i] / mass[-1]
        near += [np.nextafter(exact, 0), exact, np.nextafter(exact, 2)]
    return PS + [float(p) for p in near if p <= 1]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ROWS)
def test_chosen_rows(name, dtype):
    with np.errstate(under="ignore"):
        logits = ROWS[name].astype(dtype)
    before = logits.copy()
    for p in every_p(logits):
        assert same(top_p(logits, p), reference.top_p(logits, p)), p
    for k in KS:
        assert same(top_k(logits, k), reference.top_k(logits, k)), k
    if name != "all removed":
        for p in PS:
            assert same(min_p(logits, p), reference.min_p(logits, p)), p
    assert same(logits, before)


values = st.one_of(
    st.floats(-30, 30, width=32), st.sampled_from([-INF, 0.0, -0.0, 1.0, 1e-40, -1e30, 1e30])
)


@settings(deadline=None)
@given(
    arrays.arrays(st.sampled_from([np.float32, np.float64]), st.integers(1, 60), elements=values),
    st.integers(0, 70),
    st.floats(0, 1),
)
def test_any_row(logits, k, p):
    assert same(top_k(logits, k), reference.top_k(logits, k))
    for q in [p, *every_p(logits)]:
        assert same(top_p(logits, q), reference.top_p(logits, q)), q
    if logits.max() > -INF:
        assert same(min_p(logits, p), reference.min_p(logits, p))


@settings(max_examples=60, deadline=None)  # on a busy machine one example may take long
@given(
    st.integers(0, 2**32),
    st.sampled_from([0.0, 0.01, 0.3, 2.0, 5.0, 20.0]),
    st.sampled_from([None, 0, 1, 2]),
    st.sampled_from([0.0, 0.3, 0.99]),
    st.sampled_from([np.float32, np.float64]),
    st.floats(0, 1),
)
def test_any_large_row(seed, scale, decimals, share, dtype, p):
    rng = np.random.default_rng(seed)
    size = int(rng.integers(cuts.SMALL_ROW + 1, 4 * cuts.SMALL_ROW))
    logits = rng.normal(size=size).astype(dtype) * dtype(scale)
    if decimals is not None:
        logits = logits.round(decimals)
    logits[rng.random(len(logits)) < share] = -INF
    k = int(rng.integers(len(logits)))
    for q in [p, *every_p(logits)]:
        assert same(top_p(logits, q), reference.top_p(logits, q)), q
    assert same(top_k(logits, k), reference.top_k(logits, k))


@pytest.mark.parametrize(
    "V", [7, 1000, cuts.BLOCK_TOKENS // 3, cuts.SMALL_ROW, cuts.SMALL_ROW + 1, V]
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_batches_with_their_own_p_and_k(V, dtype):
    rng = np.random.default_rng(V)
    scales = [[0.1], [1.0], [3.0], [8.0], [0.0]]
    rows = (rng.normal(size=(2, 5, V)) * scales).round(2).astype(dtype)
    p = rng.random((2, 5))
    p[0, 0] = 1
    p[1, 1] = 0
    k = rng.integers(0, V + 2, (2, 5))
    k[0, 3] = 0
    nuclei = top_p(rows, p)
    best = top_k(rows, k)
    for i in np.ndindex(2, 5):
        assert same(nuclei[i], reference.top_p(rows[i], p[i]))
        assert same(best[i], reference.top_k(rows[i], int(k[i])))


def test_a_large_batch_whose_memory_is_touched_ahead(monkeypatch):
    monkeypatch.setattr(cuts, "AHEAD_TOKENS", 2 * V)
    rows = np.stack([ROWS[name] for name in ROWS if name != "all removed"]).astype(np.float32)
    p = np.linspace(0, 1, len(rows))
    k = np.arange(len(rows)) * 40
    assert rows.size > 4 * cuts.AHEAD_TOKENS
    nuclei = top_p(rows, p)
    best = top_k(rows, k)
    for i, row in enumerate(rows):
        assert same(nuclei[i], reference.top_p(row, p[i])), i
        assert same(best[i], reference.top_k(row, int(k[i]))), i
    rows[-1, 7] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        top_p(rows, 0.9)


SOME_ROWS = ["all equal", "flat", "ordinary", "peaked", "few values, many ties", "half removed"]


@pytest.mark.parametrize("name", SOME_ROWS)
def test_the_inclusive_boundary_of_sglang(name):
    logits = ROWS[name]
    order = np.argsort(-logits, kind="stable")
    mass = np.cumsum(reference.weights(logits[order]))
    for p in every_p(logits):
        kept = np.append(0.0, mass[:-1]) <= p * mass[-1] if p < 1 else np.full(V, True)
        expected = np.full(V, -INF)
        expected[order[kept]] = logits[order[kept]]
        params = SamplingParams(top_p=p)
        np.testing.assert_array_equal(joint_stage(logits, params, {}, ENGINES["sglang"]), expected)


@pytest.mark.parametrize("name", [name for name in ROWS if name != "all removed"])
def test_one_draw_is_the_reference_draw(name):
    for dtype in (np.float32, np.float64):
        logits = ROWS[name].astype(dtype)
        uniforms = np.random.default_rng(0).random(40)
        for u in [*uniforms, 0.0, 0.5, np.nextafter(1, 0)]:
            assert draw(logits, FixedUniform(u)) == reference.draw(logits, np.array([u]))[0], u
        assert (draw(logits, 0, 40) == reference.draw(logits, uniforms)).all()


def test_a_draw_at_a_boundary_between_tokens_is_the_reference_draw():
    size = 1 << 15
    logits = np.zeros(size)
    for i in (1, 511, 512, 513, 20_000, size - 1):
        boundary = i / size
        for u in (np.nextafter(boundary, 0), boundary, np.nextafter(boundary, 1)):
            assert draw(logits, FixedUniform(u)) == reference.draw(logits, np.array([u]))[0]


def no_sort(*_, **__):
    raise AssertionError("the whole row was sorted")


@pytest.mark.parametrize("name", [name for name in ROWS if name not in ("all removed", UNLUCKY)])
def test_large_rows_are_not_sorted_for_a_nucleus(name, monkeypatch):
    monkeypatch.setattr(nucleus, "nucleus_cuts", no_sort)
    for p in (0.0, 0.1, 0.45, 0.9, 0.99, 1.0):
        top_p(ROWS[name].astype(np.float32), p)


@pytest.mark.parametrize("name", [name for name in ROWS if "sample" not in name])
def test_large_rows_are_not_sorted_for_the_k_best(name, monkeypatch):
    monkeypatch.setattr(truncation, "_kth_values", no_sort)
    for k in (1, 50, 1000):
        top_k(ROWS[name].astype(np.float32), k)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_strided_rows_with_a_maximum_of_0_are_as_any_other(dtype):
    rows = np.stack([normal(2.0, 1), normal(2.0, 2)]).astype(dtype)
    logits = temperature(rows, 0.8).T.copy().T
    assert not logits.flags.c_contiguous
    assert (logits.max(axis=-1) == 0).all()
    for row in logits:
        assert same(top_p(row, 0.9), reference.top_p(row.copy(), 0.9))
        assert same(top_k(row, 40), reference.top_k(row.copy(), 40))
        assert draw(row, 1) == draw(row.copy(), 1)


def test_a_batch_needs_at_most_three_copies_of_itself():
    rows = np.random.default_rng(0).normal(size=(16, 1 << 16)).astype(np.float32)
    p = np.linspace(0.1, 1, 16)
    for f, x in [(top_p, 0.9), (top_p, p), (top_k, 50), (min_p, 0.1), (draw, 0)]:
        f(rows[:2, :100], x[:2] if np.ndim(x) else x)  # loads what loads on the first call
        tracemalloc.start()
        f(rows, x)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak <= 3 * rows.nbytes, f
