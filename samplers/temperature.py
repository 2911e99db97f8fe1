"""Temperature: p^(1/t), renormalised. Below 1 sharpens a distribution, above 1 flattens it, 0 is
greedy.
"""

import numpy as np

from samplers.arrays import as_logits, per_row, row_max


def temperature(logits, t) -> np.ndarray:
    """(logits - max) / t, shape (..., V), dtype kept; t >= 0, one number or one a row.

    The maximum is subtracted before the division, so no t > 0 overflows: the best token's logit
    becomes 0, and one that falls below the type's range becomes -inf, whose probability is 0 as it
    would be anyway. t = 0 is greedy: the first maximum stays as it was, the rest is -inf.
    ValueError for t < 0, NaN or infinite.

    Source: Ackley, Hinton & Sejnowski, "A learning algorithm for Boltzmann machines", 1985; engines
    divide by t alike.
    """
    logits = as_logits(logits)
    t = per_row(logits, t, "temperature", 0.0, np.inf)
    warm = t.all()
    divisor = _in_precision(t if warm else np.where(t == 0, 1.0, t), logits.dtype)
    shifted = logits - row_max(logits)
    with np.errstate(over="ignore"):
        same = divisor.size == 1 and divisor.dtype == shifted.dtype
        scaled = np.divide(shifted, divisor, out=shifted if same else None).astype(
            logits.dtype, copy=False
        )
    if warm:
        return scaled
    first = np.arange(logits.shape[-1]) == logits.argmax(axis=-1)[..., None]
    return np.where(t == 0, np.where(first, logits, logits.dtype.type(-np.inf)), scaled)


def _in_precision(t: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """t (float64) in the logits' precision; but float64 where that would make it 0, inf or
    denormal.
    """
    normal = (t >= np.finfo(dtype).tiny) & (t <= np.finfo(dtype).max)
    if normal.all():
        return t.astype(dtype)
    with np.errstate(over="ignore"):
        return np.where(normal, t.astype(dtype), t)
