"""token_counts, penalties, repetition_penalty, logit_bias: arithmetic by hand, shapes, errors."""

import numpy as np
import pytest
from hand import DTYPES, INF
from marks import no_warnings

from samplers import logit_bias, penalties, repetition_penalty, token_counts

pytestmark = no_warnings


def test_counts_of_one_sequence_and_of_rows_of_any_lengths():
    assert token_counts([2, 0, 2, 2], 4).tolist() == [1, 0, 3, 0]
    assert token_counts([], 3).tolist() == [0, 0, 0]
    assert token_counts([[1, 1], [], [2]], 3).tolist() == [[0, 2, 0], [0, 0, 0], [0, 0, 1]]
    assert token_counts(np.array([[0, 1], [1, 1]]), 2).tolist() == [[1, 1], [0, 2]]
    assert token_counts((1,), 2).dtype == np.int64


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.uint64])
def test_counts_of_any_integer_type(dtype):
    assert token_counts(np.array([1, 1, 0], dtype=dtype), 3).tolist() == [1, 2, 0]
    assert token_counts([dtype(2)], 3).tolist() == [0, 0, 1]


NOT_IDS = [[3], [-1], [0, 3], [1.0], ["a"], [True], [None], [[0], [7]], [0, [1]], [[0], 1], 5, "12"]


@pytest.mark.parametrize("bad", NOT_IDS)
def test_tokens_that_are_not_ids(bad):
    with pytest.raises(ValueError, match=r"tokens must be|inhomogeneous"):
        token_counts(bad, 3)


@pytest.mark.parametrize("dtype", DTYPES)
def test_frequency_grows_with_each_repetition_and_presence_does_not(dtype):
    logits = np.array([1, 1, 1, -2], dtype=dtype)
    counts = [0, 1, 3, 2]
    assert penalties(logits, counts, frequency=0.5).tolist() == [1, 0.5, -0.5, -3]
    assert penalties(logits, counts, presence=0.25).tolist() == [1, 0.75, 0.75, -2.25]
    assert penalties(logits, counts, 0.5, 0.25).tolist() == [1, 0.25, -0.75, -3.25]
    assert penalties(logits, counts, -0.5, -0.25).tolist() == [1, 1.75, 2.75, -0.75]
    assert penalties(logits, counts).tolist() == logits.tolist()
    assert penalties(logits, counts, 0.5, 0.25).dtype == dtype


def test_a_removed_token_stays_removed():
    assert penalties([-INF, 1.0], [5, 0], -2, -2).tolist() == [-INF, 1]
    assert repetition_penalty([-INF, 1.0], [5, 1], 0.5).tolist() == [-INF, 2]
    assert logit_bias([-INF, 1.0], {0: 100, 1: -INF}).tolist() == [-INF, -INF]


@pytest.mark.parametrize("dtype", DTYPES)
def test_repetition_divides_positive_logits_and_multiplies_the_others(dtype):
    logits = np.array([4, -4, 0, 4, -4], dtype=dtype)
    assert repetition_penalty(logits, [1, 1, 1, 0, 0], 2).tolist() == [2, -8, 0, 4, -4]
    # how often does not matter
    assert repetition_penalty(logits, [9, 9, 9, 0, 0], 2).tolist() == [2, -8, 0, 4, -4]
    assert repetition_penalty(logits, [1, 1, 1, 1, 1], 0.5).tolist() == [8, -2, 0, 8, -2]
    assert repetition_penalty(logits, [1, 1, 1, 1, 1], 1).tolist() == logits.tolist()
    assert repetition_penalty(logits, [1, 0, 0, 0, 0], 2).dtype == dtype


def test_bias_is_added_to_the_listed_tokens_of_every_row():
    assert logit_bias([1.0, 2.0, 3.0], {0: -100, 2: 0.5}).tolist() == [-99, 2, 3.5]
    assert logit_bias([[1, 2], [3, 4]], {1: 1}).tolist() == [[1, 3], [3, 5]]
    assert logit_bias([1.0, 2.0], {}).tolist() == [1, 2]
    assert logit_bias([1.0, 2.0], {np.int64(1): np.float32(0.5)}).tolist() == [1, 2.5]
    assert logit_bias(np.zeros(2, dtype=np.float32), {0: 1}).dtype == np.float32
    assert logit_bias(np.zeros((0, 2)), {0: 1}).shape == (0, 2)


