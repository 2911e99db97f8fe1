"""Values that make a schema no JSON Schema, for the keywords of OpenAI's strict subset.

The rules are those of JSON Schema's meta-schema (draft 2020-12), and the words those of the
`jsonschema` package, whose words OpenAI's errors have, too. The gateway uses that package, as it
knows every keyword; this module needs the standard library alone.
"""

from collections.abc import Iterator
from reprlib import Repr

from samplers.wire.pattern import is_pattern

TYPES = {
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "null": type(None),
    "array": list,
    "object": dict,
}
_STRING = ("title", "description", "$schema", "$ref", "pattern", "format")
_NUMBER = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_SIZE = ("minItems", "maxItems")
_KIND = {  # keyword: the type of its value
    **dict.fromkeys(_STRING, "string"),
    **dict.fromkeys(_NUMBER, "number"),
    **dict.fromkeys(_SIZE, "integer"),
    **dict.fromkeys(("enum", "required", "anyOf"), "array"),
    **dict.fromkeys(("properties", "$defs", "definitions"), "object"),
}

_repr = Repr()  # for values of any size and depth
_repr.maxstring = _repr.maxother = 200
_repr.maxlist = _repr.maxdict = 50


def malformed(schema) -> Iterator[tuple[tuple[str, ...], str]]:
    """(keys that lead to it, what is wrong) for each value right inside a schema."""
    if isinstance(schema, bool):
        return
    if not isinstance(schema, dict):
        yield (), f"{shown(schema)} is not of type 'object', 'boolean'."
        return

    if types_of(schema) is None:
        yield ("type",), f"{shown(schema['type'])} is not valid under any of the given schemas."
    for keyword, value in schema.items():
        kind = _KIND.get(keyword)
        if kind is None:
            continue
        if keyword in _SIZE and isinstance(value, float) and value.is_integer():
            value = int(value)  # JSON does not distinguish 2.0 from 2

        if not is_of_type(value, kind):
            yield (keyword,), f"{shown(value)} is not of type '{kind}'."
        else:
            yield from (((keyword, *keys), text) for keys, text in _wrong_value(keyword, value))


def _wrong_value(keyword: str, value) -> Iterator[tuple[tuple[str, ...], str]]:
    """What a value of the right type can still have wrong."""
    if keyword in _SIZE and value < 0:
        yield (), f"{value} is less than the minimum of 0."
    if keyword == "multipleOf" and value <= 0:
        yield (), f"{value} is less than or equal to the minimum of 0."
    if keyword == "anyOf" and not value:
        yield (), "[] should be non-empty."
    if keyword == "pattern" and not is_pattern(value):
        yield (), f"{shown(value)} is not a 'regex'."
    if keyword == "required":
        yield from _wrong_names(value)


def _wrong_names(required: list) -> Iterator[tuple[tuple[str, ...], str]]:
    not_text = [i for i, name in enumerate(required) if not isinstance(name, str)]
    yield from (((str(i),), f"{shown(required[i])} is not of type 'string'.") for i in not_text)
    if not not_text and len(set(required)) < len(required):
        yield (), f"{shown(required)} has non-unique elements."


def types_of(schema: dict) -> list[str] | None:
    """The types that a schema names: [] if it names none, None if they are no types of JSON."""
    if "type" not in schema:
        return []
    names = schema["type"]
    if isinstance(names, str):
        names = [names]
    if not isinstance(names, list) or not names:
        return None

    known = all(isinstance(name, str) and name in TYPES for name in names)
    return names if known and len(set(names)) == len(names) else None


def is_of_type(value, kind: str) -> bool:
    """Whether a JSON value is of one of JSON's types; 2.0 counts as a number, not an integer."""
    if isinstance(value, bool):  # Python's True is an int, JSON's is not
        return kind == "boolean"
    return isinstance(value, TYPES[kind])


def shown(value) -> str:
    """A value as Python writes it, cut where it is long or deep."""
    return _repr.repr(value)
