"""Any Python value as plain JSON, for a model to read."""

import inspect
import json
from collections.abc import Collection, Iterator, Mapping

import numpy as np

# numpy's kinds whose tolist() leaves values of numpy's own or bare numbers: what to make them first
_KINDS = {"f": float, "c": complex, "m": str, "M": str}


def to_text(value) -> str:
    """A tool's result as text: a str as it is, anything else as JSON on one line (see `plain`)."""
    if not isinstance(value, str):
        value = json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))
    return sendable(value)


def sendable(text: str) -> str:
    """`text` with a "?" for each half of a surrogate pair, which no encoding can hold."""
    return text.encode("utf-8", "replace").decode()


def plain(value):
    """`value` made of dict, list, str, int, float, bool and None.

    Models, dataclasses, enums, dates, sets and the like become what pydantic makes of them. Numpy's
    scalars and arrays, and what has `to_dict` or `tolist` (pandas, PyTorch …), become numbers,
    lists and dicts, whole. Bytes are text, or URL-safe base64 if one is not UTF-8. What has no such
    form becomes its str.

    Infinity and NaN become null. JSON has no word for them, and null is what pydantic's own models
    and JavaScript write, so that the rule is one for all that a result contains.

    Raises what a value's own methods raise, and ValueError for a value that contains itself.
    """
    from pydantic_core import to_jsonable_python  # here, for a fast start: many use no tools

    if isinstance(value, Iterator):
        value = list(value)  # it can be read only once, and bytes may need a second time
    try:
        value = to_jsonable_python(value, fallback=_known)
    except UnicodeDecodeError:
        value = to_jsonable_python(value, fallback=_known, bytes_mode="base64")

    return json.loads(json.dumps(value), parse_constant=lambda constant: None)


def _known(value):
    """A value that pydantic does not know, as one that it does."""
    if isinstance(value, type):  # its methods are for its instances
        return str(value)
    if inspect.iscoroutine(value):
        value.close()
        raise TypeError("an async function has to be awaited")
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, np.ndarray | np.generic):
        kind = _KINDS.get(value.dtype.kind)
        return (value.astype(kind) if kind else value).tolist()

    for method in ("to_dict", "tolist", "to_list"):
        if callable(getattr(value, method, None)):
            return getattr(value, method)()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Collection):
        return list(value)
    return str(value)
