"""The test of fit: equal to scipy's, calibrated where predictions are true, of known power."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from samplers import Distribution, SamplingParams
from samplers.compare import Counts, goodness_of_fit, predict
from samplers.compare.pearson import Pearson, nearest, shifted, sums

P = [0.4, 0.3, 0.2, 0.08, 0.012, 0.008]
NAMES = "abcdef"
LEVELS = (0.01, 0.05, 0.1, 0.25, 0.5)


def prediction(p=P, **params):
    whole = Distribution.from_probs(dict(zip(NAMES, p, strict=False)))
    return predict(whole, SamplingParams(**params), "openai")


def counts(observed):
    return {name.encode(): int(n) for name, n in zip(NAMES, observed, strict=False)}


def bounded():
    """Bounds that do not meet: four tokens are listed and V is unknown, at T = 0.5."""
    listed = Distribution(tuple("abcd"), np.log([0.4, 0.3, 0.15, 0.1]), unseen=0.05)
    return predict(listed, SamplingParams(temperature=0.5), "openai")


def p_values(test, probs, experiments, rng):
    """The test's p-values of counts drawn from `probs`, one for each experiment."""
    counts = rng.multinomial(test.n, probs, size=experiments)
    return np.array([test.p_value(sums(test.group, one), rng) for one in counts])


def binomial_spread(level, experiments):
    """The standard deviation of a frequency of `level` in this many experiments."""
    return np.sqrt(level * (1 - level) / experiments)


def test_without_pooling_it_is_scipys_chi_square():
    observed = np.array([50, 28, 22])
    fit = goodness_of_fit(prediction([0.5, 0.3, 0.2]), counts(observed))
    expected = stats.chisquare(observed, [50, 30, 20])
    assert fit.statistic == pytest.approx(expected.statistic)
    assert fit.p_value == pytest.approx(expected.pvalue)
    assert fit.effect == pytest.approx(0.02)
    assert fit.pooled == ()


def test_small_cells_are_pooled_until_each_expects_five():
    """Of 100 draws e and f expect 1.2 and 0.8, together 2: d's 8 join them."""
    fit = goodness_of_fit(prediction(), counts([42, 30, 19, 6, 2, 1]))
    assert set(fit.pooled) == {"d", "e", "f"}
    expected = stats.chisquare([42, 30, 19, 9], [40, 30, 20, 10])
    assert fit.statistic == pytest.approx(expected.statistic)
    assert fit.p_value == pytest.approx(expected.pvalue)


def test_pooling_does_not_depend_on_the_counts():
    most_likely = goodness_of_fit(prediction(), counts([100, 0, 0, 0, 0, 0]))
    least_likely = goodness_of_fit(prediction(), counts([0, 0, 0, 0, 0, 100]))
    assert most_likely.pooled == least_likely.pooled


def test_too_few_draws_for_chi_square_get_a_monte_carlo_p_value():
    """Two draws of c under P: the p-value is the sum over outcomes as extreme, by hand."""
    p = np.array([0.5, 0.3, 0.2])
    outcomes = np.array([[2, 0, 0], [0, 2, 0], [0, 0, 2], [1, 1, 0], [1, 0, 1], [0, 1, 1]])
    chance = stats.multinomial(2, p).pmf(outcomes)
    statistic = ((outcomes - 2 * p) ** 2 / (2 * p)).sum(axis=1)
    fit = goodness_of_fit(prediction(p), counts([0, 0, 2]))
    assert "Monte Carlo" in fit.method
    assert fit.statistic == pytest.approx(statistic[2])
    assert fit.p_value == pytest.approx(chance[statistic >= statistic[2] - 1e-9].sum(), abs=0.01)
    assert fit.p_value >= 1 / 10_000


def test_a_draw_that_the_prediction_excludes_refutes_it():
    fit = goodness_of_fit(prediction(top_p=0.6), counts([50, 49, 1, 0, 0, 0]))
    assert (fit.statistic, fit.p_value) == (np.inf, 0.0)
    assert "excludes" in fit.method


def test_the_effect_by_chance_is_the_mean_over_true_draws():
    rng = np.random.default_rng(1)
    drawn = rng.multinomial(300, P, size=20_000) / 300
    fit = goodness_of_fit(prediction(), counts([120, 90, 60, 24, 4, 2]))
    assert fit.effect_by_chance == pytest.approx(np.abs(drawn - P).sum(axis=1).mean() / 2, rel=0.02)


@pytest.mark.parametrize("n", [500, 40])
def test_p_values_are_uniform_where_the_prediction_is_true(n):
    """Of 500 draws; and at the usual levels of 40, whose few cells make p-values discrete."""
    _, low, high = prediction().cells()
    test = Pearson.of(n, low, high)
    assert test.chi_square
    p = p_values(test, [*P, 0], 1000, np.random.default_rng(2))
    if n == 500:
        assert stats.kstest(p, "uniform").pvalue > 0.01
    discrete = 0.02 if n < 100 else 0.0
    for level in LEVELS:
        assert abs((p <= level).mean() - level) < 4 * binomial_spread(level, 1000) + discrete


