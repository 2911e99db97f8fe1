"""temperature: arithmetic by hand, the greedy limit, and no overflow for any t > 0."""

import numpy as np
import pytest
from hand import DTYPES, HAOYONG, INF, logits_of
from marks import no_warnings

from samplers import greedy, softmax, temperature

pytestmark = no_warnings


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("t", "expected"),
    [
        (1, [1 / 2, 1 / 4, 1 / 8, 1 / 8]),
        (0.5, [16 / 22, 4 / 22, 1 / 22, 1 / 22]),  # squares: 1/4, 1/16, 1/64, 1/64
        (2, np.sqrt([4, 2, 1, 1]) / np.sqrt([4, 2, 1, 1]).sum()),
        (0.25, [256 / 274, 16 / 274, 1 / 274, 1 / 274]),  # fourth powers
    ],
)
def test_probabilities_are_raised_to_one_over_t_and_renormalised(t, expected, dtype):
    np.testing.assert_allclose(
        softmax(temperature(logits_of(1 / 2, 1 / 4, 1 / 8, 1 / 8, dtype=dtype), t)), expected, 1e-6
    )


def test_the_lesson_example_by_hand():
    cold, unchanged, hot = (softmax(temperature(HAOYONG, t)) for t in (0.5, 1, 2))
    squares = np.array([0.36, 0.04, 0.01, 0.0025, 0.0025])
    np.testing.assert_allclose(cold, squares / 0.415, 1e-12)
    np.testing.assert_allclose(unchanged, [0.6, 0.2, 0.1, 0.05, 0.05], 1e-12)
    assert round(float(hot[0]), 4) == 0.3902  # square roots: .7746 of 1.9852


def test_the_maximum_is_subtracted_so_the_best_logit_becomes_0():
    assert temperature([3.0, 2.0, 1.0], 0.5).tolist() == [0.0, -2.0, -4.0]
    assert temperature([10000.0, 9999.0], 1).tolist() == [0.0, -1.0]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("t", [1e-300, 5e-324, 1e-45, 1e-38, 1e-5, 0.7, 1, 2, 1e38, 1e39, 1e300])
def test_no_t_overflows(t, dtype):
    logits = np.array([-1e4, 1e4, 1e4 - 1, 0, -INF], dtype=dtype)
    p = softmax(temperature(logits, t))
    assert p.dtype == dtype
    assert np.isfinite(p).all()
    assert p.sum() == pytest.approx(1)
    assert p[4] == 0
    if t < 1e-3:
        assert p.tolist() == [0, 1, 0, 0, 0]
    if t > 1e37:
        np.testing.assert_allclose(p[:4], 0.25, 1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
def test_0_is_greedy_and_keeps_the_first_maximum_as_it_was(dtype):
    out = temperature(np.array([1, 7, 7, 2], dtype=dtype), 0)
    assert out.tolist() == [-INF, 7, -INF, -INF]
    assert out.dtype == dtype
    assert greedy(out) == 1


def test_tied_maxima_share_the_mass_at_every_positive_t():
    assert softmax(temperature([7.0, 7.0, 2.0], 1e-300)).tolist() == [0.5, 0.5, 0]


@pytest.mark.parametrize("t", [0, 1e-300, 0.5, 3])
def test_a_row_with_every_token_removed_stays_so(t):
    assert temperature([-INF, -INF], t).tolist() == [-INF, -INF]


def test_rows_of_tiny_zero_and_ordinary_t_do_not_touch_each_other():
    rng = np.random.default_rng(1)
    logits = rng.normal(size=(5, 40)).astype(np.float32) * 10
    ts = [0, 1e-300, 0.7, 1e39, 1.3]
    rows = temperature(logits, ts)
    assert rows.dtype == np.float32
    for i, t in enumerate(ts):
        np.testing.assert_array_equal(rows[i], temperature(logits[i], t))


def test_leading_axes_and_a_parameter_for_each_row():
    logits = np.log([[[1.0, 4.0]], [[1.0, 16.0]]])  # (2, 1, 2)
    expected = [[[1 / 17, 16 / 17]], [[1 / 5, 4 / 5]]]
    np.testing.assert_allclose(softmax(temperature(logits, [[0.5], [2]])), expected)
    assert temperature(np.zeros((0, 3)), 0.5).shape == (0, 3)
    assert temperature(np.zeros((0, 3)), []).shape == (0, 3)
    assert temperature([3.0, 2.0, 1.0], [0, 0.5, 1]).tolist() == [
        [3, -INF, -INF],
        [0, -2, -4],
        [0, -1, -2],
    ]


def test_integers_come_out_as_float64():
    assert temperature([2, 1], 2).dtype == np.float64
    assert temperature(np.array([2, 1], dtype=np.float16), 2).dtype == np.float64


@pytest.mark.parametrize("t", [-1e-9, -1, np.nan, INF, [0.5, -1], "0.5", True, None, 1j])
def test_errors_name_the_parameter_the_range_and_what_came(t):
    with pytest.raises(ValueError, match=r"temperature must be .*\[0, inf\), got"):
        temperature([1.0, 2.0], t)


@pytest.mark.parametrize("bad", [[np.nan, 1], [INF, 1], [1, INF]])
def test_invalid_logits_are_an_error(bad):
    with pytest.raises(ValueError, match="finite or -inf"):
        temperature(bad, 1)


def test_a_parameter_that_does_not_fit_the_rows():
    with pytest.raises(ValueError, match="temperature"):
        temperature(np.zeros((2, 4)), [1, 1, 1])
