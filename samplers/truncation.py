"""Truncation: which tokens may be drawn at all. The logit of a removed token is -inf.

The logits of the tokens that stay do not change. `samplers.reference` has the same definitions in
their shortest form, and tests hold the two to each other bit for bit. How the most probable tokens
of a row are found quickly is in `samplers.cuts`, and for top_p in `samplers.nucleus`.
"""

from functools import partial

import numpy as np

from samplers.arrays import as_logits, per_row, row_max
from samplers.cuts import Cut, keep, keep_most_probable, sample
from samplers.nucleus import nucleus_cut, nucleus_cuts


def top_k(logits, k) -> np.ndarray:
    """Keep exactly the k most probable tokens, ties to the lower id; shape (..., V), dtype kept.

    k is an integer >= 0, one number or one per row; k = 0 or k >= V changes nothing. ValueError for
    any other k. Source: Fan, Lewis & Dauphin, "Hierarchical neural story generation", 2018.
    """
    logits = as_logits(logits)
    k = per_row(logits, k, "top_k", 0, np.inf, integer=True)
    V = logits.shape[-1]
    k = np.where((k == 0) | (k > V), V, k).astype(np.intp)
    return keep_most_probable(logits, k, _kth_values, _kth_value)


def top_k_with_ties(logits, k) -> np.ndarray:
    """`top_k`, but tokens as probable as the k-th stay too (vLLM and transformers)."""
    logits = as_logits(logits)
    return _with_ties(logits, top_k(logits, k))


def top_p(logits, p) -> np.ndarray:
    """Nucleus: the smallest set of most probable tokens whose mass reaches p; shape, dtype kept.

    A token stays iff the mass strictly before it (more probable tokens, and equal ones of lower id)
    is < p. So the token that crosses p stays, p = 0 keeps one token, and p >= 1 changes nothing.
    Sums are float64 whatever the input. p >= 0, one number or one per row; ValueError for any other
    p. Source: Holtzman et al., "The curious case of neural text degeneration", 2020.
    """
    logits = as_logits(logits)
    p = per_row(logits, p, "top_p", 0.0, np.inf)
    return keep_most_probable(logits, p, nucleus_cuts, nucleus_cut)


def top_p_inclusive(logits, p) -> np.ndarray:
    """`top_p`, but a token stays iff the mass strictly before it is <= p (SGLang)."""
    logits = as_logits(logits)
    p = per_row(logits, p, "top_p", 0.0, np.inf)
    find_cuts = partial(nucleus_cuts, inclusive=True)
    find_cut = partial(nucleus_cut, inclusive=True)
    return keep_most_probable(logits, p, find_cuts, find_cut)


def top_p_with_ties(logits, p) -> np.ndarray:
    """`top_p`, but tokens as probable as the last that stays stay too (FlashInfer).

    So a token stays iff the mass of strictly more probable tokens is < p.
    """
    logits = as_logits(logits)
    return _with_ties(logits, top_p(logits, p))


def _with_ties(logits: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """`logits` without the tokens that are less probable than every token of `kept`."""
    threshold = np.where(kept == -np.inf, np.inf, kept).min(axis=-1, keepdims=True)
    return keep(logits, logits >= threshold)


def min_p(logits, p) -> np.ndarray:
    """Keep tokens at least p times as probable as the best one; shape (..., V), dtype kept.

    It is compared in logit space, l >= max + log(p), in the logits' own precision: nothing
    underflows, and a token exactly p times as probable stays. p in [0, 1], one number or one per
    row; 0 is off. ValueError for any other p.
    Source: Nguyen et al., "Turning up the heat: min-p sampling", 2024.
    """
    logits = as_logits(logits)
    p = per_row(logits, p, "min_p", 0.0, 1.0)
    with np.errstate(divide="ignore"):
        threshold = row_max(logits) + np.log(p).astype(logits.dtype)
    return keep(logits, logits >= threshold)


def _kth_values(rows: np.ndarray, top: np.ndarray, k: np.ndarray, scratch: np.ndarray) -> Cut:
    """The k-th greatest value of each row (B, V), for k (B, 1)."""
    scratch[...] = rows
    scratch.sort()
    return Cut(np.take_along_axis(scratch, rows.shape[-1] - k, axis=-1), k)


def _kth_value(row: np.ndarray, top: np.ndarray, k: int, scratch: np.ndarray) -> Cut:
    """The same for one large row (V,): if k is small, only the tokens above a guess are sorted."""
    V = len(row)
    if k * 8 < V:
        sampled = sample(row)
        expected = k / V * len(sampled)  # this many of the sample are above the cut
        guess = sampled[-int(expected + 3 * expected**0.5) - 3]  # three standard errors lower
        ids = np.flatnonzero(row > guess)
        if len(ids) >= k:
            values = row[ids]
            value = np.sort(values)[-k]
            return Cut(value, k, ids[values >= value])
        if np.count_nonzero(row >= guess) >= k:  # many tokens equal the guess, and it is the k-th
            return Cut(guess, k)

    cuts = _kth_values(row[None], top, np.array([[k]]), scratch[None])
    return Cut(cuts.value[0, 0], k)
