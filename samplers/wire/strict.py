"""OpenAI's strict subset of JSON Schema, and what its API says about a schema outside it.

Source: OpenAI's guide "Structured model outputs", section "Supported schemas", as it stood in
February 2026. Two rules are not in the guide: no keywords beside `$ref`, which the API's errors
show, and a type beside an enum or a const, which OpenAI's Java SDK (JsonSchemaValidator, 2025) and
reports of the API's errors agree on.

The gateway raises the first fault; `samplers.api.why_not_strict` lists them all.
"""

from collections.abc import Iterator
from typing import NamedTuple

from samplers.wire.malformed import is_of_type, malformed, shown, types_of
from samplers.wire.strict_limits import exceeded
from samplers.wire.subschemas import resolve, subschemas

STRING_FORMATS = {
    *("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
}
_RANGE = {"multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
KEYWORDS = {  # JSON's types, and the keywords that each one allows
    "string": {"pattern", "format"},
    "number": _RANGE,
    "integer": _RANGE,
    "boolean": set(),
    "null": set(),
    "array": {"items", "minItems", "maxItems"},
    "object": {"properties", "required", "additionalProperties"},
}
ANYWHERE = {
    *("type", "description", "title", "enum", "const", "anyOf"),
    *("$ref", "$defs", "definitions", "$schema"),
}
SCALARS = ("string", "number", "integer", "boolean", "null")  # types of an enum's or const's values


class Fault(NamedTuple):
    """What is wrong, in OpenAI's words, and where; `context` is None for the schema as a whole."""

    context: tuple[str, ...] | None
    text: str

    @property
    def message(self) -> str:
        """The sentence as the API writes it."""
        return self.text if self.context is None else f"In context={self.context}, {self.text}"


def strict_faults(schema) -> Iterator[Fault]:
    """Every fault of a schema that is meant to be strict, in the order in which the API looks.

    It looks for what is no JSON Schema at all, then at the root's type, then at the sizes, and last
    at each schema from the outside in.
    """
    if not isinstance(schema, dict):
        yield Fault((), "schema must be an object.")
        return

    for context, _, part in subschemas(schema):
        yield from (Fault((*context, *keys), text) for keys, text in malformed(part))
    yield from root_faults(schema)
    yield from (Fault(context, text) for context, text in exceeded(schema))
    for context, _, part in subschemas(schema):
        yield from (Fault(context, text) for text in _faults(context, part, schema))


def root_faults(schema: dict) -> Iterator[Fault]:
    """The fault of a schema that is not an object's, whether it is meant to be strict or not."""
    if schema.get("type") != "object":
        kind = shown(schema["type"]).replace("'", '"') if "type" in schema else '"None"'
        text = f"schema must be a JSON Schema of 'type: \"object\"', got 'type: {kind}'."
        yield Fault(None, text)


def _faults(context: tuple[str, ...], part, root: dict) -> Iterator[str]:
    """What is wrong with one schema of a strict one, whatever is inside it."""
    if isinstance(part, bool):
        yield "schema must be an object."
    if not isinstance(part, dict):
        return
    types = types_of(part)
    if types is None:  # reported as malformed
        return

    if not context and "anyOf" in part:
        yield "'anyOf' is not permitted at the root."
    if "$ref" in part:
        yield from _ref_faults(part, root)
        return

    allowed = ANYWHERE.union(*(KEYWORDS[kind] for kind in types))
    yield from (f"'{keyword}' is not permitted." for keyword in part if keyword not in allowed)
    if not types and "anyOf" not in part:
        yield "schema must have a 'type' key."
    if isinstance(part.get("format"), str) and part["format"] not in STRING_FORMATS:
        yield f"'{part['format']}' is not a supported format."
    yield from _value_faults(part, types)
    if "object" in types:
        yield from _object_faults(part)
    if "array" in types and "items" not in part:
        yield "array schema missing items."


def _ref_faults(part: dict, root: dict) -> Iterator[str]:
    others = ", ".join(map(repr, sorted(part.keys() - {"$ref"}, key=str)))
    if others:
        yield f"$ref cannot have keywords {{{others}}}."
    ref = part["$ref"]
    if isinstance(ref, str) and resolve(ref, root) is None:
        yield f"reference to component '{ref}' which was not found in the schema."


def _value_faults(part: dict, types: list[str]) -> Iterator[str]:
    """The values of enum and const: scalars of the schema's own type."""
    if part.get("enum") == []:
        yield "[] should be non-empty."

    given = {"enum": part.get("enum", [])}
    if "const" in part:
        given["const"] = [part["const"]]
    against = {"type": part["type"]} if types else {"type": list(SCALARS)}
    allowed = [kind for kind in types or SCALARS if kind in SCALARS]
    for keyword, values in given.items():
        for value in values if isinstance(values, list) else ():
            if not any(is_of_type(value, kind) for kind in allowed):
                text = value if isinstance(value, str) else shown(value)
                yield f"{keyword} value {text[:80]} does not validate against {against}."


def _object_faults(part: dict) -> Iterator[str]:
    if part.get("additionalProperties") is not False:
        yield "'additionalProperties' is required to be supplied and to be false."

    if "properties" not in part:
        yield "object schema missing properties."
        return
    properties = part["properties"]
    required = part.get("required", [])
    is_list_of_names = isinstance(required, list) and all(isinstance(n, str) for n in required)
    if not isinstance(properties, dict) or not is_list_of_names:
        return  # reported as malformed

    rule = "'required' is required to be supplied and to be an array including every key in "
    rule += "properties."
    required_names = set(required)
    missing = [name for name in properties if name not in required_names]
    extra = [name for name in required if name not in properties]
    yield from (f"{rule} Missing '{name}'." for name in missing)
    yield from (f"{rule} Extra required key '{name}' supplied." for name in extra)
