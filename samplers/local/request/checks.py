"""Checks of a request's values: functions (name, value) -> value that raise OpenAI's errors.

`name` is the value's place in the request, such as "messages[0].content".
"""

import re
from collections.abc import Callable
from math import isfinite

from samplers.local.request.errors import (
    bad_request,
    listed,
    missing,
    short,
    unknown,
    wrong_type,
    wrong_value,
)
from samplers.params import RANGES

Check = Callable[[str, object], object]


def parameter(name: str) -> Check:
    """The check of one of the sampling parameters in samplers.params.RANGES."""
    kind, low, high = RANGES[name]
    return integer(low, high) if kind is int else decimal(low, high)


def decimal(low: float | None = None, high: float | None = None) -> Check:
    """A finite number, not a bool, in [low, high]."""

    def check(name: str, value) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong_type(name, "a decimal", value)
        if isinstance(value, float) and not isfinite(value):  # 1e400 in JSON
            raise bad_request(f"Invalid '{name}': expected a finite number.", name, "invalid_value")
        _check_range(name, value, "decimal", low, high)
        try:
            return float(value)
        except OverflowError:  # an integer, where the range has no end
            raise bad_request(
                f"Invalid '{name}': expected a finite number.", name, "invalid_value"
            ) from None

    return check


def integer(low: int | None = None, high: int | None = None) -> Check:
    """An integer, written without a decimal point, in [low, high]."""

    def check(name: str, value) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong_type(name, "an integer", value)
        _check_range(name, value, "integer", low, high)
        return value

    return check


def whole_number(name: str, text: str) -> int:
    """The integer that the text of a form's field or a query's is."""
    if re.fullmatch(r"[+-]?[0-9]{1,18}", text) is None:
        raise wrong_type(name, "an integer", text)
    return int(text)


def _check_range(name: str, value, kind: str, low, high) -> None:
    if low is not None and value < low:
        message = (
            f"Invalid '{name}': {kind} below minimum value. "
            f"Expected a value >= {low}, but got {short(value)} instead."
        )
        raise bad_request(message, name, f"{kind}_below_min_value")
    if high is not None and value > high:
        message = (
            f"Invalid '{name}': {kind} above maximum value. "
            f"Expected a value <= {high}, but got {short(value)} instead."
        )
        raise bad_request(message, name, f"{kind}_above_max_value")


def boolean(name: str, value) -> bool:
    if not isinstance(value, bool):
        raise wrong_type(name, "a boolean", value)
    return value


def string(longest: int | None = None) -> Check:
    """A text, at most `longest` characters long."""

    def check(name: str, value) -> str:
        if not isinstance(value, str):
            raise wrong_type(name, "a string", value)
        if longest is not None and len(value) > longest:
            message = (
                f"Invalid '{name}': string too long. Expected a string with maximum length "
                f"{longest}, but got a string with length {len(value)} instead."
            )
            raise bad_request(message, name, "string_above_max_length")

        return value

    return check


def pattern(expression: str, longest: int) -> Check:
    """A text that a regular expression matches as a whole, at most `longest` characters long."""

    def check(name: str, value) -> str:
        if not re.fullmatch(expression, string(longest)(name, value)):
            message = (
                f"Invalid '{name}': string does not match pattern. "
                f"Expected a string that matches the pattern '^{expression}$'."
            )
            raise bad_request(message, name, "invalid_value")
        return value

    return check


def one_of(*allowed: str) -> Check:
    """One of the given strings."""

    def check(name: str, value) -> str:
        if not isinstance(value, str):
            raise wrong_type(name, f"one of {listed(allowed, 'or')}", value)
        if value not in allowed:
            raise wrong_value(name, short(value), allowed)
        return value

    return check


def array(check_item: Check, shortest: int, longest: int | None = None, of: str = "") -> Check:
    """An array with `check_item` for each item. Errors call it "an array" + `of`."""

    def check(name: str, value) -> list:
        if not isinstance(value, list):
            raise wrong_type(name, f"an array{of}", value)
        if len(value) < shortest:
            message = (
                f"Invalid '{name}': empty array. Expected an array with minimum length "
                f"{shortest}, but got an empty array instead."
            )
            raise bad_request(message, name, "empty_array")
        if longest is not None and len(value) > longest:
            message = (
                f"Invalid '{name}': array too long. Expected an array with maximum length "
                f"{longest}, but got an array with length {len(value)} instead."
            )
            raise bad_request(message, name, "array_above_max_length")

        return [check_item(f"{name}[{i}]", item) for i, item in enumerate(value)]

    return check


def mapping(check_value: Check, most: int | None = None, longest_key: int | None = None) -> Check:
    """An object with `check_value` for each value, and at most `most` keys."""

    def check(name: str, value) -> dict:
        if not isinstance(value, dict):
            raise wrong_type(name, "an object", value)
        if most is not None and len(value) > most:
            message = (
                f"Invalid '{name}': too many properties. Expected an object with at most {most} "
                f"properties, but got an object with {len(value)} properties instead."
            )
            raise bad_request(message, name, "object_above_max_properties")
        for key in value:
            _check_key(name, key, longest_key)

        return {key: check_value(f"{name}.{key}", item) for key, item in value.items()}

    return check


def _check_key(name: str, key: str, longest: int | None) -> None:
    if longest is not None and len(key) > longest:
        message = (
            f"Invalid property name in '{name}': '{key[:3]}...{key[-3:]}' is too long. Expected a "
            f"string with maximum length {longest}, but got a string with length {len(key)} "
            "instead."
        )
        raise bad_request(message, f"{name}.{key[:200]}", "property_name_above_max_length")


def only_fields(name: str, value, *fields: str) -> dict:
    """An object with no fields but the given ones."""
    if not isinstance(value, dict):
        raise wrong_type(name, "an object", value)
    for field in value:
        if field not in fields:
            raise unknown(f"{name}.{field}")
    return value


def required(name: str, value: dict, field: str):
    """The value of a field that must be present and not null."""
    if value.get(field) is None:
        raise missing(f"{name}.{field}")
    return value[field]
