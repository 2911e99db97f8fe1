"""Truncation: which tokens may be drawn at all. A removed token's logit is -inf; the others keep
theirs.

`samplers.reference` has the definitions in their shortest form. This is the same, bit for bit,
without sorting ids: the most probable tokens are everything above a cut, and of the tokens equal to
the cut those of lowest id. So a transform finds the cut's value and how many tokens stay, from
values alone, and then makes one pass over the row.
"""

from collections.abc import Iterator
from functools import partial

import numpy as np

from samplers.arrays import as_logits, per_row, row_max
from samplers.nucleus import Cut, nucleus_cut, nucleus_cuts, sample

SMALL = 1 << 13  # up to this many tokens a sort is as fast as anything
# tokens worked on at once, whole rows of them: small enough for the cache, large enough for numpy
BLOCK = 1 << 14
AHEAD = 1 << 20  # tokens of a large batch whose memory is touched at once, ahead of the work


def top_k(logits, k) -> np.ndarray:
    """Keep exactly the k most probable tokens of each row, ties to the lower id; shape (..., V),
    dtype kept.

    k is an integer >= 0, one number or one a row; k = 0 or k >= V changes nothing.
    Source: Fan, Lewis & Dauphin, "Hierarchical neural story generation", 2018.
    """
    logits = as_logits(logits)
    k = per_row(logits, k, "top_k", 0, np.inf, integer=True)
    V = logits.shape[-1]
    return _keep_most_probable(
        logits, np.where((k == 0) | (k > V), V, k).astype(np.intp), _kths, _kth
    )


def top_p(logits, p) -> np.ndarray:
    """Nucleus: keep the smallest set of most probable tokens whose mass reaches p; shape (..., V),
    dtype kept.

    A token stays iff the mass strictly before it (more probable tokens, and equal ones of lower id)
    is < p. So the token that crosses p stays, p = 0 keeps one token, p >= 1 changes nothing. Sums
    are float64 whatever the input. p in [0, 1], one number or one a row. Source: Holtzman et al.,
    "The curious case of neural text degeneration", 2020.
    """
    logits = as_logits(logits)
    p = per_row(logits, p, "top_p", 0.0, np.inf)
    return _keep_most_probable(logits, p, nucleus_cuts, nucleus_cut)


def top_p_inclusive(logits, p) -> np.ndarray:
    """The nucleus of an engine that keeps a token iff the mass strictly before it is <= p (SGLang);
    else as `top_p`.
    """
    logits = as_logits(logits)
    p = per_row(logits, p, "top_p", 0.0, np.inf)
    rules = (partial(cuts, inclusive=True) for cuts in (nucleus_cuts, nucleus_cut))
    return _keep_most_probable(logits, p, *rules)


def min_p(logits, p) -> np.ndarray:
    """Keep the tokens at least p times as probable as the most probable one; shape (..., V), dtype
    kept.

    Compared in logit space, l >= max + log(p) in the logits' own precision, so nothing underflows
    and a token exactly p times as probable stays. p in [0, 1], one number or one a row; 0 is off.
    Source: Nguyen et al., "Turning up the heat: min-p sampling", 2024.
    """
    logits = as_logits(logits)
    p = per_row(logits, p, "min_p", 0.0, 1.0)
    with np.errstate(divide="ignore"):
        threshold = row_max(logits) + np.log(p).astype(logits.dtype)
    return _keep(logits, logits >= threshold)


def _keep_most_probable(logits: np.ndarray, parameter: np.ndarray, cuts, cut) -> np.ndarray:
    """Each row's most probable tokens, by cuts(rows, maxima, parameter, scratch) of many small
    rows, or by cut(row, maximum, parameter, scratch) of a large one. Both may write to the scratch.
    """
    V, leading = logits.shape[-1], logits.shape[:-1]
    if parameter.ndim > 1:  # one a row, and there may be more of them than rows
        leading = np.broadcast(parameter, logits[..., :1]).shape[:-1]
        logits = np.broadcast_to(logits, (*leading, V))
        parameter = np.broadcast_to(parameter, (*leading, 1))
    rows, parameter = logits.reshape(-1, V), parameter.reshape(-1, 1)
    out = np.empty_like(rows)
    if V > SMALL:
        _one_by_one(rows, parameter, cut, out)
    else:
        _by_blocks(rows, np.full((len(rows), 1), parameter), cuts, out)
    return out.reshape(*leading, V)


