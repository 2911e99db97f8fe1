"""Truncation: which tokens may be drawn at all. A removed token's logit is -inf; the others keep theirs."""

import numpy as np

from samplers.arrays import as_logits, per_row, row_max, weights


def top_k(logits, k) -> np.ndarray:
    """Keep exactly the k most probable tokens of each row, ties to the lower id; shape (..., V), dtype kept.

    k is an integer >= 0, one number or one a row; k = 0 or k >= V changes nothing.
    Source: Fan, Lewis & Dauphin, "Hierarchical neural story generation", 2018.
    """
    logits = as_logits(logits)
    k = per_row(logits, k, "top_k", 0, np.inf, integer=True)
    row_max(logits)  # an error for NaN, which would sort last as if it were a removed token
    ranks = np.argsort(_descending(logits), axis=-1, kind="stable")
    return _keep(logits, (ranks < k) | (k == 0))


def top_p(logits, p) -> np.ndarray:
    """Nucleus: keep the smallest set of most probable tokens whose mass reaches p; shape (..., V), dtype kept.

    A token stays iff the mass strictly before it (more probable tokens, and equal ones of lower id) is < p. So the
    token that crosses p stays, p = 0 keeps one token, p >= 1 changes nothing. Sums are float64 whatever the input.
    p in [0, 1], one number or one a row.
    Source: Holtzman et al., "The curious case of neural text degeneration", 2020.
    """
    logits = as_logits(logits)
    p = per_row(logits, p, "top_p", 0.0, np.inf)
    order = _descending(logits)
    w = weights(logits)
    mass = np.cumsum(np.take_along_axis(w, order, axis=-1), axis=-1, dtype=np.float64)
    before = np.concatenate([np.zeros_like(mass[..., :1]), mass[..., :-1]], axis=-1)
    kept = (before < p * w.sum(axis=-1, keepdims=True, dtype=np.float64)) | (p >= 1)
    kept[..., 0] = True
    ranks = np.argsort(order, axis=-1, kind="stable")
    return _keep(logits, np.take_along_axis(kept, np.broadcast_to(ranks, kept.shape), axis=-1))


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


def _descending(logits: np.ndarray) -> np.ndarray:
    """Token ids from the most to the least probable, ties in the order of their ids."""
    return np.argsort(-logits, axis=-1, kind="stable")


def _keep(logits: np.ndarray, kept: np.ndarray) -> np.ndarray:
    return np.where(kept, logits, logits.dtype.type(-np.inf))
