"""Logits through llama.cpp's C interface: lengths, rows, the cache, and what is refused.

The cases CT1 to CT3 come from public bug reports about other programs.
"""

import sys
from pathlib import Path

import numpy as np
import pytest
from logit_rows import TEXT, distance, read_on, rows_read_alone

from samplers.local.engine import weights
from samplers.local.engine.logits.context import Aborted
from samplers.local.engine.slots import SLICE

A_B_C = TEXT[:70]
A_B = TEXT[:66]
A_B_D = [*TEXT[:66], 5, 6, 7]
X = TEXT[300:310]
SIZES = [1, 62, 63, 64, 126, 127, 200]


def fill(context, count: int) -> None:
    """Reads `count` tokens into an empty cache."""
    context.keep([], 0)
    while len(context.cached) < count:
        begin = len(context.cached)
        context.read(TEXT[begin : min(begin + SLICE, count)])


@pytest.fixture(scope="module")
def model_file(shallow_model) -> Path:
    """Two layers: test_compact compares all of them with the engine."""
    return Path(shallow_model["SAMPLERS_MODEL"])


@pytest.fixture(scope="module")
def rows_of_sizes(context) -> dict[int, np.ndarray]:
    return dict(zip(SIZES, rows_read_alone(context, TEXT, SIZES), strict=True))


@pytest.mark.parametrize("size", SIZES)
def test_any_slices_give_the_same_distribution(rows_of_sizes, fresh, size):
    """CT1. Slices of 63 tokens; and of 50 and fewer, with one token alone at the end."""
    assert distance(rows_of_sizes[size], fresh(TEXT[:size])) < 1e-3


def test_the_context_can_be_filled_and_no_more(context, fresh):
    """CT1. n_ctx - 1, n_ctx and n_ctx + 1 tokens; the next prompt works."""
    fill(context, context.size - 1)
    context.read([7], [0])
    assert len(context.cached) == context.size
    with pytest.raises(ValueError, match="holds 256 tokens; 256 and 1 more are 257"):
        context.read([7], [0])
    assert len(context.cached) == context.size
    np.testing.assert_array_equal(read_on(context, A_B_C), fresh(A_B_C))


@pytest.mark.parametrize("count", [0, SLICE + 1])
def test_a_slice_is_never_empty_nor_longer_than_a_batch(context, count):
    """CT1. llama.cpp would end the process."""
    context.keep([], 0)
    with pytest.raises(ValueError, match=f"from 1 to 63 tokens .* got {count}"):
        context.read(TEXT[:count])


@pytest.mark.parametrize("token", [-1, 49152])
def test_an_id_that_no_token_has(context, token):
    context.keep([], 0)
    with pytest.raises(ValueError, match=r"must be in \[0, 49151\]"):
        context.read([1, token])
    assert context.cached == []


def test_only_the_rows_that_are_wanted_in_their_order(context, fresh):
    """CT2. Of ten tokens the last, or three of them."""
    context.keep([], 0)
    context.read(TEXT[:10], [9])
    last = context.logits(9)
    assert last.shape == (49152,)
    assert last.dtype == np.float32
    np.testing.assert_array_equal(context.logits(-1), last)  # the last one asked for
    context.keep([], 0)
    context.read(TEXT[:10], [3, 7, 9])
    for index in (3, 7, 9):
        assert distance(context.logits(index), fresh(TEXT[: index + 1])) < 1e-3
    np.testing.assert_allclose(context.logits(9), last, atol=1e-4)


def test_a_row_that_was_not_asked_for_is_an_error(context):
    """CT2. llama.cpp gives a NULL pointer for it."""
    context.keep([], 0)
    context.read(TEXT[:10], [9])
    with pytest.raises(RuntimeError, match="no logits for token 5"):
        context.logits(5)


def test_rows_are_copies(context):
    """CT2. They stay as they are when more is read."""
    context.keep([], 0)
    context.read(TEXT[:10], [9])
    row = context.logits(9)
    before = row.copy()
    context.read(TEXT[10:20], [9])
    np.testing.assert_array_equal(row, before)
    assert not np.array_equal(context.logits(9), before)


def test_a_cache_that_begins_like_the_prompt(context, fresh):
    """CT3. The same prompt again, a shorter one, another end, another prompt, and back."""
    for prompt in (A_B_C, A_B_C, A_B, A_B_D, X, A_B_C):
        assert distance(read_on(context, prompt), fresh(prompt)) < 1e-3
        assert context.cached == prompt


def test_how_much_is_kept(context):
    read_on(context, A_B_C)
    assert context.keep(A_B_C, len(A_B_C) - 1) == len(A_B_C) - 1
    assert context.keep(A_B_D, len(A_B_D) - 1) == len(A_B)
    assert context.keep(X, len(X) - 1) == 0


def test_a_read_that_is_stopped_leaves_the_cache_as_it_was(context, fresh):
    """CT3. Then the prompt gives what it gives in a fresh context."""
    context.keep([], 0)
    context.read(TEXT[:10])
    context.stop()
    with pytest.raises(Aborted):
        context.read(TEXT[10:60])
    context.go_on()
    assert context.cached == TEXT[:10]
    assert distance(read_on(context, A_B_C), fresh(A_B_C)) < 1e-3


def test_a_cache_that_is_saved_and_restored(context):
    read_on(context, A_B_C)
    saved = context.save()
    context.read([9], [0])
    right = context.logits(0)
    read_on(context, X)
    context.restore(*saved)
    assert context.cached == A_B_C
    context.read([9], [0])
    np.testing.assert_array_equal(context.logits(0), right)


def test_a_longer_prompt_gets_a_larger_cache(new_context, fresh):
    context = new_context(256)
    read_on(context, A_B_C)
    context.hold(256)
    assert (context.size, context.cached) == (256, A_B_C)
    context.hold(257)
    assert (context.size, context.cached) == (512, [])
    assert distance(read_on(context, A_B_C), fresh(A_B_C)) < 1e-3


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is the system's, by /proc")
def test_a_cache_for_which_there_is_no_memory(new_context, memory_limit):
    context = new_context(256, weights.ensure())
    read_on(context, A_B_C)
    with memory_limit(300_000_000), pytest.raises(RuntimeError, match="makes no context of 65536"):
        context.hold(60_000)  # 1.5 GB
    assert context.cached == A_B_C
    assert read_on(context, [*A_B_C, 9]).shape == (49152,)
