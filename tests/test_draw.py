"""draw and greedy: which token, how often, the edges of the inversion, shapes, seeds, errors."""

from fractions import Fraction

import numpy as np
import pytest
from hand import DTYPES, HAOYONG, INF, FixedUniform, logits_of
from marks import no_warnings
from scipy.stats import chisquare

from samplers import draw, greedy, softmax, top_k

pytestmark = no_warnings
LAST = np.nextafter(1.0, 0.0)  # the greatest u there is


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("u", "token"),
    [(0, 0), (0.4999, 0), (0.5, 1), (0.7499, 1), (0.75, 2), (0.874, 2), (0.875, 3), (LAST, 3)],
)
def test_the_token_is_the_first_whose_cumulative_mass_exceeds_u(u, token, dtype):
    logits = logits_of(1 / 2, 1 / 4, 1 / 8, 1 / 8, dtype=dtype)
    assert draw(logits, FixedUniform(u)) == token
    assert draw(logits, FixedUniform(u), 3).tolist() == [token] * 3


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("u", [0.0, 5e-324, 0.3, 0.5, LAST])
def test_a_removed_token_is_never_drawn_at_any_u(u, dtype):
    rng = np.random.default_rng(4)
    rows = rng.normal(size=(200, 37)).astype(dtype) * 20
    rows[rng.random(rows.shape) < 0.5] = -INF
    rows[:, 0] = rows[:, -1] = -INF
    tokens = draw(rows, FixedUniform(u))
    assert np.isfinite(np.take_along_axis(rows, tokens[:, None], -1)).all()
    assert np.isfinite(rows[0][draw(rows[0], FixedUniform(u), 5)]).all()


@pytest.mark.parametrize("n", [3, 10, 49, 1000, 50_000])
def test_u_times_the_total_may_round_up_to_the_total(n):
    # No cumulative mass exceeds the total: without care the result would be an id beyond the last.
    logits = np.append(np.full(n, -0.1), [-INF, -800.0, -INF])
    assert draw(logits, FixedUniform(LAST)) == n - 1
    assert draw(logits, FixedUniform(1.0)) == n - 1  # the worst that rounding could do


@pytest.mark.parametrize("u", [0.5, 0.75, 0.99])
def test_sums_are_float64_on_a_large_vocabulary(u):
    # one token of weight 1 and 262,143 small ones: a float32 running sum is off by a thousand ids
    V = 262_144
    logits = np.full(V, -12.3, dtype=np.float32)
    logits[0] = 0
    each = Fraction(float(np.exp(logits)[1]))
    expected = 1 + int((Fraction(u) * (1 + each * (V - 1)) - 1) / each)
    assert abs(int(draw(logits, FixedUniform(u))) - expected) <= 1
    assert np.abs(draw(logits, FixedUniform(u), 3) - expected).max() <= 1


@pytest.mark.parametrize("k", [0, 1, 511, 512, 600, 1024, 2500, 5998])
def test_a_token_ends_where_its_mass_ends(k):
    logits = np.full(6000, -11.6, dtype=np.float32)
    logits[0] = 0
    mass = np.cumsum(np.exp(logits), dtype=np.float64)
    # 1e-10 is far above float64's rounding of these sums, and far below float32's
    for size in (None, 2):
        assert np.all(draw(logits, FixedUniform((mass[k] - 1e-10) / mass[-1]), size) == k)
        assert np.all(draw(logits, FixedUniform((mass[k] + 1e-10) / mass[-1]), size) == k + 1)


def test_100_000_draws_fit_the_distribution():
    counts = np.bincount(draw(HAOYONG, 20261122, 100_000), minlength=5)
    assert chisquare(counts, softmax(HAOYONG) * 100_000).pvalue > 1e-3


@pytest.mark.parametrize("dtype", DTYPES)
def test_100_000_draws_of_a_large_vocabulary_fit(dtype):
    logits = (np.random.default_rng(1).normal(size=500)).astype(dtype)
    counts = np.bincount(draw(logits, 7, 100_000), minlength=500)
    p = softmax(logits.astype(np.float64))
    assert chisquare(counts, p * 100_000).pvalue > 1e-3


def test_rows_drawn_together_fit_their_own_distributions():
    rows = np.stack([HAOYONG, HAOYONG[::-1], top_k(HAOYONG, 2)])
    tokens = draw(np.broadcast_to(rows, (5_000, 3, 5)), 11)
    for i, row in enumerate(rows):
        counts = np.bincount(tokens[:, i], minlength=5)
        p = softmax(row)
        assert counts[p == 0].sum() == 0
        assert chisquare(counts[p > 0], p[p > 0] * 5_000).pvalue > 1e-3


