"""The type of a parameter: text resolved, and every element of it checked."""

import inspect
import types
import typing
from collections import abc
from collections.abc import Callable
from typing import Annotated, Union

# Pydantic checks the elements of an Iterable or a Generator only when they are read, that is inside
# the function, and it does not know the others.
LISTS = (abc.Iterable, abc.Collection, abc.Container, abc.Reversible)
GENERATORS = (abc.Iterator, abc.Generator)


def resolved(annotation, function: Callable, scope: dict):
    """`annotation` of a parameter of `function`, with each type that is written as text evaluated.

    `scope`: the names at the place where the function is made. Raises what the evaluation raises,
    often NameError.
    """
    names = getattr(inspect.unwrap(function), "__globals__", {})
    holder = types.SimpleNamespace(__annotations__={"type": annotation})
    return typing.get_type_hints(holder, names, scope, include_extras=True)["type"]


def checked_at_once(annotation):
    """`annotation` with lists in place of abstract containers, and generators over checked lists.

    ``Iterable[int]`` becomes ``list[int]``; so do those inside another type.
    """
    origin = typing.get_origin(annotation) or annotation
    arguments = typing.get_args(annotation)
    inner = tuple(checked_at_once(argument) for argument in arguments)
    if origin in LISTS:
        return list[inner]
    if origin in GENERATORS:
        from pydantic import AfterValidator  # here, for a fast start

        return Annotated[list[inner[:1]], AfterValidator(_generator)]
    if inner == arguments:
        return annotation
    return Union[inner] if origin is types.UnionType else origin[inner]  # noqa: UP007 - a tuple


def annotated(annotation, metadata: list):
    """`annotation` with pydantic's constraints on it."""
    return Annotated[(annotation, *metadata)] if metadata else annotation


def _generator(values: list):
    yield from values
