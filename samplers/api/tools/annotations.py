"""The type of a parameter: text resolved, and every element of it checked."""

import inspect
import types
import typing
from collections import abc
from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Annotated, Literal, Union

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


def checkable(annotation):
    """`annotation`, and each type inside it, as one that pydantic checks, from JSON and at once.

    A list takes the place of an abstract container, ``list[int]`` that of ``Iterable[int]``; an
    Iterator is made from a checked list. A Literal of an enum's members takes their values.
    """
    from pydantic import AfterValidator, BeforeValidator  # here, for a fast start

    origin = typing.get_origin(annotation) or annotation
    arguments = typing.get_args(annotation)
    if origin is Literal and any(isinstance(argument, Enum) for argument in arguments):
        return Annotated[annotation, BeforeValidator(partial(_member, arguments))]

    inner = tuple(checkable(argument) for argument in arguments)
    if origin in LISTS:
        return list[inner]
    if origin in GENERATORS:
        return Annotated[list[inner[:1]], AfterValidator(_generator)]
    if inner == arguments:
        return annotation
    return Union[inner] if origin is types.UnionType else origin[inner]  # noqa: UP007 - a tuple


def annotated(annotation, metadata: list):
    """`annotation` with pydantic's constraints on it."""
    return Annotated[(annotation, *metadata)] if metadata else annotation


def _member(members: tuple, value):
    """The enum's member that `value` is the value of; `value` itself if there is none."""
    for member in members:
        if isinstance(member, Enum) and (type(member.value), member.value) == (type(value), value):
            return member
    return value


def _generator(values: list):
    yield from values
