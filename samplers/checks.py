"""Checks of single arguments: each error names the parameter, what it must be, and what came."""

from collections.abc import Sequence
from math import isfinite
from numbers import Integral, Real
from types import UnionType

import numpy as np

LONGEST = 500  # characters of what came that an error repeats


def is_number(kind: type, value) -> bool:
    """Is `value` a finite number of the kind, int or float, numpy's included? bool is not."""
    if isinstance(value, bool) or not isinstance(value, Integral if kind is int else Real):
        return False
    try:
        return kind is int or isfinite(value)
    except OverflowError:  # an integer that no float can hold
        return False


def number(value, name: str, kind: type, low, high=None) -> int | float:
    """`value` as Python's int or float; ValueError unless it is one in [low, high].

    A high of None is no limit.
    """
    inside = is_number(kind, value)
    inside = inside and value >= low and (high is None or value <= high)
    if not inside:
        raise ValueError(f"{name} must be {_described(kind, low, high)}, got {shown(value)}")
    return kind(value)  # a numpy number becomes Python's, for JSON


def instance(value, name: str, kinds: type | UnionType, words: str) -> None:
    """ValueError unless `value` is an instance of `kinds`, which `words` describe."""
    if not isinstance(value, kinds):
        raise ValueError(f"{name} must be {words}, got {shown(value)}")


def one_of(value, name: str, choices: Sequence[str]) -> None:
    """ValueError unless `value` is one of these texts."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, got {shown(value)}")


def is_sequence(value) -> bool:
    """Is `value` a list, a tuple or another sequence, or a numpy array (n,)? A text is not."""
    if isinstance(value, np.ndarray):
        return value.ndim == 1
    return isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray)


def shown(value) -> str:
    """What came, for an error: its repr, cut where it is long."""
    try:
        text = repr(value)
    except ValueError:  # an integer of more digits than Python prints
        text = f"a value of type {type(value).__name__}"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _described(kind: type, low, high) -> str:
    name = "an integer" if kind is int else "a number"
    return f"{name} >= {low}" if high is None else f"{name} in [{low}, {high}]"
