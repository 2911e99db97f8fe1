"""What every transform needs: logits (..., V), and parameters that broadcast over leading axes."""

import numpy as np

from samplers.checks import shown


def as_array(values, name: str) -> np.ndarray:
    """`values` as a plain array of real numbers (not bool), without a copy where it is one.

    ValueError names the parameter: for a masked array, whose mask would be lost, for rows of
    different lengths, and for whatever numpy takes for no array of real numbers.
    """
    array = values if type(values) is np.ndarray else converted(values, name)
    if array.dtype.kind not in "fiu":
        raise ValueError(f"{name} must be real numbers, got dtype {array.dtype}")
    return array


def converted(values, name: str) -> np.ndarray:
    """What numpy makes of a list, of a subclass of its arrays, or of an object with __array__."""
    try:
        array = np.asanyarray(values)
    except Exception as error:  # an object's own __array__ may raise anything
        came = f"{type(values).__name__}: {error}"
        raise ValueError(f"{name} must be real numbers in one array, got {came}") from None
    # np.asarray drops a mask, and so does a list of masked arrays
    if type(array) is not np.ndarray or array.ndim > 1:
        _check_unmasked(array, name)
        _check_unmasked(values, name, array.ndim)
    return np.asarray(array)


def _check_unmasked(values, name: str, depth: int = 0) -> None:
    """ValueError for a masked array, and for one among the rows of a list of that depth."""
    if isinstance(values, np.ma.MaskedArray):
        instead = " (a logit of -inf removes a token)" if name == "logits" else ""
        raise ValueError(f"{name} must have no mask{instead}, got {shown(values)}")
    if depth > 1 and isinstance(values, list | tuple):
        for row in values:
            _check_unmasked(row, name, depth - 1)


def as_logits(logits) -> np.ndarray:
    """`logits` as an array (..., V) of float32 or float64, with V >= 1.

    float32 and float64 are kept without a copy; other real numbers become float64. ValueError for
    what is no number, for a masked array, and for another shape.
    """
    array = as_array(logits, "logits")
    if array.dtype not in (np.float32, np.float64):
        array = array.astype(np.float32 if array.dtype == ">f4" else np.float64)
    if array.ndim == 0 or array.shape[-1] == 0:
        raise ValueError(f"logits must have shape (..., V) with V >= 1, got shape {array.shape}")
    return array


def row_max(logits: np.ndarray) -> np.ndarray:
    """The maximum of each row, (..., 1), to be subtracted so that exp does not overflow.

    For a row whose tokens are all removed it is 0, so that -inf - max does not become NaN.
    ValueError for NaN or +inf in the logits.
    """
    top = logits.max(axis=-1, keepdims=True)
    if np.count_nonzero(np.isfinite(top)) < top.size:
        if not (top < np.inf).all():
            raise ValueError("logits must be finite or -inf, got NaN or +inf")
        top[top == -np.inf] = 0
    return top


def below(values: np.ndarray, top: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """values - top, where `top` is the maximum of their row; written to `out` if given.

    A difference beyond the type's range is -inf.
    """
    with np.errstate(over="ignore"):
        return np.subtract(values, top, out=out)


def exp_below(values: np.ndarray, top: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """exp(values - top), where `top` is the maximum of their row; written to `out` if given."""
    # After a temperature the maximum is 0, and there is nothing to subtract.
    if values.flags.c_contiguous and not np.count_nonzero(top):
        return np.exp(values, out=out)
    shifted = below(values, top, out)
    return np.exp(shifted, out=shifted)


def weights(logits: np.ndarray) -> np.ndarray:
    """exp(logits - row maximum): unnormalised probabilities in [0, 1], dtype kept."""
    return exp_below(logits, row_max(logits))


def float64_sum(values: np.ndarray) -> np.ndarray:
    """The sums over the last axis, in float64."""
    # einsum casts and adds in one pass: five sixths of the time of values.sum(dtype=np.float64)
    return np.einsum("...i->...", values, dtype=np.float64)


def per_row(
    logits: np.ndarray, value, name: str, low: float, high: float, *, integer: bool = False
) -> np.ndarray:
    """A parameter as an array (..., 1) that broadcasts against logits (..., V).

    It becomes float64; with `integer` the integer type is kept. ValueError names the parameter, the
    range [low, high] and what came.
    """
    if type(value) is float and not integer and low <= value <= high and abs(value) < np.inf:
        return np.array([value])  # nearly every call; the checks below take microseconds

    array = converted(value, name)
    if integer and array.dtype == object:
        array = _within_64_bits(array)
    kinds, kind = ("iu", "an integer") if integer else ("fiu", "a number")
    if array.size and array.dtype.kind not in kinds:
        raise ValueError(f"{name} must be {kind} in {_interval(low, high)}, got {shown(value)}")

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


def _within_64_bits(array: np.ndarray) -> np.ndarray:
    """Python's integers have no limit; those too large for int64 all mean the same here."""
    values = [min(v, 2**63 - 1) if type(v) is int else v for v in array.flat]
    return np.asarray(values).reshape(array.shape)


def _interval(low: float, high: float) -> str:
    left = "(" if low == -np.inf else "["
    right = ")" if high == np.inf else "]"
    return f"{left}{low:g}, {high:g}{right}"
