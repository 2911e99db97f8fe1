"""Keep each row's most probable tokens, without sorting token ids.

The most probable tokens are those above a cut and, of the tokens equal to the cut, those of lowest
id. So a truncation finds the cut's value and how many tokens stay, from the values alone. Then one
pass over the row removes the others.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from samplers.arrays import row_max

SMALL_ROW = 1 << 13  # up to this many tokens nothing is faster than sorting the whole row
SAMPLE_SIZE = 1500  # a sample of a large row has at least this many tokens
BLOCK_TOKENS = 1 << 14  # tokens of small rows that are cut together: few enough for the cache
AHEAD_TOKENS = 1 << 20  # tokens of a large batch whose memory is touched at once, ahead of the work


class Cut(NamedTuple):
    """Where the kept tokens end: the last kept value, and how many tokens stay.

    For B rows both are arrays (B, 1), for one row they are numbers. `ids`: for one row the ids of
    all tokens from that value on, ascending, where they are few enough to be listed.
    """

    value: np.ndarray
    count: np.ndarray
    ids: np.ndarray | None = None


def sample(row: np.ndarray) -> np.ndarray:
    """At least SAMPLE_SIZE values of a large row (V,), ascending.

    They are evenly spaced in the row. The step is odd, because layouts repeat in powers of two.
    """
    step = (len(row) // SAMPLE_SIZE - 1) | 1
    return np.sort(row[::step])


def keep_most_probable(logits: np.ndarray, parameter: np.ndarray, find_cuts, find_cut):
    """Remove all but each row's most probable tokens; shape (..., V), dtype kept.

    `parameter` is k or p: one value (1,), or one per row (..., 1). Small rows are cut together, by
    find_cuts(rows, maxima, parameters, scratch); a large row is cut alone, by find_cut(row,
    maximum, parameter, scratch). Both return a Cut and may write to the scratch memory.
    """
    V = logits.shape[-1]
    leading = logits.shape[:-1]
    if parameter.ndim > 1:  # one per row, and there may be more of them than rows
        leading = np.broadcast_shapes(parameter.shape[:-1], leading)
        logits = np.broadcast_to(logits, (*leading, V))
        parameter = np.broadcast_to(parameter, (*leading, 1))

    rows = logits.reshape(-1, V)
    parameter = parameter.reshape(-1, 1)
    out = np.empty_like(rows)
    if V > SMALL_ROW:
        _one_by_one(rows, parameter, find_cut, out)
    else:
        _by_blocks(rows, np.full((len(rows), 1), parameter), find_cuts, out)
    return out.reshape(*leading, V)


def _by_blocks(rows: np.ndarray, parameter: np.ndarray, find_cuts, out: np.ndarray) -> None:
    step = BLOCK_TOKENS // rows.shape[-1]
    for start in range(0, len(rows), step):
        block = slice(start, start + step)
        logits = rows[block]
        cut = find_cuts(logits, row_max(logits), parameter[block], out[block])

        kept = logits >= cut.value
        if np.count_nonzero(kept) > cut.count.sum():
            for i, row in enumerate(logits):
                _drop_ties(row, kept[i], cut.value[i], cut.count.item(i))
        keep(logits, kept, out[block])


def _one_by_one(rows: np.ndarray, parameter: np.ndarray, find_cut, out: np.ndarray) -> None:
    alone = len(rows) == 1
    ahead = rows.size > 4 * AHEAD_TOKENS
    # work on many rows in the memory of one: it stays in the cache
    scratch = out[0] if alone else np.empty(rows.shape[-1], rows.dtype)
    maxima = _touched_ahead(rows, out) if ahead else map(row_max, rows)

    for i, top in enumerate(maxima):
        row = rows[i]
        cut = find_cut(row, top, parameter.item(i % len(parameter)), scratch)
        if cut.ids is None:
            kept = row >= cut.value
            _drop_ties(row, kept, cut.value, cut.count)
            keep(row, kept, scratch)
            if not alone:
                out[i] = scratch
        else:
            ids = _lowest_ids(row, cut)
            if not ahead:
                out[i].fill(-np.inf)
            out[i, ids] = row[ids]


def _touched_ahead(rows: np.ndarray, out: np.ndarray) -> Iterator[np.ndarray]:
    """Each row's maximum (1,). By the time it comes, the row's place in `out` is filled with -inf.

    A row of a large batch takes longer than a row alone because its memory is in no cache, and the
    memory of its result is new. A thread touches both ahead of the work. It makes few and long
    calls, because numpy releases Python's lock during a call; a thread that worked row by row would
    mostly wait for the lock.
    """
    # imported here, so that `import samplers` loads numpy and nothing else
    from concurrent.futures import ThreadPoolExecutor

    def touch(block: slice) -> np.ndarray:
        out[block].fill(-np.inf)
        return row_max(rows[block])

    step = max(AHEAD_TOKENS // rows.shape[-1], 1)
    first, *others = (slice(start, start + step) for start in range(0, len(rows), step))
    with ThreadPoolExecutor(1) as thread:
        later = [thread.submit(touch, block) for block in others]
        yield from touch(first)
        for maxima in later:
            yield from maxima.result()


def _drop_ties(row: np.ndarray, kept: np.ndarray, value: np.floating, count: int) -> None:
    """Drop kept tokens that equal the cut's value, highest ids first, until `count` are left."""
    extra = np.count_nonzero(kept) - count
    if extra > 0:
        first = np.flatnonzero(row == value)[-extra]
        kept[first:] &= row[first:] != value


def _lowest_ids(row: np.ndarray, cut: Cut) -> np.ndarray:
    """The cut's ids, without the highest ones that equal its value, so that `count` are left."""
    extra = len(cut.ids) - cut.count
    if extra == 0:
        return cut.ids
    ties = np.flatnonzero(row[cut.ids] == cut.value)
    return np.delete(cut.ids, ties[-extra:])


def keep(logits: np.ndarray, kept: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """np.where(kept, logits, -inf), but faster.

    It is min(logits, inf or -inf), so the processor has no branch whose outcome it guesses wrong.
    """
    if out is None:
        out = np.empty(kept.shape, logits.dtype)
    if np.count_nonzero(kept) * 64 < kept.size:  # too few for many wrong guesses
        out.fill(-np.inf)
        np.copyto(out, logits, where=kept)
        return out

    out[...] = kept
    out -= 0.5
    out *= np.inf
    return np.minimum(logits, out, out=out)
