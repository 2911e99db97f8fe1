"""Temperature: p^(1/t), renormalised. Below 1 it sharpens, above 1 it flattens, 0 is greedy."""

import numpy as np

from samplers.arrays import as_logits, below, per_row, row_max


def temperature(logits, t) -> np.ndarray:
    """(logits - max) / t; shape (..., V), dtype kept. t >= 0, one number or one per row.

    The maximum is subtracted before the division, so no t > 0 overflows. The best token's logit
    becomes 0. A logit that falls below the type's range becomes -inf; at every t below 1e36 its
    probability is 0 anyway. t = 0 is greedy: the first maximum stays as it was, the rest is -inf.
    ValueError for t < 0, NaN or infinite.

    Source: Ackley, Hinton & Sejnowski, "A learning algorithm for Boltzmann machines", 1985; all
    engines divide by t.
    """
    logits = as_logits(logits)
    t = per_row(logits, t, "temperature", 0.0, np.inf)
    has_greedy_rows = not t.all()
    divisor = np.where(t == 0, 1.0, t) if has_greedy_rows else t
    divisor = _in_precision(divisor, logits.dtype)

    shifted = below(logits, row_max(logits))
    in_place = divisor.size == 1 and divisor.dtype == shifted.dtype
    with np.errstate(over="ignore"):
        scaled = np.divide(shifted, divisor, out=shifted if in_place else None)
        scaled = scaled.astype(logits.dtype, copy=False)
    if not has_greedy_rows:
        return scaled

    first = np.arange(logits.shape[-1]) == logits.argmax(axis=-1)[..., None]
    greedy = np.where(first, logits, logits.dtype.type(-np.inf))
    return np.where(t == 0, greedy, scaled)


def _in_precision(t: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """t (float64) in the logits' dtype; float64 where that would make it 0, inf or denormal."""
    normal = (t >= np.finfo(dtype).tiny) & (t <= np.finfo(dtype).max)
    if normal.all():
        return t.astype(dtype)
    with np.errstate(over="ignore"):
        return np.where(normal, t.astype(dtype), t)