def test_a_bias_for_the_whole_vocabulary():
    bias = {i: -i / 1000 for i in range(50_000)}
    assert logit_bias(np.zeros(50_000), bias).tolist() == list(bias.values())


def test_bias_and_repetition_penalty_do_not_commute():
    first = repetition_penalty(logit_bias([1.0], {0: 1}), [1], 2)
    last = logit_bias(repetition_penalty([1.0], [1], 2), {0: 1})
    assert (first.tolist(), last.tolist()) == ([1.0], [1.5])


@pytest.mark.parametrize("shape", [(3,), (4, 3), (2, 2, 3)])
def test_counts_and_parameters_for_each_row(shape):
    rng = np.random.default_rng(2)
    logits = rng.normal(size=shape)
    counts = rng.integers(0, 3, size=shape)
    frequency, presence, penalty = (rng.uniform(0.5, 2, size=shape[:-1]) for _ in range(3))
    penalised = penalties(logits, counts, frequency, presence)
    repeated = repetition_penalty(logits, counts, penalty)
    for row in np.ndindex(shape[:-1]):
        x, c = logits[row], counts[row]
        np.testing.assert_array_equal(
            penalised[row], penalties(x, c, frequency[row], presence[row])
        )
        np.testing.assert_array_equal(repeated[row], repetition_penalty(x, c, penalty[row]))


def test_one_row_of_counts_serves_every_row_of_logits():
    assert penalties(np.zeros((2, 2)), [0, 1], [1, 2]).tolist() == [[0, -1], [0, -2]]
    assert repetition_penalty(np.ones((2, 2)), [0, 1], [1, 2]).tolist() == [[1, 1], [1, 0.5]]
    assert penalties(np.zeros((0, 2)), np.zeros((0, 2), int), 1).shape == (0, 2)
    assert penalties(np.zeros((0, 2)), [1, 0], []).shape == (0, 2)


def test_unsigned_counts_and_integer_logits():
    assert penalties([1, 2], np.array([0, 200], dtype=np.uint8), 2, 1).tolist() == [1, -399]
    assert penalties([1, 2], np.array([0, 1], dtype=np.uint64), -2, 0).tolist() == [1, 4]
    assert penalties([1, 2], [False, True], 1).tolist() == [1, 1]


BOTH = [lambda x, c: penalties(x, c, 1, 1), lambda x, c: repetition_penalty(x, c, 2)]
BAD_COUNTS = [[1, 0], [[1, 0], [0, 1]], 1, [-1, 0, 0], [np.nan, 0, 0], ["a", "b", "c"], None]


@pytest.mark.parametrize("f", BOTH)
@pytest.mark.parametrize("counts", BAD_COUNTS)
def test_counts_that_do_not_fit(f, counts):
    with pytest.raises(ValueError, match="counts must"):
        f([1.0, 2.0, 3.0], counts)


@pytest.mark.parametrize("bad", [np.nan, INF, "1", None, True, [1, np.nan]])
@pytest.mark.parametrize("name", ["frequency", "presence"])
def test_penalty_errors_name_the_parameter(name, bad):
    with pytest.raises(ValueError, match=rf"{name} must be .*\(-inf, inf\), got"):
        penalties([1.0, 2.0], [0, 1], **{name: bad})


@pytest.mark.parametrize("bad", [0, 0.0, -1, np.nan, INF, "1", None, True, [1, 0]])
def test_repetition_errors_name_the_parameter(bad):
    with pytest.raises(ValueError, match=r"repetition_penalty must be .*(0, inf\)|> 0).*, got"):
        repetition_penalty([1.0, 2.0], [0, 1], bad)


@pytest.mark.parametrize(
    "bias",
    [{2: 1}, {-1: 1}, {"0": 1}, {True: 1}, {1.0: 1}, {0: np.nan}, {0: INF}, {0: "1"}, {0: None}],
)
def test_bias_errors_name_the_parameter_and_the_token(bias):
    (key,) = bias
    with pytest.raises(ValueError, match=rf"logit_bias .*{key}"):
        logit_bias([1.0, 2.0], bias)


@pytest.mark.parametrize("bias", [None, [1, 2], 5])
def test_a_bias_must_be_a_mapping(bias):
    with pytest.raises(ValueError, match="logit_bias must map"):
        logit_bias([1.0, 2.0], bias)
