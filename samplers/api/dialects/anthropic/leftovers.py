"""Fields that say nothing, and fields that another form has no place for."""

from collections.abc import Collection

from samplers.api.dialects.checks import tell_rest


def without_nulls(data: dict) -> dict:
    """The fields that say something: null means the same as no field."""
    return {name: value for name, value in data.items() if value is not None}


def say_rest(data: dict, known: Collection[str], place: str, lost: list[str], form: str) -> None:
    """Names in `lost` what of `data` is not `known`, as `tell_rest`, and the form that lacks it."""
    tell_rest(data, known, place, f"{form} has no such field; left out.", lost)
