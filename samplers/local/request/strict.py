"""OpenAI's strict subset of JSON Schema, and its API's words for what is outside.

The rules and limits are those of OpenAI's guide to Structured Outputs, "Supported schemas". Where
it is silent: how levels are counted and that a type is needed also beside an enum or a const is in
the check that OpenAI's Java SDK makes before it sends (JsonSchemaValidator, 2025).
`samplers.api.why_not_strict` tells a learner the same before a request; a test holds the two
together.
"""

from collections.abc import Callable, Iterable

from samplers.local.request.errors import ApiError
from samplers.local.request.subschemas import MAPS, level, resolves, subschemas

Refuse = Callable[[str], ApiError]
STRING_FORMATS = {
    "date-time",
    "time",
    "date",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uuid",
}
_RANGE = ("multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
ANYWHERE = {
    "type",
    "enum",
    "const",
    "anyOf",
    "$ref",
    "$defs",
    "definitions",
    "title",
    "description",
    "$schema",
}
OF_TYPE = {
    "string": ("pattern", "format"),
    "number": _RANGE,
    "integer": _RANGE,
    "array": ("items", "minItems", "maxItems"),
    "object": ("properties", "required", "additionalProperties"),
    "boolean": (),
    "null": (),
}
SCALARS = {
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "null": type(None),
}
PROPERTIES, LEVELS, STRINGS, ENUMS = 5000, 10, 120_000, 1000
MANY_ENUMS, ENUM_STRINGS = 250, 15_000


def check_strict(schema: dict, refuse: Refuse) -> None:
    """ApiError if a JSON Schema is not in the subset."""
    _limits(schema, refuse)
    for context, part in subschemas(schema):
        _part(
            context,
            part,
            schema,
            lambda text, context=context: refuse(f"In context={context}, {text}"),
        )


def _part(context: tuple, part, root: dict, wrong: Refuse) -> None:
    """One schema of a strict one."""
    if context and context[-1] == "additionalProperties" and part is False:
        return
    if not isinstance(part, dict):
        raise wrong("schema must be an object.")
    if not context and "anyOf" in part:
        raise wrong("'anyOf' is not permitted at the root.")
    if "$ref" in part:
        _ref(part, root, wrong)
        return
    types = _types(part)
    allowed = ANYWHERE.union(*(OF_TYPE[kind] for kind in types))
    for keyword in part:
        if keyword not in allowed:
            raise wrong(f"'{keyword}' is not permitted.")
    if not types and "anyOf" not in part:
        raise wrong("schema must have a 'type' key.")
    if part.get("format") is not None and part["format"] not in STRING_FORMATS:
        raise wrong(f"'{part['format']}' is not a supported format.")
    _values(part, types, wrong)
    if "object" in types:
        _object(part, wrong)
    if "array" in types and "items" not in part:
        raise wrong("array schema missing items.")


def _types(part: dict) -> list[str]:
    kind = part.get("type", [])
    return [kind] if isinstance(kind, str) else kind


def _ref(part: dict, root: dict, wrong: Refuse) -> None:
    others = ", ".join(map(repr, sorted(part.keys() - {"$ref"})))
    if others:
        raise wrong(f"$ref cannot have keywords {{{others}}}.")
    if not resolves(part["$ref"], root):
        raise wrong(f"reference to component '{part['$ref']}' which was not found in the schema.")


def _values(part: dict, types: list[str], wrong: Refuse) -> None:
    """The values of enum and const: simple ones, of the schema's own type."""
    if part.get("enum") == []:
        raise wrong("[] should be non-empty.")
    for keyword, values in (
        ("enum", part.get("enum", ())),
        ("const", [part["const"]] if "const" in part else ()),
    ):
        for value in values:
            if not any(_is(value, kind) for kind in types or SCALARS):
                against = {"type": part["type"]} if types else {"type": list(SCALARS)}
                raise wrong(
                    f"{keyword} value {str(value)[:80]} does not validate against {against}."
                )


def _is(value, kind: str) -> bool:
    if isinstance(value, bool):  # Python's True is an int, JSON's is not
        return kind == "boolean"
    return isinstance(value, SCALARS.get(kind, ()))


def _object(part: dict, wrong: Refuse) -> None:
    if part.get("additionalProperties") is not False:
        raise wrong("'additionalProperties' is required to be supplied and to be false.")
    if "properties" not in part:
        raise wrong("object schema missing properties.")
    names, required = part["properties"], part.get("required", ())
    begin = "'required' is required to be supplied and to be an array including every key in properties."
    for name in names:
        if name not in required:
            raise wrong(f"{begin} Missing '{name}'.")
    for name in required:
        if name not in names:
            raise wrong(f"{begin} Extra required key '{name}' supplied.")


def _limits(schema: dict, refuse: Refuse) -> None:
    """The sizes that the guide sets."""
    properties = strings = enums = deepest = 0
    for context, part in subschemas(schema):
        if not isinstance(part, dict):
            continue
        values = [*part.get("enum", ()), *([part["const"]] if "const" in part else [])]
        properties += len(part.get("properties", ()))
        strings += sum(_length(part.get(keyword, ())) for keyword in MAPS) + _length(values)
        enums += len(part.get("enum", ()))
        deepest = max(deepest, level(context))
        if len(part.get("enum", ())) > MANY_ENUMS and _length(part["enum"]) > ENUM_STRINGS:
            text = f"an enum of {len(part['enum'])} values has {_length(part['enum'])} characters, which"
            raise refuse(f"In context={context}, {text} exceeds limit of {ENUM_STRINGS}.")
    for number, name, most in (
        (deepest, "levels of nesting", LEVELS),
        (properties, "parameters", PROPERTIES),
        (strings, "characters in names, enum and const values", STRINGS),
        (enums, "enum values", ENUMS),
    ):
        if number > most:
            raise refuse(f"{number} {name} exceeds limit of {most}.")


def _length(values: Iterable) -> int:
    return sum(len(value) for value in values if isinstance(value, str))
