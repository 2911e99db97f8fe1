"""softmax, entropy, perplexity, Distribution and the like: arithmetic by hand, edges, errors."""

import copy
import math
import pickle

import numpy as np
import pytest
from hand import DTYPES, HAOYONG, INF, logits_of
from marks import no_warnings

from samplers import (
    Distribution,
    effective_vocabulary,
    entropy,
    log_softmax,
    perplexity,
    softmax,
    top_p,
)

pytestmark = no_warnings
LN2 = math.log(2)
WORDS = {"好": 0.6, "很": 0.2, "不错": 0.1, "超级": 0.05, "极": 0.05}


@pytest.mark.parametrize("dtype", DTYPES)
def test_softmax_of_doublings(dtype):
    p = softmax(np.array([0, LN2, 2 * LN2, -INF], dtype=dtype) + dtype(3))
    np.testing.assert_allclose(p, [1 / 7, 2 / 7, 4 / 7, 0], 1e-6)
    assert p.dtype == dtype


@pytest.mark.parametrize("dtype", DTYPES)
def test_log_softmax_of_doublings(dtype):
    logprobs = log_softmax(np.array([0, LN2, 2 * LN2, -INF], dtype=dtype))
    expected = [-math.log(7), LN2 - math.log(7), 2 * LN2 - math.log(7), -INF]
    np.testing.assert_allclose(logprobs, expected, 1e-6)
    assert logprobs.dtype == dtype


@pytest.mark.parametrize("dtype", DTYPES)
def test_extreme_and_removed_rows(dtype):
    rows = np.array([[1e4, -1e4, 1e4], [-INF, -INF, -INF], [-1e4, -1e4, -INF]], dtype=dtype)
    assert softmax(rows).tolist() == [[0.5, 0, 0.5], [0, 0, 0], [0.5, 0.5, 0]]
    half = float(dtype(-LN2))
    expected = [[half, -20000 + half, half], [-INF] * 3, [half, half, -INF]]
    np.testing.assert_allclose(log_softmax(rows), expected, 1e-6)
    np.testing.assert_allclose(entropy(rows), [LN2, np.nan, LN2], 1e-12)


def test_sums_are_float64():
    # a float32 total is rounded, and with it the last bit of every probability
    logits = np.random.default_rng(0).normal(size=10_000).astype(np.float32)
    w = np.exp(logits - logits.max())
    total = math.fsum(w.tolist())
    np.testing.assert_array_equal(softmax(logits), (w / np.float64(total)).astype(np.float32))
    log_total = np.float64(math.log(total))
    expected = (logits - logits.max() - log_total).astype(np.float32)
    np.testing.assert_array_equal(log_softmax(logits), expected)


def test_shapes_and_integers():
    rows = np.arange(24).reshape(2, 3, 4)
    assert softmax(rows).dtype == np.float64
    np.testing.assert_array_equal(softmax(rows)[1, 2], softmax(rows[1, 2]))
    assert entropy(rows).shape == effective_vocabulary(rows).shape == (2, 3)
    assert softmax(np.zeros((0, 4))).shape == log_softmax(np.zeros((0, 4))).shape == (0, 4)
    assert entropy(np.zeros((0, 4))).shape == (0,)
    np.testing.assert_array_equal(softmax(rows.T), softmax(rows.T.copy()))


def test_entropy_in_nats():
    assert entropy(np.zeros(8)) == pytest.approx(3 * LN2)
    assert entropy(logits_of(1 / 2, 1 / 4, 1 / 8, 1 / 8)) == pytest.approx(1.75 * LN2)
    assert entropy([5.0, -INF]) == 0
    assert entropy([0.0, -2000.0]) == 0
    assert round(float(entropy(HAOYONG)), 4) == 1.1582  # .30650 + .32189 + .23026 + 2 * .14979
    assert entropy(np.zeros(8, np.float32)).dtype == np.float64


def test_effective_vocabulary_counts_tokens():
    assert effective_vocabulary(np.zeros(8)) == pytest.approx(8)
    assert effective_vocabulary([3.0, 3.0, -INF]) == pytest.approx(2)
    assert round(float(effective_vocabulary(HAOYONG)), 2) == 3.18


def test_perplexity():
    assert perplexity(np.log([1 / 8] * 5)) == pytest.approx(8)
    assert perplexity(np.log([1 / 2, 1 / 8])) == pytest.approx(4)  # the geometric mean
    assert perplexity([0.0, 0.0]) == 1
    assert perplexity([0.0, -INF]) == INF


@pytest.mark.parametrize("bad", [[], [[-1.0]], -1.0, [0.5], [np.nan]])
def test_perplexity_errors(bad):
    with pytest.raises(ValueError, match="token_logprobs must"):
        perplexity(bad)


@pytest.mark.parametrize("f", [softmax, log_softmax, entropy, effective_vocabulary])
@pytest.mark.parametrize("bad", [[np.nan, 1], [INF, 1], [], 1.0, [[]], [1j], ["a"], [None]])
def test_invalid_logits_are_an_error(f, bad):
    with pytest.raises(ValueError, match="logits must"):
        f(bad)


