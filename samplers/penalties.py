"""What changes single tokens' logits: penalties for tokens that occurred, and the caller's bias."""

from collections.abc import Mapping, Sequence

import numpy as np

from samplers.arrays import as_logits, converted, per_row
from samplers.checks import is_number, number, shown


def token_counts(tokens, V: int) -> np.ndarray:
    """How often each of V token ids occurs, int64: ids (n,) give (V,).

    A sequence of B id sequences, of any lengths, gives (B, V), and an array (..., n) of ids gives
    (..., V). ValueError for an id that is not an integer in [0, V), and for what has no order or no
    length: a set, a dict, a generator.
    """
    V = number(V, "V", int, 1, 2**31 - 1)
    if _is_sequence(tokens) and len(tokens) and _is_row(tokens[0]):
        return np.stack([token_counts(row, V) for row in tokens])

    ids = _any_ids(tokens, V, "tokens")
    if ids.ndim == 1:
        return np.bincount(ids, minlength=V)
    rows = [np.bincount(ids[place], minlength=V) for place in np.ndindex(ids.shape[:-1])]
    return np.array(rows, dtype=np.int64).reshape(*ids.shape[:-1], V)


def as_ids(tokens, V: int, name: str) -> np.ndarray:
    """Token ids (n,) as int64; ValueError for one that is not an integer in [0, V)."""
    ids = _any_ids(tokens, V, name)
    if ids.ndim != 1:
        raise ValueError(f"{name} must be one sequence of ids, got shape {ids.shape}")
    return ids


def _any_ids(tokens, V: int, name: str) -> np.ndarray:
    """The same for ids (..., n)."""
    words = f"integer ids in [0, {V - 1}], in a sequence"
    is_sequence = _is_sequence(tokens)
    if not is_sequence and not hasattr(tokens, "__array__"):
        raise ValueError(f"{name} must be {words}, got {shown(tokens)}")

    is_empty = is_sequence and not len(tokens)
    ids = converted(np.zeros(0, dtype=np.int64) if is_empty else tokens, name)
    if ids.dtype.kind not in "iu" or ids.ndim == 0:
        raise ValueError(f"{name} must be {words}, got {shown(tokens)}")
    if ids.size and not (ids.min() >= 0 and ids.max() < V):
        came = ids.min() if ids.min() < 0 else ids.max()
        raise ValueError(f"{name} must be ids in [0, {V - 1}], got {came}")
    return ids.astype(np.int64, copy=False)


def _is_row(tokens) -> bool:
    return _is_sequence(tokens) or np.ndim(tokens) > 0


def _is_sequence(tokens) -> bool:
    return isinstance(tokens, Sequence) and not isinstance(tokens, str | bytes | bytearray)


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
    penalty, and for what is known to be log-probabilities (`check_raw_logits`). Source: Keskar et
    al., "CTRL", 2019, with the rule for signs that engines added.
    """
    array = as_logits(logits)
    counts = as_counts(counts, array)
    factor = per_row(array, penalty, "repetition_penalty", 0.0, np.inf)
    if (factor == 0).any():
        raise ValueError("repetition_penalty must be > 0, got 0")
    check_raw_logits(logits, penalty)
    return _where_counted(lambda x, c, r: np.where(x > 0, x / r, x * r), array, counts, factor)


def check_raw_logits(source, penalty) -> None:
    """ValueError for a repetition penalty on log-probabilities; 1 is off.

    `source` has log-probabilities alone if its `raw_logits` is False: a Distribution whose
    `logsumexp` is not known, a batch of them, and what `client.as_model` returns for an endpoint
    that does not show the logits. The penalty depends on where the logits' zero is.
    Log-probabilities are the logits less a number that nobody knows, so the result would be another
    one than the engine's, by up to all of the probability.
    """
    if np.all(np.asarray(penalty) == 1):
        return
    rows = source if isinstance(source, list | tuple) else [source]
    if all(getattr(row, "raw_logits", True) for row in rows):
        return
    why = "it needs the model's raw logits: log-probabilities do not show where the logits' 0 was"
    raise ValueError(f"repetition_penalty must be 1 here, got {shown(penalty)}; {why}")


def logit_bias(logits, bias: Mapping[int, float]) -> np.ndarray:
    """Add bias[id] to the logit of each listed token, in every row; shape (..., V), dtype kept.

    Ids are integers in [0, V); a bias is a number below +inf, and -inf removes the token.
    ValueError for anything else. Source: OpenAI's API reference, `logit_bias`.
    """
    logits = as_logits(logits).copy()
    V = logits.shape[-1]
    if not isinstance(bias, Mapping):
        raise ValueError(f"logit_bias must map token ids to numbers below +inf, got {shown(bias)}")
    for token, value in bias.items():
        if not is_number(int, token) or not 0 <= token < V:
            raise ValueError(f"logit_bias ids must be integers in [0, {V - 1}], got {shown(token)}")
        removes = isinstance(value, float | np.floating) and value == -np.inf
        if not removes and not is_number(float, value):
            came = f"{shown(value)} for token {token}"
            raise ValueError(f"logit_bias must be a number below +inf, got {came}")

    logits[..., list(bias)] += list(map(float, bias.values()))
    return logits


def as_counts(counts, logits: np.ndarray) -> np.ndarray:
    """`counts` as an array of numbers that fits the logits' shape; otherwise ValueError."""
    counts = converted(counts, "counts")
    if counts.dtype.kind not in "iufb":
        raise ValueError(f"counts must be whole numbers >= 0, got {shown(counts)}")
    try:
        fits = counts.shape[-1:] == logits.shape[-1:] and (
            counts.ndim == 1 or np.broadcast_shapes(counts.shape, logits.shape)
        )
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"counts must have the shape of logits {logits.shape}, got {counts.shape}")
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
    whole = c.dtype.kind != "f" or ((c < np.inf) & (c == np.floor(c))).all()
    if not whole or not (c >= 0).all():
        raise ValueError(f"counts must be whole numbers >= 0, got {shown(counts)}")
    changed = change(x, c, *parameters)
    if c.ndim == 1:  # one row's counts: none of these is 0
        out[..., ids] = changed
    else:
        out[..., ids] = np.where(c > 0, changed, x)
    return out
