"""Fields that say nothing, and fields that another form has no place for."""

from collections.abc import Collection


def without_nulls(data: dict) -> dict:
    """The fields that say something: null means the same as no field."""
    return {name: value for name, value in data.items() if value is not None}


def say_rest(data: dict, known: Collection[str], place: str, lost: list[str], form: str) -> None:
    """Names in `lost` every field of `data` that is not `known` and holds something.

    `place`: where `data` stands, "" for the whole body.
    """
    for name, value in data.items():
        if name not in known and value not in (None, [], {}, ""):
            where = f"{place}.{name}" if place else name
            lost.append(f"{where}: {form} has no such field; left out.")
