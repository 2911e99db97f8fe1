"""Arguments checked against a function's own annotations, so that a mistake names its parameter.

An annotation means what it says: ``int`` is a whole number and not a bool, ``float`` any finite
number, ``Sequence[str]`` a list, tuple or array (n,) of texts, ``ArrayLike`` real numbers in an
array of any shape. ``Annotated[…, 1]`` is at least 1, or at least one long, and
``Annotated[float, (0, 1)]`` is in [0, 1]. What has no annotation is not checked.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from functools import cache, wraps
from inspect import signature
from types import NoneType, UnionType
from typing import Annotated, Union, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import ArrayLike

from samplers.arrays import as_array
from samplers.checks import is_number, is_sequence, shown

Count = Annotated[int, 1]
Share = Annotated[float, (0, 1)]
_WORDS = {
    int: "an integer",
    float: "a number",
    str: "a text",
    bytes: "bytes",
    bool: "True or False",
    NoneType: "None",
    ArrayLike: "an array of real numbers",
    Callable: "a function",
}


def checked(f: Callable) -> Callable:
    """Decorator: ValueError for an argument that its annotation does not allow.

    A generator for an ``Iterable`` becomes a tuple, as it can be read only once.
    """
    parameters = signature(f)

    @wraps(f)
    def inner(*args, **kwargs):
        try:
            bound = parameters.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{f.__name__}() {error}") from None
        given = bound.arguments
        for name, hint in _hints(f).items():
            if name in given:
                given[name] = _checked(given[name], name, hint)
        return f(*bound.args, **bound.kwargs)

    return inner


@cache
def _hints(f: Callable) -> dict:
    try:
        return get_type_hints(f, include_extras=True)
    except NameError:  # a name that is imported for type checkers alone, as it takes long to load
        from samplers import compare

        return get_type_hints(f, localns=vars(compare), include_extras=True)


def _checked(value, name: str, hint):
    kind = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    if get_origin(kind) is Iterable and isinstance(value, Iterator):
        value = tuple(value)
    if not _fits(value, hint):
        raise ValueError(f"{name} must be {_words(hint)}, got {shown(value)}")
    return value


def _fits(value, hint) -> bool:
    origin = get_origin(hint)
    inner = get_args(hint)
    if hint is ArrayLike:
        return _is_array(value)
    if origin in (Union, UnionType):
        return any(_fits(value, each) for each in inner)
    if origin is Annotated:
        return _is_in_range(value, *inner)
    if origin is Mapping:
        key, item = inner
        fits = isinstance(value, Mapping)
        return fits and all(_fits(k, key) and _fits(v, item) for k, v in value.items())
    if origin in (Sequence, Iterable, Collection):
        is_many = is_sequence(value) or (origin is Collection and isinstance(value, Set))
        return is_many and all(_fits(each, inner[0]) for each in value)
    if origin is tuple:
        fits = isinstance(value, tuple | list) and len(value) == len(inner)
        return fits and all(map(_fits, value, inner))
    if hint in (int, float):
        return is_number(hint, value)
    return isinstance(value, origin or hint)


def _is_array(value) -> bool:
    try:
        as_array(value, "it")
    except ValueError:
        return False
    return True


def _is_in_range(value, hint, limits) -> bool:
    if hint not in (int, float):
        return _fits(value, hint) and len(value) >= limits
    low, high = limits if isinstance(limits, tuple) else (limits, np.inf)
    is_infinite = isinstance(limits, tuple) and isinstance(value, float) and abs(value) == np.inf
    return (is_number(hint, value) or (hint is float and is_infinite)) and low <= value <= high


def _words(hint) -> str:
    """What an annotation asks for."""
    origin = get_origin(hint)
    inner = get_args(hint)
    if hint in _WORDS or origin in _WORDS:
        return _WORDS.get(hint) or _WORDS[origin]
    if origin in (Union, UnionType):
        return " or ".join(map(_words, inner))
    if origin is Annotated:
        kind, limits = inner
        if isinstance(limits, tuple):
            return f"{_words(kind)} in [{limits[0]}, {limits[1]}]"
        atleast = f" >= {limits}" if kind in (int, float) else ", not empty"
        return _words(kind) + atleast
    if origin is Mapping:
        return f"a mapping {{{': '.join(map(_words, inner))}}}"
    if origin in (Sequence, Iterable, Collection):
        return f"a sequence, each {_words(inner[0])}"
    if origin is tuple:
        return f"({', '.join(map(_words, inner))})"
    name = hint.__name__
    return f"{'an' if name[0] in 'AEIO' else 'a'} {name}"
