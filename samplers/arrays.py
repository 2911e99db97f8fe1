"""What every transform asks of its arrays: logits (..., V), and parameters that broadcast over the
leading axes.
"""

import numpy as np


def as_logits(logits) -> np.ndarray:
    """`logits` as an array (..., V), V >= 1; float32 and float64 are kept without a copy, others
    become float64.
    """
    array = np.asarray(logits)
    if array.dtype not in (np.float32, np.float64):
        if array.dtype.kind not in "fiu":
            raise ValueError(f"logits must be real numbers, got dtype {array.dtype}")
        array = array.astype(np.float64)
    if array.ndim == 0 or array.shape[-1] == 0:
        raise ValueError(f"logits must have shape (..., V) with V >= 1, got shape {array.shape}")
    return array


def row_max(logits: np.ndarray) -> np.ndarray:
    """The maximum of each row, shape (..., 1); 0 for a row whose tokens are all removed. NaN or
    +inf is an error.

    Subtracting it keeps exp from overflowing, and 0 keeps -inf - max from becoming NaN.
    """
    top = logits.max(axis=-1, keepdims=True)
    if np.count_nonzero(np.isfinite(top)) < top.size:
        if not (top < np.inf).all():
            raise ValueError("logits must be finite or -inf, got NaN or +inf")
        top[top == -np.inf] = 0
    return top


def exp_below(values: np.ndarray, top: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """exp(values - top), where `top` is the greatest of the row that they are from; in `out`, if it
    is given.
    """
    # as after temperature: there is nothing to subtract
    if values.flags.c_contiguous and not np.count_nonzero(top):
        return np.exp(values, out=out)
    shifted = np.subtract(values, top, out=out)
    return np.exp(shifted, out=shifted)


def weights(logits: np.ndarray) -> np.ndarray:
    """exp(logits - row maximum): unnormalised probabilities in [0, 1], dtype kept."""
    return exp_below(logits, row_max(logits))


def float64_sum(values: np.ndarray) -> np.ndarray:
    """The sums over the last axis, in float64: einsum casts and adds at once, in five sixths of the
    time of a sum.
    """
    return np.einsum("...i->...", values, dtype=np.float64)


def per_row(
    logits: np.ndarray, value, name: str, low: float, high: float, *, integer: bool = False
) -> np.ndarray:
    """A parameter as an array (..., 1) that broadcasts against logits (..., V), checked to lie in
    [low, high].

    float64, or the integers as they are. Raises ValueError that names the parameter, the range and
    what came.
    """
    if type(value) is float and not integer and low <= value <= high and abs(value) < np.inf:
        # what nearly every call comes with, and the rest takes microseconds
        return np.array([value])
    array = np.asarray(value)
    # Python's integers have no end; above 64 bits they all mean the same here
    if integer and array.dtype == object:
        array = np.asarray(
            [min(v, 2**63 - 1) if type(v) is int else v for v in array.flat]
        ).reshape(array.shape)
    kinds, wanted = ("iu", "an integer") if integer else ("fiu", "a number")
    if array.size and array.dtype.kind not in kinds:
        raise ValueError(f"{name} must be {wanted} in {_interval(low, high)}, got {value!r}")
    inside = (array >= low) & (array <= high) & np.isfinite(array)
    if not inside.all():
        raise ValueError(f"{name} must be in {_interval(low, high)}, got {array[~inside].flat[0]}")
    if array.ndim:
        try:
            np.broadcast_shapes(array.shape, logits.shape[:-1])
        except ValueError:
            rows = f"one value, or one for each row of logits {logits.shape}"
            raise ValueError(f"{name} must be {rows}, got shape {array.shape}") from None
    return array[..., None] if integer else array.astype(np.float64)[..., None]


def _interval(low: float, high: float) -> str:
    return f"{'(' if low == -np.inf else '['}{low:g}, {high:g}{')' if high == np.inf else ']'}"