def _by_blocks(rows: np.ndarray, parameter: np.ndarray, cuts, out: np.ndarray) -> None:
    step = BLOCK // rows.shape[-1]
    for start in range(0, len(rows), step):
        block = slice(start, start + step)
        found = cuts(rows[block], row_max(rows[block]), parameter[block], out[block])
        kept = rows[block] >= found.value
        if np.count_nonzero(kept) > found.count.sum():
            for row, stays, value, count in zip(
                rows[block], kept, found.value, found.count, strict=True
            ):
                _drop_ties(row, stays, value, count.item())
        _keep(rows[block], kept, out[block])


def _one_by_one(rows: np.ndarray, parameter: np.ndarray, cut, out: np.ndarray) -> None:
    alone, ahead = len(rows) == 1, rows.size > 4 * AHEAD
    # one row's memory stays in the cache
    scratch = out[0] if alone else np.empty(rows.shape[-1], rows.dtype)
    tops = _touched_ahead(rows, out) if ahead else map(row_max, rows)
    for i, top in enumerate(tops):
        row, place = rows[i], out[i]
        found = cut(row, top, parameter.item(i % len(parameter)), scratch)
        if found.ids is None:
            kept = row >= found.value
            _drop_ties(row, kept, found.value, found.count)
            _keep(row, kept, scratch)
            if not alone:
                place[...] = scratch
        else:
            ids, extra = found.ids, len(found.ids) - found.count
            if extra:
                ids = np.delete(ids, np.flatnonzero(row[ids] == found.value)[-extra:])
            if not ahead:
                place.fill(-np.inf)
            place[ids] = row[ids]


def _touched_ahead(rows: np.ndarray, out: np.ndarray) -> Iterator[np.ndarray]:
    """The maximum of each row (1,), in whose place in `out` every token is removed by then.

    What a row of a large batch takes beyond a row alone is for the memory of its answer, which is
    new, and of the row itself, which is in no cache. A thread touches both ahead of the work. It
    makes few and long calls, as numpy lets go of Python's lock while one lasts: a thread that did
    whole rows would mostly wait for the lock.
    """
    # here, so that `import samplers` loads numpy and nothing else
    from concurrent.futures import ThreadPoolExecutor

    def touch(block: slice) -> np.ndarray:
        out[block].fill(-np.inf)
        return row_max(rows[block])

    step = max(AHEAD // rows.shape[-1], 1)
    first, *others = (slice(start, start + step) for start in range(0, len(rows), step))
    with ThreadPoolExecutor(1) as thread:
        coming = [thread.submit(touch, block) for block in others]
        yield from touch(first)
        for tops in coming:
            yield from tops.result()


def _drop_ties(row: np.ndarray, kept: np.ndarray, value: np.floating, count: int) -> None:
    """Of the kept tokens that are equal to the cut's value those of highest id go, until `count`
    are left.
    """
    extra = np.count_nonzero(kept) - count
    if extra > 0:
        first = np.flatnonzero(row == value)[-extra]
        kept[first:] &= row[first:] != value


def _kths(rows: np.ndarray, top: np.ndarray, k: np.ndarray, scratch: np.ndarray) -> Cut:
    """The k-th greatest value of each row (B, V), for k (B, 1)."""
    scratch[...] = rows
    scratch.sort()
    return Cut(np.take_along_axis(scratch, rows.shape[-1] - k, axis=-1), k)


def _kth(row: np.ndarray, top: np.ndarray, k: int, scratch: np.ndarray) -> Cut:
    """The same for a large row (V,)."""
    V = len(row)
    if k * 8 < V:
        looked = sample(row)
        # so many of those are expected above the cut, and three standard errors
        few = k / V * len(looked)
        # few, even where many are equal to that
        ids = np.flatnonzero(row > looked[-int(few + 3 * few**0.5) - 3])
        if len(ids) >= k:
            values = row[ids]
            value = np.sort(values)[-k]
            return Cut(value, k, ids[values >= value])
    scratch[...] = row
    scratch.sort()
    return Cut(scratch[V - k], k)


def _keep(logits: np.ndarray, kept: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """np.where(kept, logits, -inf), as min(logits, inf or -inf): no branch for the processor to
    guess wrong.
    """
    out = np.empty(kept.shape, logits.dtype) if out is None else out
    if np.count_nonzero(kept) * 64 < kept.size:  # too few to be guessed wrong often
        out.fill(-np.inf)
        np.copyto(out, logits, where=kept)
        return out
    out[...] = kept
    out -= 0.5
    out *= np.inf
    return np.minimum(logits, out, out=out)
