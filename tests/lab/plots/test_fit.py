"""Pictures of predictions beside draws: their numbers by hand, and their words."""

import io

import numpy as np
import pytest
from PIL import Image

import samplers.lab as lab
from samplers import Distribution, SamplingParams
from samplers.compare import predict
from samplers.lab.plots.confidence import calibration_bins
from samplers.lab.plots.fit import interval

T2 = SamplingParams(temperature=2)
WORDS = ("好".encode(), "很".encode(), "不错".encode())


@pytest.fixture
def two():
    """What an API shows of the document's five words with top_logprobs=2."""
    return Distribution(("好", "很"), np.log([0.6, 0.2]), WORDS[:2], unseen=0.2, vocabulary_size=5)


def pictures(five, two):
    exact, bounds = predict(five, T2, "openai"), predict(two, T2, "openai")
    confidence, right = np.linspace(0.5, 1, 20), np.arange(20) % 4 > 0
    return [
        lab.plot_fit(exact, {WORDS[0]: 40, WORDS[2]: 10}), lab.plot_fit(bounds, {WORDS[0]: 5, b"?": 1}, top=1),
        lab.plot_bounds(bounds, exact), lab.plot_p_values({"a": [0.01, 0.5, 1.0], "b": [0.04]}),
        lab.plot_calibration(confidence, right),
        lab.plot_doubt({"a": [("x", 0.1), (" y", 3.0)]}, (1, 2), "surprise"),
    ]  # fmt: skip


def test_each_is_a_png_whose_words_hold_its_numbers(five, two):
    for picture in pictures(five, two):
        with Image.open(io.BytesIO(picture.png)) as image:
            assert image.width == 2 * picture.width
        assert picture.alt.startswith(picture.title)
        assert any(c.isdigit() for c in picture.alt)
        assert not any(c.isdigit() for c in picture.title)


def test_wilsons_interval_is_the_published_one():
    """Newcombe (1998), Statistics in Medicine 17, table I, method 3: 81 of 263, 15 of 148, 0 of 20,
    1 of 29.
    """
    cases = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (k, n), published in cases.items():
        np.testing.assert_allclose(interval(k, n), published, atol=5e-5)


def test_fit_shows_shares_beside_probabilities_and_gathers_the_rest(five):
    data = lab.plot_fit(
        predict(five, T2, "openai"), {WORDS[0]: 40, WORDS[2]: 50, b"elsewhere": 10}, top=3
    ).data
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
    data = lab.plot_bounds(
        predict(two, T2, "openai"), predict(five, SamplingParams(), "openai")
    ).data
    assert list(data["inside"]) == [False, False, False]


def test_p_values_are_counted():
    data = lab.plot_p_values({"a": [0.01, 0.049, 0.05, 1.0]}).data
    assert list(data["below"]) == [0.5]
    assert (data["counts"][0][0], data["counts"][0][1], data["counts"][0][-1]) == (2, 1, 1)


def test_calibration_bins_are_equally_full_and_in_order():
    confidence, right = np.array([0.9, 0.5, 0.7, 0.6, 0.8, 1.0]), np.array([1, 0, 1, 0, 0, 1])
    mean, size, hits = calibration_bins(confidence, right, bins=3)
    np.testing.assert_allclose(mean, [0.55, 0.75, 0.95])
    assert (list(size), list(hits)) == ([2, 2, 2], [0, 1, 2])
    with pytest.raises(ValueError, match="n >= 4"):
        calibration_bins([0.5], [True])


def test_doubt_is_where_surprise_is_high_or_certainty_low():
    pairs = [("a", 0.9), ("b", 0.1), ("c", 0.5)]
    assert lab.plot_doubt({"t": pairs}, (0.5, 0.2), "lead").data["worst"] == (1,)
    assert lab.plot_doubt({"t": pairs}, (0.5, 0.8), "surprise").data["worst"] == (0,)
