"""The elements of an iterable that pydantic would check only when they are read."""

from dataclasses import fields, is_dataclass

from samplers.api.structured.schema import problems


def read_elements(value):
    """A validated `value` with a list in place of each lazy iterable in it, its elements checked.

    Pydantic takes any list for an ``Iterable[int]`` or a Generator, also as a field of a model, and
    raises its error in the code that reads it. Here it is a ValueError that says where. Models,
    dataclasses, lists and dicts are changed in place, frozen or not.
    """
    return _read(value, set())


def _read(value, seen: set[int]):
    if type(value).__name__ == "ValidatorIterator":  # pydantic_core's, which does not export it
        value = _elements(value)
    if id(value) in seen:  # a validator may link objects in a circle
        return value

    seen.add(id(value))
    for key, inner in _members(value):
        try:
            checked = _read(inner, seen)
        except ValueError as error:
            raise ValueError(f"{key}.{error}") from None
        if checked is inner:
            continue
        if isinstance(value, list | dict):
            value[key] = checked
        else:
            object.__setattr__(value, key, checked)
    return value


def _elements(iterator) -> list:
    from pydantic import ValidationError  # here, for a fast start

    try:
        return list(iterator)
    except ValidationError as error:
        raise ValueError(problems(error)) from None


def _members(value) -> list[tuple]:
    """(key, member) of a list, a dict, a model or a dataclass; [] for anything else."""
    if isinstance(value, list):
        return list(enumerate(value))
    if isinstance(value, dict):
        return list(value.items())
    names = [field.name for field in fields(value)] if is_dataclass(value) else ()
    names = names or getattr(type(value), "__pydantic_fields__", ())
    return [(name, getattr(value, name)) for name in names if hasattr(value, name)]
