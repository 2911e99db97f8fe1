"""Scores: the bounds of an entropy that is known in part, and answers that are no scores."""

import json

import numpy as np
import pytest

from samplers import entropy, softmax
from samplers.api import Score
from samplers.api.score import entropy_bounds
from tests.abroad import found
from tests.abroad.record import raw_logits

ENTRY = {"id": 1, "token": "a", "bytes": [97], "logprob": -0.5, "entropy": 0.7, "top_logprobs": []}


def of(p) -> float:
    with np.errstate(divide="ignore"):
        return float(entropy(np.log(p)))


@pytest.mark.parametrize("seed", range(60))
def test_the_true_entropy_lies_between_its_bounds(seed):
    rng = np.random.default_rng(seed)
    V = int(rng.integers(2, 60))
    p = np.sort(rng.dirichlet(np.full(V, rng.choice([0.05, 0.5, 3]))))[::-1]
    for listed in {1, V // 2, V - 1, V} - {0}:
        rest = p[listed:]
        low, high = entropy_bounds(p[:listed], rest.sum(), p[listed - 1], V - listed)
        assert low - 1e-9 <= of(p) <= high + 1e-9
        unknown = entropy_bounds(p[:listed], rest.sum(), p[listed - 1], np.inf)
        assert unknown[0] <= low + 1e-9
        assert unknown[1] == np.inf if rest.sum() > 0 else unknown[1] == pytest.approx(high)


def test_vllms_own_distribution_lies_between_the_bounds_of_its_top_20():
    """From the logits that it showed (tests/data/abroad)."""
    record = json.loads((found.DATA / "vllm_draws.json").read_text("utf-8"))
    p = softmax(raw_logits(record).astype(float))
    top = np.sort(p)[::-1][:20]
    low, high = entropy_bounds(top, 1 - top.sum(), top[-1], len(p) - 20)
    assert low < of(p) < high < low + 3  # nats


def test_the_bounds_are_attained():
    """By hand: .5 is listed, and four others share .5 as evenly, or as unevenly, as they can."""
    low, high = entropy_bounds([0.5], 0.5, 0.5, 4)
    assert low == pytest.approx(of([0.5, 0.5]))
    assert high == pytest.approx(of([0.5, *[0.125] * 4]))
    low, high = entropy_bounds([0.4, 0.2], 0.4, 0.15, 4)
    assert low == pytest.approx(of([0.4, 0.2, 0.15, 0.15, 0.1]))
    assert high == pytest.approx(of([0.4, 0.2, *[0.1] * 4]))


@pytest.mark.parametrize(
    "arguments",
    [([1.0], 0.0, 1.0, 9), ([0.5, 0.5], 0.0, 0.5, 0), ([0.5, 0.5], 1e-17, 0.5, 0)],
)
def test_where_nothing_is_unlisted_they_meet(arguments):
    low, high = entropy_bounds(*arguments)
    assert low == high == pytest.approx(of(arguments[0]))


def test_rounded_lists_have_bounds_too():
    """A server's rounding can leave more for the unlisted than they can have."""
    low, high = entropy_bounds([0.9], 0.1, 0.001, 4)
    assert low == pytest.approx(high) == pytest.approx(of([0.9, *[0.025] * 4]))


def test_a_score_is_read_from_its_json():
    first = {"id": 5, "token": "The", "bytes": [84, 104, 101], "logprob": None}
    top = [ENTRY | {"logprob": -2.0, "token": "b", "bytes": [98]}, ENTRY, {"logprob": None}]
    half = {"id": 7, "token": "�", "bytes": [0xE5], "logprob": -1, "entropy": 2}
    score = Score.from_wire({"tokens": [first, ENTRY | {"top_logprobs": top}, half]})
    assert len(score) == 3
    assert score.tokens == ("The", "a", "⟨e5⟩")
    assert score.bytes == (b"The", b"a", b"\xe5")
    assert score.ids == (5, 1, 7)
    assert score.logprobs == (None, -0.5, -1)
    assert score.entropies == (None, (0.7, 0.7), (2, 2))
    assert score.top[0] == ()
    assert score.top[1] == (("a", pytest.approx(np.exp(-0.5))), ("b", pytest.approx(np.exp(-2))))
    assert score.text == "Thea\ufffd"


@pytest.mark.parametrize(
    "answer",
    [{}, {"tokens": None}, {"tokens": [1]}, {"tokens": [ENTRY | {"logprob": 3.0}]}],
)
def test_what_is_no_score_is_an_error(answer):
    with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
        Score.from_wire(answer)
