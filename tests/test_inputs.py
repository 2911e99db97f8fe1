"""Arrays and arguments of every kind: what is taken, and what the core says of the others."""

import numpy as np
import pytest
from hand import INF

from samplers import (
    Chain,
    Distribution,
    SamplingParams,
    draw,
    effective_vocabulary,
    entropy,
    greedy,
    log_softmax,
    logit_bias,
    min_p,
    penalties,
    repetition_penalty,
    softmax,
    temperature,
    token_counts,
    top_k,
    top_p,
)

LOGITS = [2.0, 1.0, 0.0]
OF_LOGITS = {
    "softmax": softmax,
    "log_softmax": log_softmax,
    "entropy": entropy,
    "effective_vocabulary": effective_vocabulary,
    "temperature": lambda x: temperature(x, 0.5),
    "top_k": lambda x: top_k(x, 2),
    "top_p": lambda x: top_p(x, 0.9),
    "min_p": lambda x: min_p(x, 0.1),
    "penalties": lambda x: penalties(x, [1, 0, 2], 0.5, 0.5),
    "repetition_penalty": lambda x: repetition_penalty(x, [1, 0, 2], 2),
    "logit_bias": lambda x: logit_bias(x, {0: 1}),
    "draw": lambda x: draw(x, 0, 20),
    "greedy": greedy,
    "chain": lambda x: Chain("vllm").apply(x, SamplingParams(top_p=0.9)),
}


class Table:
    """As a table of pandas or a tensor of torch: numpy makes an array of it."""

    def __init__(self, make):
        self.make = make

    def __array__(self, dtype=None, copy=None):
        return self.make()


def refuse():
    raise RuntimeError("Can't call numpy() on Tensor that requires grad.")


def read_only():
    array = np.array(LOGITS)
    array.setflags(write=False)
    return array


MASKED = np.ma.array(LOGITS, mask=[True, False, False])
BAD_ARRAYS = {
    "masked": MASKED,
    "masked, but nothing is": np.ma.array(LOGITS),
    "a list of masked rows": [MASKED, MASKED],
    "masked rows, two levels down": [[MASKED], [MASKED]],
    "what becomes a masked array": Table(lambda: MASKED),
    "what becomes no array": Table(refuse),
    "rows of different lengths": [[1.0, 2.0], [3.0]],
    "objects": np.array([1.0, None, "a"], dtype=object),
    "bool": np.array([True, False, True]),
    "complex": np.array([1j, 0, 1]),
    "text": np.array(["1", "2", "3"]),
    "a text": "abc",
    "dates": np.array(["2026-01-01"] * 3, dtype="datetime64[D]"),
    "records": np.zeros(3, dtype=[("a", float)]),
    "0-d": np.array(1.0),
    "a number": 1.0,
    "empty": np.zeros(0),
    "no tokens": np.zeros((2, 0)),
    "None": None,
    "a set": {1.0, 2.0, 3.0},
    "a mapping": {0: 1.0},
    "a generator": (x for x in LOGITS),
}


@pytest.mark.parametrize("f", OF_LOGITS.values(), ids=OF_LOGITS)
@pytest.mark.parametrize("logits", BAD_ARRAYS.values(), ids=BAD_ARRAYS)
def test_what_is_no_array_of_logits(f, logits):
    with pytest.raises(ValueError, match="logits must"):
        f(logits)


GOOD_ARRAYS = {
    "a list": LOGITS,
    "integers": [2, 1, 0],
    "int8": np.array(LOGITS, dtype=np.int8),
    "uint64": np.array(LOGITS, dtype=np.uint64),
    "float16": np.array(LOGITS, dtype=np.float16),
    "longdouble": np.array(LOGITS, dtype=np.longdouble),
    "other byte order": np.array(LOGITS, dtype=">f8"),
    "read-only": read_only(),
    "reversed": np.array(LOGITS[::-1])[::-1],
    "every second": np.array([2.0, 9, 1, 9, 0])[::2],
    "with __array__": Table(lambda: np.array(LOGITS)),
    "a Distribution": Distribution(("a", "b", "c"), log_softmax(LOGITS)),
}


TAKEN = [
    pytest.param(f, logits, id=f"{kind}-{name}")
    for name, f in OF_LOGITS.items()
    for kind, logits in GOOD_ARRAYS.items()
    # a Distribution has log-probabilities: see test_raw_logits.py
    if (kind, name) != ("a Distribution", "repetition_penalty")
]


@pytest.mark.parametrize(("f", "logits"), TAKEN)
def test_any_array_of_real_numbers(f, logits):
    before = np.array(logits)
    expected = f(np.array(logits, dtype=np.float64))
    np.testing.assert_array_equal(f(logits), expected)
    assert f(logits).dtype == expected.dtype
    np.testing.assert_array_equal(np.array(logits), before)