def test_a_distribution_written_down():
    dist = Distribution.from_probs(WORDS)
    np.testing.assert_allclose(dist.probs, [0.6, 0.2, 0.1, 0.05, 0.05], 1e-12)
    assert (len(dist), dist.vocabulary_size, dist.unseen, dist.index("超级")) == (5, 5, 0, 3)
    assert dist.bytes[2] == "不错".encode()
    assert "'好' 0.600" in repr(dist)
    assert Distribution.from_probs({"a": 1, "b": 0}).logprobs.tolist() == [0, -INF]


def test_index_takes_a_token_as_it_is_shown_or_as_it_is():
    dist = Distribution(
        ("␣London", "⏎", "␣", "London"),
        np.log([0.4, 0.3, 0.2, 0.1]),
        bytes=(b" London", b"\n", "␣".encode(), b"London"),
    )
    assert [dist.index(t) for t in ("␣London", " London", "\n", "London")] == [0, 0, 1, 3]
    assert dist.index("␣") == 2
    for absent in (" ", "london", ""):
        with pytest.raises(ValueError, match="is not among the 4 tokens"):
            dist.index(absent)


def test_every_transform_takes_a_distribution():
    dist = Distribution.from_probs(WORDS)
    np.testing.assert_allclose(softmax(top_p(dist, 0.7)), [0.75, 0.25, 0, 0, 0], 1e-12)
    assert np.asarray(dist) is dist.logprobs
    assert np.asarray(dist, dtype=np.float32).dtype == np.float32
    copied = np.array(dist)
    copied[0] = 7
    assert dist.probs[0] == pytest.approx(0.6)
    with pytest.raises(ValueError, match="copy"):
        np.asarray(dist, dtype=np.float32, copy=False)


def test_a_distribution_cannot_be_changed_from_outside():
    logprobs = np.log([0.5, 0.5])
    dist = Distribution(("a", "b"), logprobs)
    logprobs[0] = 0
    assert dist.probs.tolist() == [0.5, 0.5]
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(dist)[0] = 0


def test_a_distribution_survives_pickle_and_copy():
    dist = Distribution(
        ("a", "�"), np.log([0.5, 0.25]), bytes=(b"a", b"\xe5\xa5"), unseen=0.25, ids=(7, 3)
    )
    for same in (pickle.loads(pickle.dumps(dist)), copy.deepcopy(dist)):
        for name in ("tokens", "bytes", "unseen", "ids"):
            assert getattr(same, name) == getattr(dist, name)
        assert same.logprobs.tolist() == dist.logprobs.tolist()


def test_the_same_tokens_with_other_logprobs():
    """The tokens are shared, and a whole vocabulary's are not checked again."""
    V = 49_152
    tokens = tuple(map(str, range(V)))
    even = Distribution(tokens, np.full(V, -np.log(V)), ids=tuple(range(V)), vocabulary_size=V)
    logprobs = log_softmax(np.linspace(-9, 9, V))
    other = even.with_logprobs(logprobs, 3.5)
    assert (other.tokens, other.bytes, other.ids) == (even.tokens, even.bytes, even.ids)
    assert other.tokens is even.tokens
    assert (other.logsumexp, even.logsumexp) == (3.5, None)
    np.testing.assert_array_equal(other.logprobs, logprobs)
    assert even.logprobs[0] == -np.log(V)

    for wrong, match in (([0.0], "shape"), (-logprobs, "<= 0"), (logprobs * np.nan, "<= 0")):
        with pytest.raises(ValueError, match=match):
            even.with_logprobs(wrong)
    for wrong in (np.nan, np.inf, "1", True):
        with pytest.raises(ValueError, match="logsumexp must be"):
            even.with_logprobs(logprobs, wrong)


@pytest.mark.parametrize(
    ("match", "make"),
    [
        ("sum to 1", lambda: Distribution.from_probs({"a": 0.5})),
        ("sum to 1", lambda: Distribution.from_probs({})),
        (">= 0", lambda: Distribution.from_probs({"a": 1.5, "b": -0.5})),
        ("probs", lambda: Distribution.from_probs({"a": np.nan})),
        ("logprobs must have shape", lambda: Distribution(("a", "b"), [0.0])),
        ("tokens must be one or more", lambda: Distribution((), [])),
        ("logprobs must be <= 0", lambda: Distribution(("a", "b"), [0.5, 0.5])),
        ("logprobs must be <= 0", lambda: Distribution(("a", "b"), [-0.5, np.nan])),
        ("unseen must be", lambda: Distribution(("a",), [-0.5], unseen=1.5)),
        ("unseen must be", lambda: Distribution(("a",), [-0.5], unseen=np.nan)),
        ("bytes must have", lambda: Distribution(("a", "b"), [-1, -1], bytes=(b"a",))),
        ("ids must have", lambda: Distribution(("a", "b"), [-1, -1], ids=(1, 2, 3))),
        ("'z' is not among", lambda: Distribution.from_probs({"a": 1}).index("z")),
    ],
)
def test_invalid_distributions_are_an_error(match, make):
    with pytest.raises(ValueError, match=match):
        make()
