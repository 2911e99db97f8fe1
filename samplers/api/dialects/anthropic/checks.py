"""Kinds of JSON values, checked where they stand, and what is left over."""

from collections.abc import Collection

from samplers.wire.secret import shown


def an_object(value, place: str) -> dict:
    """`value` if it is a JSON object; ValueError names the place."""
    return _of_kind(dict, "an object", value, place)


def a_list(value, place: str) -> list:
    """`value` if it is a JSON array; ValueError names the place."""
    return _of_kind(list, "a list", value, place)


def a_text(value, place: str) -> str:
    """`value` if it is a str; ValueError names the place."""
    return _of_kind(str, "a text", value, place)


def without_nulls(data: dict) -> dict:
    """The fields that say something: null means the same as no field."""
    return {name: value for name, value in data.items() if value is not None}


def say_rest(data: dict, known: Collection[str], place: str, lost: list[str], form: str) -> None:
    """Names in `lost` every field of `data` that is not `known` and holds something."""
    for name, value in data.items():
        if name not in known and value not in (None, [], {}, ""):
            where = f"{place}.{name}" if place else name
            lost.append(f"{where}: {form} has no such field; left out.")


def _of_kind(kind: type, words: str, value, place: str):
    if not isinstance(value, kind):
        raise ValueError(f"{place} must be {words}, got {shown(value)}")
    return value
