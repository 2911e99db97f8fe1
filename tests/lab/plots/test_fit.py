"""Pictures of predictions beside draws: their numbers by hand, and their alternative text."""

import numpy as np
import pytest
from picture_check import check_picture

import samplers.lab as lab
from samplers import Distribution, SamplingParams
from samplers.compare import predict
from samplers.lab.plots.fit import interval

T2 = SamplingParams(temperature=2)
WORDS = ("好".encode(), "很".encode(), "不错".encode())


@pytest.fixture
def two():
    """What an API shows of the document's five words with top_logprobs=2."""
    return Distribution(("好", "很"), np.log([0.6, 0.2]), WORDS[:2], unseen=0.2, vocabulary_size=5)


def pictures(five, two):
    exact = predict(five, T2, "openai")
    bounds = predict(two, T2, "openai")
    return [
        lab.plot_fit(exact, {WORDS[0]: 40, WORDS[2]: 10}),
        lab.plot_fit(bounds, {WORDS[0]: 5, b"?": 1}, top=1),
        lab.plot_bounds(bounds, exact),
        lab.plot_p_values({"a": [0.01, 0.5, 1.0], "b": [0.04]}),
    ]


def test_each_is_a_png_whose_text_holds_its_numbers(five, two):
    for picture in pictures(five, two):
        check_picture(picture)


def test_wilsons_interval_is_the_published_one():
    """Newcombe (1998), Statistics in Medicine 17, table I, method 3."""
    published = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (k, n), bounds in published.items():
        np.testing.assert_allclose(interval(k, n), bounds, atol=5e-5)


def test_fit_shows_shares_beside_probabilities_and_gathers_the_rest(five):
    counts = {WORDS[0]: 40, WORDS[2]: 50, b"elsewhere": 10}
    data = lab.plot_fit(predict(five, T2, "openai"), counts, top=3).data
    assert data["tokens"] == ("好", "很", "不错", "all other tokens")
    assert data["draws"] == 100
    np.testing.assert_allclose(data["observed"], [0.4, 0, 0.5, 0.1])
    np.testing.assert_allclose(data["low"], [0.390, 0.225, 0.159, 0.225], atol=1e-3)
    np.testing.assert_allclose(data["high"], data["low"], atol=1e-9)
    assert list(data["inside"]) == [True, False, False, False]


def test_fit_against_bounds_takes_what_lies_between_them_as_inside(two):
    picture = lab.plot_fit(predict(two, T2, "openai"), {WORDS[0]: 4200, WORDS[1]: 2400, b"?": 3400})
    np.testing.assert_allclose(picture.data["low"], [0.388, 0.224, 0.268], atol=1e-3)
    np.testing.assert_allclose(picture.data["high"], [0.464, 0.268, 0.388], atol=1e-3)
    assert picture.data["inside"].all()
    assert "好 0.388 to 0.464, drawn 4200 times" in picture.alt


def test_bounds_hold_the_truth_and_show_where_they_do_not(five, two):
    data = lab.plot_bounds(predict(two, T2, "openai"), predict(five, T2, "openai")).data
    np.testing.assert_allclose(data["truth"], [0.390, 0.225, 0.385], atol=1e-3)
    assert data["inside"].all()

    other = predict(five, SamplingParams(), "openai")
    data = lab.plot_bounds(predict(two, T2, "openai"), other).data
    assert list(data["inside"]) == [False, False, False]


def test_p_values_are_counted():
    data = lab.plot_p_values({"a": [0.01, 0.049, 0.05, 1.0]}).data
    assert list(data["below"]) == [0.5]
    counts = data["counts"][0]
    assert (counts[0], counts[1], counts[-1]) == (2, 1, 1)
