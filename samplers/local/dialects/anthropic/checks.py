"""Checks of a request's values: functions (place, value) -> value, with Anthropic's errors.

`place` is where the value stands, such as "messages.0.content.1.text.text". Anthropic's sentences
are those of pydantic, which its API shows as they are: "max_tokens: Field required" (examples in
public reports, 2024 to 2026-10, third-party). A field may be null only where its SDK's type says
so (anthropic 2.14.0).
"""

import re
from collections.abc import Callable, Mapping

from samplers.local.request.errors import ApiError, bad_request, short

Check = Callable[[str, object], object]
EXTRA = "Extra inputs are not permitted"
MISSING = "Field required"


def wrong(place: str, text: str) -> ApiError:
    """The error that the value at a place is wrong."""
    return bad_request(f"{place}: {text}", place)


def string(place: str, value) -> str:
    """A text."""
    if not isinstance(value, str):
        raise wrong(place, "Input should be a valid string")
    return value


def boolean(place: str, value) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise wrong(place, "Input should be a valid boolean")
    return value


def mapping(place: str, value) -> dict:
    """An object with any fields."""
    if not isinstance(value, dict):
        raise wrong(place, "Input should be a valid dictionary")
    return value


def integer(least: int) -> Check:
    """An integer, written without a decimal point."""

    def check(place: str, value) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong(place, "Input should be a valid integer")
        if value < least:
            raise wrong(place, f"must be greater than or equal to {least}")
        return value

    return check


def fraction(place: str, value) -> float:
    """A number from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong(place, "Input should be a valid number")
    if not 0 <= value <= 1:
        raise wrong(place, "range: 0..1")
    return float(value)


def items(check_item: Check) -> Check:
    """A list with `check_item` for each item."""

    def check(place: str, value) -> list:
        if not isinstance(value, list):
            raise wrong(place, "Input should be a valid list")
        return [check_item(f"{place}.{i}", item) for i, item in enumerate(value)]

    return check


def literal(*allowed: str) -> Check:
    """One of some strings."""
    *others, last = [f"'{each}'" for each in allowed]
    expected = f"{', '.join(others)} or {last}" if others else last

    def check(place: str, value) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise wrong(place, f"Input should be {expected}")
        return value

    return check


def pattern(expression: str) -> Check:
    """A text that a regular expression matches as a whole."""

    def check(place: str, value) -> str:
        if not re.fullmatch(expression, string(place, value)):
            raise wrong(place, f"String should match pattern '^{expression}$'")
        return value

    return check


def nullable(check_value: Check) -> Check:
    """A value that may be null."""
    return lambda place, value: None if value is None else check_value(place, value)


def unsupported(what: str) -> Check:
    """A field that Anthropic has and the local model has not: it may only be null."""

    def check(place: str, value) -> None:
        if value is not None:
            raise wrong(place, f"{what} not supported on this model")

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    """An object with these fields and no others -> the checked values of those that it has.

    The fields that are known come first, in their order, then the unknown ones.
    """
    known = {**required, **optional}

    def check(place: str, value) -> dict:
        prefix = f"{place}." if place else ""
        if not isinstance(value, dict):
            text = "Input should be a valid dictionary"
            raise wrong(place, text) if place else bad_request(text)
        checked = {}
        for name, check_field in known.items():
            if name in value:
                checked[name] = check_field(f"{prefix}{name}", value[name])
            elif name in required:
                raise wrong(f"{prefix}{name}", MISSING)
        for name in value:
            if name not in known:
                raise wrong(f"{prefix}{name[:80]}", EXTRA)
        return checked

    return check


def tagged(kinds: Mapping[str, Check]) -> Check:
    """An object whose "type" says which check its other fields are for.

    The place of these has the type, too.
    """
    expected = ", ".join(f"'{kind}'" for kind in kinds)

    def check(place: str, value) -> dict:
        kind = mapping(place, value).get("type")
        if "type" not in value:
            raise wrong(f"{place}.type", MISSING)
        if string(f"{place}.type", kind) not in kinds:
            raise wrong(
                place,
                f"Input tag '{short(kind)}' found using 'type' does not match any of the expected "
                f"tags: {expected}",
            )
        rest = {name: field for name, field in value.items() if name != "type"}
        return {"type": kind} | kinds[kind](f"{place}.{kind}", rest)

    return check
