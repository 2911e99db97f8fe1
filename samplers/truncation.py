"""Truncation: which tokens may be drawn at all. A removed token's logit is -inf; the others keep theirs.

`samplers.reference` has the definitions in their shortest form. This is the same, bit for bit, without sorting ids: the
most probable tokens are everything above a cut, and of the tokens equal to the cut those of lowest id. So a transform
finds the cut's value and how many tokens stay, from values alone, and then makes one pass over the row.
"""

from functools import partial

import numpy as np

from samplers.arrays import as_logits, per_row, row_max
from samplers.nucleus import SMALL, Cut, nucleus_cut, sample

BLOCK = 1 << 14  # tokens worked on at once, whole rows of them: small enough for the cache, large enough for numpy


def top_k(logits, k) -> np.ndarray:
    """Keep exactly the k most probable tokens of each row, ties to the lower id; shape (..., V), dtype kept.

    k is an integer >= 0, one number or one a row; k = 0 or k >= V changes nothing.
    Source: Fan, Lewis & Dauphin, "Hierarchical neural story generation", 2018.
    """
    logits = as_logits(logits)
    k = per_row(logits, k, "top_k", 0, np.inf, integer=True)
    V = logits.shape[-1]
    return _keep_most_probable(logits, np.where((k == 0) | (k > V), V, k).astype(np.intp), _kth)


def top_p(logits, p) -> np.ndarray:
    """Nucleus: keep the smallest set of most probable tokens whose mass reaches p; shape (..., V), dtype kept.

    A token stays iff the mass strictly before it (more probable tokens, and equal ones of lower id) is < p. So the
    token that crosses p stays, p = 0 keeps one token, p >= 1 changes nothing. Sums are float64 whatever the input.
    p in [0, 1], one number or one a row.
    Source: Holtzman et al., "The curious case of neural text degeneration", 2020.
    """
    logits = as_logits(logits)
    p = per_row(logits, p, "top_p", 0.0, np.inf)
    return _keep_most_probable(logits, p, nucleus_cut)


def top_p_inclusive(logits, p) -> np.ndarray:
    """The nucleus of an engine that keeps a token iff the mass strictly before it is <= p (SGLang); else as `top_p`."""
    logits = as_logits(logits)
    p = per_row(logits, p, "top_p", 0.0, np.inf)
    return _keep_most_probable(logits, p, partial(nucleus_cut, inclusive=True))


def min_p(logits, p) -> np.ndarray:
    """Keep the tokens at least p times as probable as the most probable one; shape (..., V), dtype kept.

    Compared in logit space, l >= max + log(p) in the logits' own precision, so nothing underflows and a token exactly p
    times as probable stays. p in [0, 1], one number or one a row; 0 is off.
    Source: Nguyen et al., "Turning up the heat: min-p sampling", 2024.
    """
    logits = as_logits(logits)
    p = per_row(logits, p, "min_p", 0.0, 1.0)
    with np.errstate(divide="ignore"):
        threshold = row_max(logits) + np.log(p).astype(logits.dtype)
    return _keep(logits, logits >= threshold)


def _keep_most_probable(logits: np.ndarray, parameter: np.ndarray, find_cut) -> np.ndarray:
    """Each row's most probable tokens, by find_cut(rows, parameter, scratch) -> Cut; it may write to the scratch."""
    V = logits.shape[-1]
    leading = np.broadcast(parameter, logits[..., :1]).shape[:-1]
    rows = logits if logits.shape[:-1] == leading else np.broadcast_to(logits, (*leading, V))
    rows = rows.reshape(-1, V)
    parameter = np.full((*leading, 1), parameter).reshape(-1, 1)
    out = np.empty_like(rows)
    step = max(BLOCK // V, 1)
    scratch = np.empty_like(rows[:step]) if len(rows) > step else out  # one block's memory stays in the cache
    for start in range(0, len(rows), step):
        block = slice(start, start + step)
        cut = find_cut(rows[block], parameter[block], scratch[: len(rows) - start])
        if cut.ids is None:
            _keep_above(rows[block], cut, out[block])
        else:
            _keep_few(rows[start], cut, out[start])
    return out.reshape(*leading, V)


def _keep_above(rows: np.ndarray, cut: Cut, out: np.ndarray) -> np.ndarray:
    """The tokens from the cut on stay; of those equal to it the ones of highest id go until `count` are left."""
    kept = rows >= cut.value
    stay = np.count_nonzero(kept)
    if stay > cut.count.sum():
        for i, row in enumerate(rows):
            extra = np.count_nonzero(kept[i]) - cut.count[i, 0]
            if extra > 0:
                first = np.flatnonzero(row == cut.value[i])[-extra]
                kept[i, first:] &= row[first:] != cut.value[i]
    return _keep(rows, kept, out, stay)


def _keep_few(row: np.ndarray, cut: Cut, out: np.ndarray) -> None:
    """The same for a row (V,) of which no other tokens than cut.ids stay."""
    ids = cut.ids[row[cut.ids] >= cut.value[0]]
    extra = len(ids) - cut.count.item()
    if extra:
        ids = np.delete(ids, np.flatnonzero(row[ids] == cut.value[0])[-extra:])
    out.fill(-np.inf)
    out[ids] = row[ids]


def _kth(rows: np.ndarray, k: np.ndarray, scratch: np.ndarray) -> Cut:
    row_max(rows)  # an error for NaN, which would sort last as if it were a removed token
    V = rows.shape[-1]
    if len(rows) == 1 and V > SMALL and k.item() * 8 < V:
        looked = sample(rows[0])
        few = k.item() / V * len(looked)  # so many of those are expected above the cut, and three standard errors
        guess = looked[-int(few + 3 * few**0.5) - 3]
        ids = np.flatnonzero(rows[0] > guess)  # few, even where many are equal to the guess
        if ids.size >= k.item():
            return Cut(np.sort(rows[0, ids])[-k], k, ids)
        if np.count_nonzero(rows == guess) + ids.size >= k.item():
            return Cut(np.full(k.shape, guess), k)
    scratch[...] = rows
    scratch.sort()
    return Cut(np.take_along_axis(scratch, V - k, axis=-1), k)


def _keep(logits: np.ndarray, kept: np.ndarray, out: np.ndarray | None = None, stay: int | None = None) -> np.ndarray:
    """np.where(kept, logits, -inf), as min(logits, inf or -inf): no branch for the processor to guess wrong."""
    out = np.empty(kept.shape, logits.dtype) if out is None else out
    stay = np.count_nonzero(kept) if stay is None else stay
    if stay * 64 < kept.size:  # too few to be guessed wrong often
        out.fill(-np.inf)
        np.copyto(out, logits, where=kept)
        return out
    out[...] = kept
    out -= 0.5
    out *= np.inf
    return np.minimum(logits, out, out=out)
