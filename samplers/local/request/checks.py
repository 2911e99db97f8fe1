"""Checks of single values in a request, functions (name, value) -> value; they raise OpenAI's
errors.
"""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from math import isfinite

from samplers.local.request.errors import ApiError, bad_request

Check = Callable[[str, object], object]


def kind_of(value) -> str:
    """What OpenAI's messages call a JSON value."""
    names = {
        bool: "a boolean",
        int: "an integer",
        float: "a decimal number",
        str: "a string",
        list: "an array",
        dict: "an object",
    }
    return names.get(type(value), "null")


def wrong_type(name: str, expected: str, value):
    return bad_request(
        f"Invalid type for '{name}': expected {expected}, but got {kind_of(value)} instead.",
        name,
        "invalid_type",
    )


def wrong_value(name: str, value, allowed):
    return bad_request(
        f"Invalid value: '{value}'. Supported values are: {listed(allowed, 'and')}.",
        name,
        "invalid_value",
    )


def listed(items, last: str) -> str:
    """'a', 'b', and 'c', with `last` for "and"."""
    quoted = [f"'{item}'" for item in items]
    if len(quoted) < 3:
        return f" {last} ".join(quoted)
    return f"{', '.join(quoted[:-1])}, {last} {quoted[-1]}"


def _in_range(name: str, value, kind: str, low, high):
    if low is not None and value < low:
        message = f"Invalid '{name}': {kind} below minimum value. Expected a value >= {low}, but got {short(value)} instead."
        raise bad_request(message, name, f"{kind}_below_min_value")
    if high is not None and value > high:
        message = f"Invalid '{name}': {kind} above maximum value. Expected a value <= {high}, but got {short(value)} instead."
        raise bad_request(message, name, f"{kind}_above_max_value")
    return value


def short(value) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "..."


def decimal(low: float, high: float) -> Check:
    """A finite number, a bool excepted, in [low, high]."""

    def check(name: str, value) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong_type(name, "a decimal", value)
        if isinstance(value, float) and not isfinite(value):  # 1e400 in JSON
            raise bad_request(f"Invalid '{name}': expected a finite number.", name, "invalid_value")
        return float(_in_range(name, value, "decimal", low, high))

    return check


def integer(low: int | None = None, high: int | None = None) -> Check:
    """An integer, written without a decimal point, in [low, high]."""

    def check(name: str, value) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong_type(name, "an integer", value)
        return _in_range(name, value, "integer", low, high)

    return check


def boolean(name: str, value) -> bool:
    if not isinstance(value, bool):
        raise wrong_type(name, "a boolean", value)
    return value


def string(longest: int | None = None) -> Check:
    """A text that UTF-8 can hold (JSON can escape half a surrogate pair, which is no text), at most
    `longest` long.
    """

    def check(name: str, value) -> str:
        if not isinstance(value, str):
            raise wrong_type(name, "a string", value)
        try:
            value.encode()
        except UnicodeEncodeError:
            raise bad_request(
                f"Invalid '{name}': the text is not valid Unicode.", name, "invalid_value"
            ) from None
        if longest is not None and len(value) > longest:
            message = f"Invalid '{name}': string too long. Expected a string with maximum length {longest}, "
            message += f"but got a string with length {len(value)} instead."
            raise bad_request(message, name, "string_above_max_length")
        return value

    return check


def pattern(expression: str, longest: int) -> Check:
    """A text that a regular expression matches as a whole, at most `longest` long."""

    def check(name: str, value) -> str:
        if not re.fullmatch(expression, string(longest)(name, value)):
            message = f"Invalid '{name}': string does not match pattern. Expected a string that matches the pattern "
            raise bad_request(f"{message}'^{expression}$'.", name, "invalid_value")
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
    """An array with `check_item` for each item."""

    def check(name: str, value) -> list:
        if not isinstance(value, list):
            raise wrong_type(name, f"an array{of}", value)
        if len(value) < shortest:
            message = (
                f"Invalid '{name}': empty array. Expected an array with minimum length {shortest}, "
            )
            raise bad_request(message + "but got an empty array instead.", name, "empty_array")
        if longest is not None and len(value) > longest:
            message = f"Invalid '{name}': array too long. Expected an array with maximum length {longest}, "
            message += f"but got an array with length {len(value)} instead."
            raise bad_request(message, name, "array_above_max_length")
        return [check_item(f"{name}[{i}]", item) for i, item in enumerate(value)]

    return check


def mapping(check_value: Check, most: int | None = None, longest_key: int | None = None) -> Check:
    """An object with `check_value` for each value."""

    def check(name: str, value) -> dict:
        if not isinstance(value, dict):
            raise wrong_type(name, "an object", value)
        if most is not None and len(value) > most:
            message = f"Invalid '{name}': too many properties. Expected an object with at most {most} properties, "
            message += f"but got an object with {len(value)} properties instead."
            raise bad_request(message, name, "object_above_max_properties")
        for key in value:
            if len(string()(name, key)) > (longest_key or len(key)):
                message = f"Invalid property name in '{name}': '{key[:3]}...{key[-3:]}' is too long. Expected a string "
                message += f"with maximum length {longest_key}, but got a string with length {len(key)} instead."
                raise bad_request(message, f"{name}.{key[:200]}", "property_name_above_max_length")
        return {key: check_value(f"{name}.{key}", item) for key, item in value.items()}

    return check


def known(name: str, value, *fields: str) -> dict:
    """An object with no fields but the given ones."""
    if not isinstance(value, dict):
        raise wrong_type(name, "an object", value)
    for field in value:
        if field not in fields:
            raise unknown(f"{name}.{field}")
    return value


def needed(name: str, value: dict, field: str):
    """A field that must be there and not be null."""
    if value.get(field) is None:
        raise missing(f"{name}.{field}")
    return value[field]


def missing(name: str) -> ApiError:
    """A required field is not there."""
    return bad_request(f"Missing required parameter: '{name}'.", name, "missing_required_parameter")


def unsupported(name: str, instead: str = "") -> ApiError:
    """OpenAI has this, this endpoint does not."""
    message = f"Unsupported parameter: '{name}' is not supported with this model.{instead}"
    return bad_request(message, name, "unsupported_parameter")


def unknown(name: str, known_names: Iterable[str] = ()) -> ApiError:
    """Nobody has this; perhaps one of the known names was meant."""
    close = sorted(get_close_matches(name[:80], known_names, 3, 0.7))
    hint = f" Did you mean {listed(close, 'or')}?" if close else ""
    return bad_request(f"Unknown parameter: '{name[:80]}'.{hint}", name[:80], "unknown_parameter")
