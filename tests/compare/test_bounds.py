"""The bounds of an unlisted tail: attained by worked examples, and never violated by any tail."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samplers.compare.bounds import tail_weight


def bounds(*args):
    return tuple(np.exp(tail_weight(*args)))


# m = 0.1 over 20 tokens of at most 0.04: packed is (0.04, 0.04, 0.02), spread is 20 times 0.005
@pytest.mark.parametrize(
    ("power", "low", "high"),
    [
        (2, 20 * 0.005**2, 2 * 0.04**2 + 0.02**2),  # T = 0.5: packed weighs more
        (0.5, 2 * 0.04**0.5 + 0.02**0.5, 20 * 0.005**0.5),  # T = 2: spread weighs more
        (1, 0.1, 0.1),  # T = 1: the mass itself
    ],
)
def test_packed_and_spread_attain_the_bounds(power, low, high):
    assert bounds(0.1, 0.04, 20, power) == pytest.approx((low, high))


def test_an_unknown_vocabulary_loses_one_side():
    assert bounds(0.1, 0.04, np.inf, 2) == pytest.approx((0, 2 * 0.04**2 + 0.02**2))
    assert bounds(0.1, 0.04, np.inf, 0.5) == pytest.approx((2 * 0.04**0.5 + 0.02**0.5, np.inf))
    assert bounds(0.1, 0.04, np.inf, 1) == pytest.approx((0.1, 0.1))


def test_factors_by_hand_at_power_one():
    """Factors 3 and 1/2: the greatest sum fills the first token, the least fills the second."""
    low, high = bounds(0.1, 0.04, 20, 1, [np.log(3), np.log(0.5)])
    assert low == pytest.approx(0.04 * 0.5 + 0.06)
    assert high == pytest.approx(0.04 * 3 + 0.06)


def test_factors_by_hand_at_power_two():
    """Factors 1 and 2, m = 0.05, cap 0.04: least where q1 = 4 q2, greatest at (0.01, 0.04)."""
    low, high = bounds(0.05, 0.04, 2, 2, [np.log(2)])
    assert low == pytest.approx(0.04**2 + (2 * 0.01) ** 2)
    assert high == pytest.approx((2 * 0.04) ** 2 + 0.01**2)


def test_no_mass_weighs_nothing_and_an_impossible_tail_is_an_error():
    assert tail_weight(0.0, 0.0, 5, 2) == (-np.inf, -np.inf)
    message = r"unseen mass must be <= 3 tokens of at most 0\.01, got 0\.1"
    with pytest.raises(ValueError, match=message):
        tail_weight(0.1, 0.01, 3, 2)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.one_of(st.just(0.0), st.floats(1e-6, 1)), min_size=1, max_size=8),
    st.floats(0.2, 8),
    st.lists(st.floats(-4, 4), max_size=3),
    st.floats(1, 3),
)
def test_no_tail_violates_the_bounds(q, power, log_factors, looser):
    q = np.array(q)
    log_factors = log_factors[: len(q)]
    if not q.sum():
        return
    low, high = bounds(q.sum(), q.max() * looser, len(q), power, log_factors)
    factors = np.exp(np.append(log_factors, np.zeros(len(q) - len(log_factors))))
    weight = ((factors * q) ** power).sum()
    assert low * (1 - 1e-9) <= weight <= high * (1 + 1e-9)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.2, 4), st.lists(st.floats(-2, 2), min_size=1, max_size=2), st.floats(0.05, 0.95))
def test_with_factors_a_search_comes_as_near_as_it_can(power, log_factors, share):
    """On a fine grid of tails of three tokens, corners included, the extremes are the bounds."""
    cap = 0.1
    mass = share * 3 * cap
    corners = [x for x in (mass, mass - cap, mass - 2 * cap) if 0 <= x <= cap]
    side = [*np.linspace(0, min(cap, mass), 401), *corners]
    a, b = np.meshgrid(side, side)
    c = mass - a - b
    allowed = (c >= -1e-12) & (c <= cap + 1e-12)

    q = np.stack([a[allowed], b[allowed], c[allowed]], axis=1)
    factors = np.exp(np.append(log_factors, np.zeros(3 - len(log_factors))))
    total = ((factors * np.where(q < 1e-12, 0, q)) ** power).sum(axis=1)
    low, high = bounds(mass, cap, 3, power, log_factors)
    assert total.min() == pytest.approx(low, rel=0.02)
    assert total.max() == pytest.approx(high, rel=0.02)