def test_monte_carlo_p_values_never_reject_too_often():
    _, low, high = prediction([0.7, 0.2, 0.1]).cells()
    test = Pearson.of(6, low, high)
    assert not test.chi_square
    p = p_values(test, [0.7, 0.2, 0.1, 0], 1000, np.random.default_rng(3))
    for level in LEVELS:
        assert (p <= level).mean() <= level + 3 * binomial_spread(level, 1000)


@pytest.mark.parametrize("tail", [[0.05], [0.025, 0.025], [0.001] * 50])
def test_against_bounds_a_true_prediction_is_rejected_no_more_often_than_the_level(tail):
    """The truth is anywhere within the bounds: the unlisted 0.05 may be any such tail."""
    weights = np.array([0.4, 0.3, 0.15, 0.1, *tail]) ** 2
    truth = np.append(weights[:4], weights[4:].sum()) / weights.sum()
    _, low, high = bounded().cells()
    assert (low - 1e-12 <= truth).all()
    assert (truth <= high + 1e-12).all()

    p = p_values(Pearson.of(400, low, high), truth, 600, np.random.default_rng(4))
    for level in (0.01, 0.05, 0.1):
        assert (p <= level).mean() <= level + 3 * binomial_spread(level, 600)


@pytest.mark.parametrize(("n", "chi_square"), [(500, True), (60, True), (8, False)])
def test_the_power_is_as_promised(n, chi_square):
    """A shift of `detectable` is found in 90 % of fresh experiments; half of it is not."""
    p = np.array([0.5, 0.25, 0.15, 0.1] if chi_square else [0.85, 0.1, 0.05])
    fit = goodness_of_fit(prediction(p), counts(np.round(n * p)))
    assert ("chi-square" in fit.method) == chi_square

    rng = np.random.default_rng(5)
    _, low, high = prediction(p).cells()
    test = Pearson.of(n, low, high)
    whole = p_values(test, [*shifted(p, fit.detectable), 0], 400, rng)
    half = p_values(test, [*shifted(p, fit.detectable / 2), 0], 400, rng)
    assert (whole <= 0.05).mean() == pytest.approx(0.90, abs=0.05)
    assert (half <= 0.05).mean() < 0.75


def test_power_against_bounds_is_as_promised():
    fit = goodness_of_fit(bounded(), {b"a": 300, b"b": 150, b"c": 40, b"d": 10})
    _, low, high = bounded().cells()
    test = Pearson.of(500, low, high)
    rng = np.random.default_rng(6)
    draws = rng.multinomial(500, shifted(test.point, fit.detectable), size=500)
    p = np.array([test.p_value(one, rng) for one in draws])
    assert (p <= 0.05).mean() == pytest.approx(0.90, abs=0.05)


def onto_constraint(q, low, high):
    """`q` moved within its bounds until it sums to 1, which a search keeps only to some 1e-9."""
    q = np.clip(q, low, high)
    missing = 1 - q.sum()
    bound = high if missing > 0 else low
    room = np.abs(bound - q).sum()
    return q if room == 0 else q + (bound - q) * min(1.0, abs(missing) / room)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0.02, 1), st.floats(0, 0.5), st.floats(0, 0.5)), min_size=2, max_size=5
    )
)
# The statistic is 46 and its gradient 2309, where the search's sum is off by some 1e-9.
@example([(0.9609375, 0.0, 0.5), (0.02, 0.0, 0.5)])
def test_the_nearest_distribution_is_the_one_that_a_search_finds(cells):
    frequency, below, above = np.array(cells).T
    frequency /= frequency.sum()
    truth = np.roll(frequency, 1)
    low = np.minimum(np.maximum(truth - below, 0.01), truth)
    high = np.minimum(truth + above, 1.0)
    p = nearest(frequency, low, high)
    assert p.sum() == pytest.approx(1)
    assert (p >= low - 1e-9).all()
    assert (p <= high + 1e-9).all()

    def statistic(q):
        return float((frequency**2 / np.maximum(q, 1e-9)).sum() - 1)

    assert statistic(p) <= statistic(truth) + 1e-9
    search = optimize.minimize(
        statistic,
        truth,
        bounds=list(zip(low, high, strict=True)),
        constraints={"type": "eq", "fun": lambda q: q.sum() - 1},
        method="SLSQP",
    )
    if search.success:
        assert statistic(p) <= statistic(onto_constraint(search.x, low, high)) + 1e-6


def test_counts_objects_and_unlisted_tokens_are_taken():
    seen = Counts()
    seen.sequences.update({(b"a", b"x"): 60, (b"b", b""): 38, (b"zz",): 2})
    fit = goodness_of_fit(bounded(), seen)
    assert fit.draws == 100
    assert fit.p_value < 0.02  # c and d are missing
    assert "within the bounds" in fit.method
    with pytest.raises(ValueError, match="counts must hold at least one draw"):
        goodness_of_fit(prediction(), {})


def test_it_reads_as_a_sentence():
    text = repr(goodness_of_fit(prediction(), counts([42, 30, 19, 6, 2, 1])))
    assert "Pearson's chi-square, 3 degrees of freedom" in text
    assert "p = 0." in text
    assert "total variation 0.0" in text
    assert "with 90 % power" in text