def test_a_seed_repeats_the_draws_and_another_does_not():
    logits = np.zeros(1000)
    assert draw(logits, 5, 50).tolist() == draw(logits, 5, 50).tolist()
    assert draw(logits, 5, 50).tolist() != draw(logits, 6, 50).tolist()
    assert draw(logits, 5) == draw(logits, np.int64(5)) == draw(logits, np.random.default_rng(5))


def test_a_generator_moves_on_and_serves_rows_in_order():
    rows = np.random.default_rng(0).normal(size=(4, 30))
    rng = np.random.default_rng(9)
    one_by_one = [draw(row, rng) for row in rows]
    assert draw(rows, np.random.default_rng(9)).tolist() == one_by_one
    assert draw(rows.reshape(2, 2, 30), np.random.default_rng(9)).ravel().tolist() == one_by_one
    assert draw(rows, 9, 1).ravel().tolist() == one_by_one
    rng = np.random.default_rng(9)
    assert draw(rows, 9, 6).tolist() == [draw(row, rng, 6).tolist() for row in rows]
    assert draw(rows[0], rng) >= 0


def test_shapes_and_types():
    assert draw(HAOYONG, 0).shape == ()
    assert int(draw(HAOYONG, 0)) in range(5)
    assert draw(HAOYONG, 0, 3).shape == (3,)
    assert draw(HAOYONG, 0, 0).shape == (0,)
    rows = np.zeros((2, 3, 5), np.float32)
    assert draw(rows, 0).shape == (2, 3)
    assert draw(rows, 0, np.int64(4)).shape == (2, 3, 4)
    assert draw(np.zeros((0, 5)), 0).shape == (0,)
    assert draw(np.zeros((0, 5)), 0, 2).shape == (0, 2)
    assert draw(np.zeros((2, 0, 5)), 0).shape == (2, 0)
    for tokens in (draw(rows, 0), draw(HAOYONG, 0), draw(HAOYONG, 0, 2), draw(np.zeros((0, 5)), 0)):
        assert tokens.dtype == np.int64
    assert draw([1, 2, 3], 0) in (0, 1, 2)
    assert draw([5.0], 0) == 0


def test_extreme_logits_and_views():
    assert draw(np.array([-1e4, 1e4, 0], dtype=np.float32), 3, 100).tolist() == [1] * 100
    base = np.random.default_rng(0).normal(size=(30, 4))
    assert draw(base.T, 1, 5).tolist() == draw(base.T.copy(), 1, 5).tolist()
    assert draw(base[::-2].T, 1).tolist() == draw(base[::-2].T.copy(), 1).tolist()


def test_greedy_takes_the_first_maximum():
    assert greedy([1.0, 3.0, 3.0]) == 1
    assert greedy([[1, 2], [3, 0]]).tolist() == [1, 0]
    assert greedy([-INF, -5.0]) == 1
    assert greedy(np.zeros((2, 3, 4))).shape == (2, 3)
    assert greedy(np.zeros((0, 4))).shape == (0,)


@pytest.mark.parametrize("f", [greedy, lambda x: draw(x, 0), lambda x: draw(x, 0, 5)])
def test_a_row_with_every_token_removed_is_an_error_that_says_so(f):
    with pytest.raises(ValueError, match="every token is removed: nothing is left"):
        f([-INF, -INF])
    with pytest.raises(ValueError, match=r"every token is removed in row \(1,\)"):
        f([[0, 1], [-INF, -INF], [-INF, -INF]])
    with pytest.raises(ValueError, match=r"every token is removed in row \(0, 1\)"):
        f([[[0, 1], [-INF, -INF]]])


@pytest.mark.parametrize("f", [greedy, lambda x: draw(x, 0)])
@pytest.mark.parametrize("bad", [[np.nan, 1], [1, np.nan], [INF, 1], [], 1.0, [1j]])
def test_invalid_logits_are_an_error(f, bad):
    with pytest.raises(ValueError, match="logits must"):
        f(bad)


BAD_RNGS = [None, 1.0, "1", True, -1, np.random.RandomState(0), np.random, [1]]


@pytest.mark.parametrize("rng", BAD_RNGS)
def test_an_invalid_rng_is_an_error(rng):
    with pytest.raises(ValueError, match=r"rng must be a numpy Generator or an int seed >= 0, got"):
        draw([1.0, 2.0], rng)


@pytest.mark.parametrize("size", [-1, 1.0, "1", True, (2, 3)])
def test_an_invalid_size_is_an_error(size):
    with pytest.raises(ValueError, match="size must be an integer >= 0, got"):
        draw([1.0, 2.0], 0, size)