@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f8", ">f8"])
def test_the_precision_is_kept_in_any_byte_order(dtype):
    out = top_k(np.array(LOGITS, dtype=dtype), 2)
    assert out.dtype == np.dtype(dtype).newbyteorder("=")
    assert out.tolist() == [2, 1, -INF]


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_a_matrix_becomes_a_plain_array():
    out = temperature(np.matrix(LOGITS), 0.5)
    assert type(out) is np.ndarray
    assert out.tolist() == [[0, -2, -4]]


PER_ROW = {
    "temperature": lambda v: temperature(np.zeros((3, 2)), v),
    "top_k": lambda v: top_k(np.zeros((3, 2)), v),
    "top_p": lambda v: top_p(np.zeros((3, 2)), v),
    "min_p": lambda v: min_p(np.zeros((3, 2)), v),
    "frequency": lambda v: penalties(np.zeros((3, 2)), [0, 1], frequency=v),
    "presence": lambda v: penalties(np.zeros((3, 2)), [0, 1], presence=v),
    "repetition_penalty": lambda v: repetition_penalty(np.zeros((3, 2)), [0, 1], v),
}


@pytest.mark.parametrize("name", PER_ROW)
@pytest.mark.parametrize(
    "value",
    [
        np.ma.array([1, 1, 1], mask=[0, 1, 0]),
        [[1], [1, 1]],
        {1},
        "1",
        [True] * 3,
        1j,
        Table(refuse),
    ],
)
def test_a_parameter_that_is_no_number(name, value):
    with pytest.raises(ValueError, match=f"^{name} must"):
        PER_ROW[name](value)


NOT_TOKENS = {
    "a set": {1, 2},
    "a frozenset": frozenset({1}),
    "a dict": {1: 2},
    "its keys": {1: 2}.keys(),
    "a generator": (i for i in [1]),
    "a text": "12",
    "texts": ["1"],
    "bytes": b"\x01",
    "a bytearray": bytearray(b"\x01"),
    "None": None,
    "masked": np.ma.array([1, 2], mask=[0, 1]),
    "a batch of masked": [np.ma.array([1, 2], mask=[0, 1])],
    "an empty batch of no integers": np.zeros((0, 2)),
    "0-d": np.array(1),
    "fractions": [0.5],
    "too large": [10**30],
}


@pytest.mark.parametrize("tokens", NOT_TOKENS.values(), ids=NOT_TOKENS)
def test_what_is_no_sequence_of_ids(tokens):
    with pytest.raises(ValueError, match=r"^tokens must"):
        token_counts(tokens, 3)
    for prompt, output in ((tokens, [0]), ([0], tokens)):
        with pytest.raises(ValueError, match=r"^(prompt|output) tokens must"):
            Chain("openai").counts(prompt, output, 3)


@pytest.mark.parametrize("shape", [(0,), (0, 2), (2, 0), (2, 0, 3), (0, 2, 3), (2, 3), (1, 2, 3)])
def test_counts_have_a_row_for_each_sequence(shape):
    tokens = np.ones(shape, dtype=int)
    counts = token_counts(tokens, 4)
    assert counts.shape == (*shape[:-1], 4)
    assert counts.dtype == np.int64
    assert (counts == [0, shape[-1], 0, 0]).all()


@pytest.mark.parametrize(("tokens", "came"), [([0, 3], 3), ([2, -1], -1), ([5, -1], -1)])
def test_the_id_that_is_none_is_named(tokens, came):
    with pytest.raises(ValueError, match=rf"tokens must be ids in \[0, 2\], got {came}$"):
        token_counts(tokens, 3)


def test_a_large_vocabulary():
    assert np.flatnonzero(token_counts([149_999], 150_000)).tolist() == [149_999]


@pytest.mark.parametrize("V", [0, -1, 1.0, True, None, "3", np.nan, 10**30])
def test_a_vocabulary_has_a_size(V):
    with pytest.raises(ValueError, match=r"^V must be an integer in"):
        token_counts([], V)
    with pytest.raises(ValueError, match=r"^V must be an integer in"):
        Chain("openai").counts([], [], V)


@pytest.mark.parametrize(
    "counts",
    [
        [-1, 0, 0],
        [0.5, 0, 0],
        [np.nan, 0, 0],
        [INF, 0, 0],
        ["1", "0", "0"],
        {0: 1},
        [[1, 0, 0], [1]],
        np.ma.array([1, 1, 1], mask=[0, 1, 0]),
    ],
)
def test_what_is_no_count(counts):
    for f in (
        lambda: penalties(LOGITS, counts, 1, 1),
        lambda: repetition_penalty(LOGITS, counts, 2),
        lambda: Chain("openai").apply(LOGITS, SamplingParams(presence_penalty=1), counts),
    ):
        with pytest.raises(ValueError, match=r"^counts must"):
            f()


def test_counts_for_a_chain_name_both_penalties():
    with pytest.raises(ValueError, match=r'counts must be .*"repetition"'):
        Chain("openai").apply(LOGITS, SamplingParams(), {"penalties": [0, 0, 0]})
