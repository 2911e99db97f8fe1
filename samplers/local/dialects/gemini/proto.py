"""Proto JSON: how Google reads a request's JSON by the messages of its protobuf definitions.

A reader takes (place, value) and returns the value, or raises ApiError (400) in the words of
Google's parser, as public bug reports quote them (anomalyco/opencode#11889, zed#44875,
gera2ld/ai.nvim#13; 2024 to 2026). A name may be written in snake_case or camelCase, which only
this file knows: what is read has snake_case. Null is as good as absent. A number may come as a
string, an enum's name in small letters, and one value stands for a list of one.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable
from math import isfinite

from samplers.local.request.errors import ApiError, bad_request, short

Reader = Callable[[str, object], object]
TYPES = "type.googleapis.com/google.ai.generativelanguage.v1beta."
DEEPEST = 100  # levels: the parser's own limit
INVALID = "Invalid JSON payload received."
NO_LIST = "Proto field is not repeating, cannot start list."


def invalid_value(place: str, kind: str, value) -> ApiError:
    """A value is not of its field's type."""
    shown = json.dumps(value, ensure_ascii=False, default=str) if _is_shallow(value) else "…"
    return bad_request(f"Invalid value at '{place}' ({kind}), {shown[:200]}", place)


def unknown_name(place: str, name: str, why: str) -> ApiError:
    """The parser's sentence on a name in the message at `place`, which is "" for the whole."""
    at = f" at '{place}'" if place else ""
    return bad_request(f'{INVALID} Unknown name "{name[:80]}"{at}: {why}', place or None)


def message(kind: str, fields: dict[str, Reader], one_of: tuple[str, ...] = ()) -> Reader:
    """A message of Google's type `kind`; of the fields `one_of` it may have one."""
    names = {written: name for name in fields for written in (name, _camel_case(name))}

    def read(place: str, value) -> dict:
        if isinstance(value, list):
            raise not_repeating(place)
        if not isinstance(value, dict):
            if not place:
                raise unknown_name("", "", "Root element must be a message.")
            raise invalid_value(place, TYPES + kind, value)
        if place.count(".") > DEEPEST:
            raise bad_request("Message too deep. Max recursion depth reached.", place)

        made = {}
        for written, inner in value.items():
            name = names.get(written)
            if name is None:
                raise unknown_name(place, written, "Cannot find field.")
            if inner is None:
                continue
            if name in made:
                raise unknown_name(place, written, "Proto field is already set.")
            made[name] = fields[name](f"{place}.{name}" if place else name, inner)
        _check_one_of(place, [name for name in one_of if name in made])
        return made

    return read


def not_repeating(place: str) -> ApiError:
    """A list is where one value should be: what GE3's list of types meets in a Schema."""
    outer, _, name = place.rpartition(".")
    return unknown_name(outer, name or place, NO_LIST)


def _check_one_of(place: str, given: list[str]) -> None:
    if len(given) > 1:
        set_, other = given[:2]
        what = f"oneof field '{set_}' is already set. Cannot set '{other}'"
        raise bad_request(f"Invalid value at '{place}' (oneof), {what}", place)


def _camel_case(name: str) -> str:
    return re.sub("_([a-z])", lambda match: match[1].upper(), name)


def repeated(read: Reader) -> Reader:
    """A list; one value that is no list is a list of one."""

    def read_all(place: str, value) -> list:
        items = value if isinstance(value, list) else [value]
        return [read(f"{place}[{i}]", item) for i, item in enumerate(items)]

    return read_all


def mapping(read: Reader) -> Reader:
    """A map from texts. The parser counts its entries: places in it are `…[0].value`."""

    def read_all(place: str, value) -> dict:
        if isinstance(value, list):
            raise not_repeating(place)
        if not isinstance(value, dict):
            raise invalid_value(place, "Map", value)
        return {
            key: read(f"{place}[{i}].value", item) for i, (key, item) in enumerate(value.items())
        }

    return read_all


def text(place: str, value) -> str:
    """TYPE_STRING."""
    if isinstance(value, list):
        raise not_repeating(place)
    if not isinstance(value, str):
        raise invalid_value(place, "TYPE_STRING", value)
    return value


def boolean(place: str, value) -> bool:
    """TYPE_BOOL, also as "true" and "false"."""
    if isinstance(value, list):
        raise not_repeating(place)
    known = {"true": True, "false": False}
    if isinstance(value, str) and value in known:
        return known[value]
    if not isinstance(value, bool):
        raise invalid_value(place, "TYPE_BOOL", value)
    return value


def number(place: str, value) -> float:
    """TYPE_DOUBLE, a finite one."""
    if isinstance(value, list):
        raise not_repeating(place)
    made = value
    if isinstance(value, str):
        made = _parsed(value)
    if isinstance(made, bool) or not isinstance(made, int | float) or not _fits(made):
        raise invalid_value(place, "TYPE_DOUBLE", value)
    return made


def _integer(kind: str, bits: int) -> Reader:
    def read(place: str, value) -> int:
        try:
            made = number(place, value)
        except ApiError as error:
            if isinstance(value, list):
                raise
            raise invalid_value(place, kind, value) from error
        if made != int(made) or not -(2 ** (bits - 1)) <= made < 2 ** (bits - 1):
            raise invalid_value(place, kind, value)
        return int(made)

    return read


int32 = _integer("TYPE_INT32", 32)
int64 = _integer("TYPE_INT64", 64)


def _parsed(value: str):
    """The number in a string; None if there is none."""
    if not re.fullmatch(r"-?[0-9]{1,400}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,4})?", value):
        return None
    return int(value) if value.lstrip("-").isdecimal() else float(value)


def _fits(value: float) -> bool:
    try:
        return isfinite(value)
    except OverflowError:  # an integer that no float64 holds
        return False


def data(place: str, value) -> bytes:
    """TYPE_BYTES: base64, with either alphabet."""
    try:
        letters = text(place, value).translate(str.maketrans("-_", "+/")).rstrip("=")
        return base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
    except (binascii.Error, ValueError):
        what = f'Base64 decoding failed for "{short(value)}"'
        raise bad_request(f"Invalid value at '{place}' (TYPE_BYTES), {what}", place) from None


def enum(kind: str, *names: str) -> Reader:
    """One of the names of Google's enum `kind`, the first of which means "unspecified"."""

    def read(place: str, value) -> str:
        if isinstance(value, list):
            raise not_repeating(place)
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if is_number and 0 <= value < len(names):
            return names[value]
        name = value.upper().replace("-", "_") if isinstance(value, str) else None
        if name not in names:
            raise invalid_value(place, TYPES + kind, value)
        return name

    return read


def any_value(place: str, value):
    """google.protobuf.Value: any JSON, not too deep."""
    if not _is_shallow(value):
        raise bad_request("Message too deep. Max recursion depth reached.", place)
    return value


def struct(place: str, value) -> dict:
    """google.protobuf.Struct: an object."""
    if isinstance(value, list):
        raise not_repeating(place)
    if not isinstance(value, dict):
        raise invalid_value(place, "type.googleapis.com/google.protobuf.Struct", value)
    return any_value(place, value)


def _is_shallow(value) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST):
        inner = [item.values() if isinstance(item, dict) else item for item in level]
        level = [each for items in inner for each in items if isinstance(each, dict | list)]
        if not level:
            return True
    return False
