"""top_k, top_p, min_p: arithmetic by hand, boundaries, ties, shapes, float64 sums."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hand import DTYPES, HAOYONG, INF, kept, logits_of
from marks import no_warnings

from samplers import min_p, softmax, temperature, top_k, top_p

pytestmark = no_warnings
EVERY = [(top_k, 2), (top_p, 0.5), (min_p, 0.5)]


@pytest.mark.parametrize(
    ("k", "expected"),
    [
        (1, [0]),
        (2, [0, 1]),
        (3, [0, 1, 2]),
        (4, [0, 1, 2, 3]),
        (5, [0, 1, 2, 3, 4]),
        (0, [0, 1, 2, 3, 4]),
    ],
)
def test_top_k_keeps_exactly_k(k, expected):
    assert kept(top_k(HAOYONG, k)) == expected


def test_top_k_ties_go_to_the_lower_id():
    assert kept(top_k([1.0, 2.0, 2.0, 2.0, 0.0], 2)) == [1, 2]
    assert kept(top_k([0.0, 0.0, 0.0, 0.0], 3)) == [0, 1, 2]
    assert kept(top_k([-0.0, 0.0, -0.0], 2)) == [0, 1]
    assert kept(top_k(np.zeros(1000), 7)) == list(range(7))


@pytest.mark.parametrize("k", [0, 3, 4, 10**9, np.uint8(200), np.uint64(2**63), 10**30])
def test_top_k_of_0_or_the_whole_vocabulary_changes_nothing(k):
    assert top_k([3.0, -INF, 1.0], k).tolist() == [3.0, -INF, 1.0]


def test_top_k_may_be_any_integer():
    assert top_k([[3.0, 1.0], [3.0, 1.0]], [1, 10**30]).tolist() == [[3.0, -INF], [3.0, 1.0]]
    with pytest.raises(ValueError, match=r"top_k must be .*\[0, inf\), got -10000"):
        top_k([3.0, 1.0], -(10**30))


def test_top_k_counts_a_removed_token_last():
    assert kept(top_k([-INF, 1.0, -INF, 0.5, 3.0], 4)) == [1, 3, 4]
    assert kept(top_k([-INF, 1.0, -INF, 0.5, 3.0], 2)) == [1, 4]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("p", "expected"),
    [
        (0, [0]),
        (1e-300, [0]),
        (0.25, [0]),
        (0.5, [0]),  # .5 reaches .5: nothing more is needed
        (np.nextafter(0.5, 1), [0, 1]),
        (0.625, [0, 1]),  # the token that crosses p stays
        (0.75, [0, 1]),
        (0.8125, [0, 1, 2]),
        (0.875, [0, 1, 2]),
        (0.9375, [0, 1, 2, 3]),
        (1, [0, 1, 2, 3]),
        (1.5, [0, 1, 2, 3]),
    ],
)
def test_top_p_keeps_the_smallest_set_that_reaches_p(p, expected, dtype):
    assert kept(top_p(logits_of(1 / 2, 1 / 4, 1 / 8, 1 / 8, dtype=dtype), p)) == expected


@pytest.mark.parametrize(("p", "n"), [(0.5, 1), (0.7, 2), (0.85, 3), (0.93, 4), (0.97, 5)])
def test_top_p_of_the_lesson_example(p, n):
    # cumulative: .6 .8 .9 .95 1.0
    assert kept(top_p(HAOYONG, p)) == list(range(n))


def test_top_p_kept_logits_are_untouched_and_probabilities_renormalise():
    out = top_p(HAOYONG, 0.7)
    assert out[:2].tolist() == HAOYONG[:2].tolist()
    np.testing.assert_allclose(softmax(out), [0.75, 0.25, 0, 0, 0], 1e-12)


@pytest.mark.parametrize("dtype", DTYPES)
def test_top_p_ties_go_to_the_lower_id(dtype):
    quarters = logits_of(1 / 8, 1 / 4, 1 / 4, 1 / 4, 1 / 8, dtype=dtype)
    assert kept(top_p(quarters, 0)) == [1]
    assert kept(top_p(quarters, 0.25)) == [1]
    assert kept(top_p(quarters, 0.5)) == [1, 2]
    assert kept(top_p(quarters, 0.625)) == [1, 2, 3]
    assert kept(top_p(quarters, 0.75)) == [1, 2, 3]
    assert kept(top_p(quarters, 0.875)) == [0, 1, 2, 3]
    assert kept(top_p(logits_of(1 / 2, 1 / 4, 1 / 4, dtype=dtype), 0.5)) == [0]
    assert kept(top_p(np.zeros(1024, dtype=dtype), 0.5)) == list(range(512))


def test_top_p_of_1_keeps_what_underflows():
    assert top_p([0.0, -800.0, -INF], 1).tolist() == [0.0, -800.0, -INF]
    assert kept(top_p([0.0, -800.0], 1 - 1e-16)) == [0]
    assert [kept(row) for row in top_p([[0.0, -800.0], [0.0, -800.0]], [1, 0.5])] == [[0, 1], [0]]


def test_top_p_after_a_removal_is_of_the_mass_that_is_left():
    assert kept(top_p(logits_of(1 / 2, 1 / 4, 1 / 8, 0, 0), 0.57)) == [0]  # .5 of .875 is .571...
    assert kept(top_p(logits_of(1 / 2, 1 / 4, 1 / 8, 0, 0), 0.58)) == [0, 1]


@pytest.mark.parametrize("top", [0, 17, 262_143])
def test_top_p_of_0_keeps_the_top_token_of_a_large_vocabulary(top):
    logits = np.random.default_rng(0).normal(size=262_144)
    logits[top] = 20
    assert kept(top_p(logits, 0)) == [top]


def test_order_of_temperature_and_top_p():
    logits = [3.0, 2.0, 1.0]
    assert kept(top_p(temperature(logits, 0.5), 0.8)) == [0]
    assert kept(temperature(top_p(logits, 0.8), 0.5)) == [0, 1]


def test_order_of_top_k_and_top_p():
    logits = logits_of(0.4, 0.3, 0.2, 0.1)
    assert kept(top_p(top_k(logits, 2), 0.5)) == [0]  # .4 of .7 reaches .5
    assert kept(top_k(top_p(logits, 0.5), 2)) == [0, 1]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("p", "expected"),
    [
        (0, [0, 1, 2, 3]),
        (0.125, [0, 1, 2, 3]),
        (0.25, [0, 1, 2, 3]),
        (0.26, [0, 1]),
        (0.5, [0, 1]),
        (0.51, [0]),
        (1, [0]),
    ],
)
def test_min_p_keeps_what_is_at_least_p_times_the_best(p, expected, dtype):
    assert kept(min_p(logits_of(1 / 2, 1 / 4, 1 / 8, 1 / 8, dtype=dtype), p)) == expected


def test_min_p_of_the_lesson_example():
    # thresholds .3, .15, .09, .03
    assert [len(kept(min_p(HAOYONG, p))) for p in (0.5, 0.25, 0.15, 0.05)] == [1, 2, 3, 5]


def test_min_p_of_1_keeps_every_tie_with_the_best_and_does_not_underflow():
    assert kept(min_p([2.0, 1.0, 2.0], 1)) == [0, 2]
    assert kept(min_p([0.0, -740.0, -760.0], 1e-322)) == [0, 1]
    # e**-120 is no float32
    assert kept(min_p(np.array([0.0, -120.0, -140.0], dtype=np.float32), 1e-60)) == [0, 1]
    assert min_p([0.0, -1e4, -INF], 0).tolist() == [0.0, -1e4, -INF]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("f", "x"), [(top_k, 2), (top_p, 0.9), (top_p, 0), (top_p, 1), (min_p, 0.1), (min_p, 0)]
)
def test_extreme_and_removed_rows(f, x, dtype):
    rows = np.array([[1e4, -1e4, 1e4], [-INF, -INF, -INF], [-1e4, -1e4 - 50, -INF]], dtype=dtype)
    out = f(rows, x)
    assert out.dtype == dtype
    special = {(top_p, 0): [0], (top_p, 1): [0, 1, 2], (min_p, 0): [0, 1, 2]}
    assert kept(out[0]) == special.get((f, x), [0, 2])
    assert kept(out[1]) == []
    assert kept(out[2]) in ([0], [0, 1])
    assert not np.isnan(out).any()


@pytest.mark.parametrize(("f", "x"), EVERY)
def test_one_token_vocabulary_and_no_rows(f, x):
    assert f([5.0], x).tolist() == [5.0]
    assert f(np.zeros((0, 4)), x).shape == (0, 4)
    assert f(np.zeros((0, 4)), []).shape == (0, 4)
    assert f(np.zeros((2, 0, 4), np.float32), x).dtype == np.float32


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("f", "xs"),
    [
        (top_k, [0, 1, 3, 50, 6, 2]),
        (top_p, [0, 0.3, 0.9, 1, 0.5, 0.99]),
        (min_p, [0, 0.1, 1, 0.5, 0.01, 0.9]),
    ],
)
def test_a_parameter_for_each_row_is_a_loop_over_rows(f, xs, dtype):
    rng = np.random.default_rng(7)
    rows = rng.normal(size=(6, 50)).astype(dtype).round(1) * 3  # rounding makes ties
    rows[rng.random(rows.shape) < 0.2] = -INF
    expected = [f(row, x) for row, x in zip(rows, xs, strict=True)]
    np.testing.assert_array_equal(f(rows, xs), expected)
    np.testing.assert_array_equal(f(rows, np.array(xs)), expected)
    cube = rows.reshape(2, 3, 50)
    np.testing.assert_array_equal(f(cube, np.reshape(xs, (2, 3))).reshape(6, 50), expected)
    # one per column of (B, T), as numpy broadcasts
    np.testing.assert_array_equal(f(cube, xs[:3])[0], expected[:3])
    # one row, a sweep of the parameter
    np.testing.assert_array_equal(f(rows[0], xs), [f(rows[0], x) for x in xs])


@pytest.mark.parametrize(("f", "x"), EVERY)
def test_views_of_any_layout_give_the_same(f, x):
    base = np.random.default_rng(3).normal(size=(40, 6))
    base[base > 1.5] = -INF
    expected = f(base.T.copy(), x)
    np.testing.assert_array_equal(f(base.T, x), expected)
    np.testing.assert_array_equal(f(base[::-1].T[:, ::-1], x), expected)
    repeated = np.broadcast_to(base[:, 0], (3, 40))
    np.testing.assert_array_equal(f(repeated, x), np.stack([f(base[:, 0], x)] * 3))
    swapped = base.astype(">f8")
    np.testing.assert_array_equal(f(swapped.T, x), expected)


@pytest.mark.parametrize(("f", "x"), EVERY)
def test_integers_come_out_as_float64(f, x):
    assert f([2, 1, 3], x).dtype == np.float64
    assert f(np.array([2, 1, 3], dtype=np.int8), x).tolist() == f([2.0, 1.0, 3.0], x).tolist()
    assert f(np.array([2, 1, 0], dtype=np.uint8), x).tolist() == f([2.0, 1.0, 0.0], x).tolist()


@pytest.mark.parametrize(
    ("V", "tail", "p"),
    [
        (262_144, -12.3, 0.6),
        (262_144, -12.3, 0.999),
        (262_144, -18.7, 0.999),
        (262_144, -18.7, 0.9999),
        (8_000, -18.7, 0.99997),
        (8_000, -16.2, 0.9995),
    ],
)
def test_sums_are_float64_on_a_large_vocabulary(V, tail, p):
    # One token of weight 1 and all others small: a float32 running sum is off by many of them,
    # and so is a float32 total.
    logits = np.full(V, tail, dtype=np.float32)
    logits[V // 20] = 0
    each = Fraction(float(np.exp(logits)[0]))
    needed = math.ceil((Fraction(p) * (1 + each * (V - 1)) - 1) / each)  # of the small ones
    out = top_p(logits, p)
    assert abs(np.count_nonzero(out > -INF) - 1 - needed) <= 1  # float64 may round the last one
    assert (out[: needed - 5] > -INF).all()  # the lower ids
    np.testing.assert_array_equal(top_p(np.stack([logits, logits]), p), [out, out])


def test_sums_are_float64_on_a_long_tailed_large_vocabulary():
    V = 262_144
    p = 0.999
    logits = (np.random.default_rng(5).normal(size=V) * 2.5).astype(np.float32)
    nucleus = kept(top_p(logits, p))

    w = np.exp(logits - logits.max())
    whole = math.fsum(w.tolist())
    inside = math.fsum(w[nucleus].tolist())
    smallest = float(w[nucleus].min())
    assert inside >= p * whole * (1 - 1e-14)  # reaches p ...
    assert inside - smallest < p * whole * (1 + 1e-14)  # ... and would not without its last token
    order = sorted(range(V), key=lambda i: (-logits[i], i))
    assert set(order[: len(nucleus)]) == set(nucleus)


@pytest.mark.parametrize(
    ("f", "name", "bad"),
    [
        *((top_k, "top_k", k) for k in (-1, 1.0, "2", True, None, [1, -2], np.nan)),
        *((top_p, "top_p", p) for p in (-0.1, np.nan, INF, "0.5", True, None, [0.5, -1])),
        *((min_p, "min_p", p) for p in (-0.1, 1.1, np.nan, "0.5", True, None, [0.5, 2])),
    ],
)
def test_errors_name_the_parameter_the_range_and_what_came(f, name, bad):
    with pytest.raises(ValueError, match=rf"{name} must be .*\[0, (inf|1)[)\]], got"):
        f([1.0, 2.0], bad)


@pytest.mark.parametrize(("f", "x"), EVERY)
@pytest.mark.parametrize(
    "bad", [[np.nan, 1.0, 2.0], [INF, 1.0, 2.0], [1j, 0, 1], [], 3.0, [[]], ["a", "b"], [None, 1.0]]
)
def test_invalid_logits_are_an_error(f, x, bad):
    with pytest.raises(ValueError, match="logits must"):
        f(bad, x)


@pytest.mark.parametrize(
    ("f", "name", "xs"),
    [(top_k, "top_k", [1, 2, 3]), (top_p, "top_p", [0.5] * 3), (min_p, "min_p", [0.5] * 3)],
)
def test_a_parameter_that_does_not_fit_the_rows(f, name, xs):
    with pytest.raises(ValueError, match=name):
        f(np.zeros((2, 4)), xs)
