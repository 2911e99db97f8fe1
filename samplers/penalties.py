"""What changes single tokens' logits: penalties for tokens that occurred, and the caller's bias."""

from collections.abc import Mapping
from numbers import Integral, Real

import numpy as np

from samplers.arrays import as_logits, per_row


def token_counts(tokens, V: int) -> np.ndarray:
    """How often each of V token ids occurs, int64: ids (n,) give (V,).

    A sequence of B id sequences, of any lengths, gives (B, V). An id that is not an integer in
    [0, V) raises ValueError.
    """
    allowed = f"in [0, {V - 1}]"
    if not hasattr(tokens, "__len__"):
        raise ValueError(f"tokens must be a sequence of integer ids {allowed}, got {tokens!r}")
    if len(tokens) and np.ndim(tokens[0]):
        return np.stack([token_counts(row, V) for row in tokens])

    ids = np.asarray(tokens if len(tokens) else np.zeros(0, dtype=np.int64))
    if ids.dtype.kind not in "iu":
        raise ValueError(f"tokens must be integer ids {allowed}, got {ids.dtype}")
    if ids.size and not (ids.min() >= 0 and ids.max() < V):
        came = ids.min() if ids.min() < 0 else ids.max()
        raise ValueError(f"tokens must be ids {allowed}, got {came}")
    return np.bincount(ids.astype(np.int64, copy=False), minlength=V)


def penalties(logits, counts, frequency=0.0, presence=0.0) -> np.ndarray:
    """logits - frequency * counts - presence * [counts > 0]; shape (..., V), dtype kept.

    `counts` (..., V) comes from `token_counts`. frequency and presence are finite numbers, one or
    one per row; negative ones encourage repetition. ValueError for anything else. They act on
    logits, before temperature. Source: OpenAI's guide, "Frequency and presence penalties".
    """
    logits = as_logits(logits)
    counts = as_counts(counts, logits)
    frequency = per_row(logits, frequency, "frequency", -np.inf, np.inf)
    presence = per_row(logits, presence, "presence", -np.inf, np.inf)
    return _where_counted(lambda x, c, f, p: x - f * c - p, logits, counts, frequency, presence)


def repetition_penalty(logits, counts, penalty) -> np.ndarray:
    """Divide counted tokens' positive logits by `penalty`, multiply their others by it.

    Shape (..., V), dtype kept. penalty > 0, one number or one per row; above 1 discourages
    repetition, 1 is off. How often a token was counted does not matter. ValueError for any other
    penalty. Source: Keskar et al., "CTRL", 2019, with the rule for signs that engines added.
    """
    logits = as_logits(logits)
    counts = as_counts(counts, logits)
    penalty = per_row(logits, penalty, "repetition_penalty", 0.0, np.inf)
    if (penalty == 0).any():
        raise ValueError("repetition_penalty must be > 0, got 0")
    return _where_counted(lambda x, c, r: np.where(x > 0, x / r, x * r), logits, counts, penalty)


def logit_bias(logits, bias: Mapping[int, float]) -> np.ndarray:
    """Add bias[id] to the logit of each listed token, in every row; shape (..., V), dtype kept.

    Ids are integers in [0, V); a bias is a number below +inf, and -inf removes the token.
    ValueError for anything else. Source: OpenAI's API reference, `logit_bias`.
    """
    logits = as_logits(logits).copy()
    V = logits.shape[-1]
    if not isinstance(bias, Mapping):
        raise ValueError(f"logit_bias must map token ids to numbers below +inf, got {bias!r}")
    for token, value in bias.items():
        is_integer = isinstance(token, Integral) and not isinstance(token, bool)
        if not is_integer or not 0 <= token < V:
            raise ValueError(f"logit_bias ids must be integers in [0, {V - 1}], got {token!r}")
        if not isinstance(value, Real) or not value < np.inf:
            came = f"{value!r} for token {token}"
            raise ValueError(f"logit_bias must be a number below +inf, got {came}")

    logits[..., list(bias)] += list(bias.values())
    return logits


def as_counts(counts, logits: np.ndarray) -> np.ndarray:
    """`counts` as an array of numbers that fits the logits' shape; otherwise ValueError."""
    counts = np.asarray(counts)
    try:
        fits = counts.shape[-1:] == logits.shape[-1:] and (
            counts.ndim == 1 or np.broadcast_shapes(counts.shape, logits.shape)
        )
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"counts must have the shape of logits {logits.shape}, got {counts.shape}")
    if counts.dtype.kind not in "iufb":
        raise ValueError(f"counts must be numbers >= 0, got {counts}")

    return counts


def _where_counted(
    change, logits: np.ndarray, counts: np.ndarray, *parameters: np.ndarray
) -> np.ndarray:
    """change(logits, counts, *parameters) for the tokens that are counted, which are few."""
    out = np.empty(np.broadcast(logits, counts, *parameters).shape, logits.dtype)
    out[...] = logits
    counted = counts != 0
    while counted.ndim > 1:  # in any row
        counted = counted.any(axis=0)
    (ids,) = counted.nonzero()

    x = out.take(ids, axis=-1)
    c = counts.take(ids, axis=-1)
    if not (c >= 0).all():
        raise ValueError(f"counts must be numbers >= 0, got {counts}")
    changed = change(x, c, *parameters)
    if c.ndim == 1:  # one row's counts: none of these is 0
        out[..., ids] = changed
    else:
        out[..., ids] = np.where(c > 0, changed, x)
    return out
