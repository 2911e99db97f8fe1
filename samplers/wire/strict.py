"""Why a JSON Schema is not one that OpenAI's Structured Outputs take with `strict`.

Source: OpenAI's guide "Structured model outputs", section "Supported schemas", as it stood in
February 2026. Its limits were raised over time: at the start (August 2024) they were 100
properties, 5 levels and 500 enum values. Two rules are not in the guide: no keywords beside `$ref`,
which the API's errors tell, and a type also where there is an enum or a const, which OpenAI's Java
SDK (JsonSchemaValidator, 2025) and reports of the API's errors agree on.
"""

from collections.abc import Iterator
from reprlib import repr  # never long, never deep
from typing import NamedTuple

from samplers.wire.strict_limits import too_much
from samplers.wire.subschemas import nodes, resolve

FORMATS = ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
NUMBER = {"multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"}
KEYWORDS = {  # by type
    "string": {"pattern", "format"},
    "number": NUMBER,
    "integer": NUMBER,
    "boolean": set(),
    "null": set(),
    "array": {"items", "minItems", "maxItems"},
    "object": {"properties", "required", "additionalProperties"},
}
ANYWHERE = {
    "type",
    "description",
    "title",
    "enum",
    "const",
    "anyOf",
    "$ref",
    "$defs",
    "definitions",
    "$schema",
}
KINDS = {  # of what a keyword's value is, where no rule of its own says that
    **dict.fromkeys(("title", "description", "$schema", "pattern"), "a string"),
    **dict.fromkeys(("$defs", "definitions"), "an object of schemas"),
    **dict.fromkeys(("minItems", "maxItems"), "an integer >= 0"),
    **dict.fromkeys(NUMBER, "a number"),
    "multipleOf": "a number > 0",
}
PYTHON = {"string": str, "number": int | float, "integer": int, "boolean": bool, "null": type(None)}


class Reason(NamedTuple):
    """What is wrong, and where: a JSON pointer such as "#/properties/price", "#" for the root."""

    path: str
    reason: str


def why_not_strict(schema) -> list[Reason]:
    """Every reason why `schema` is not strict, in its order; [] if it is."""
    if not isinstance(schema, dict):
        return [Reason("#", f"a schema must be an object, got {repr(schema)}")]
    reasons = []
    if "anyOf" in schema or schema.get("type") != "object":
        reasons.append(Reason("#", "the root must have type object and no anyOf"))
    found = list(nodes(schema))
    for path, _, node in found:
        reasons += [Reason(path, reason) for reason in _wrong(node, schema)]
    return reasons + [Reason("#", reason) for reason in too_much(found)]


def _wrong(node, root: dict) -> Iterator[str]:
    """What is wrong with one subschema, whatever is inside it."""
    if not isinstance(node, dict):
        yield f"a schema must be an object, got {repr(node)}"
        return
    if "$ref" in node:
        yield from _wrong_ref(node, root)
        return
    types = node.get("type", [])
    types = types if isinstance(types, list) else [types]
    unknown = [t for t in types if not isinstance(t, str) or t not in KEYWORDS]
    if unknown or len(set(types)) < len(types) or node.get("type") == []:
        yield f"type {repr(unknown[0] if unknown else types)} is not supported"
        return
    if not types and "anyOf" not in node:
        yield "it has no type and no anyOf" + (
            " (values need one too)" if node.keys() & {"enum", "const"} else ""
        )
    allowed = ANYWHERE.union(*(KEYWORDS[t] for t in types))
    yield from (f"{keyword} is not supported here" for keyword in node if keyword not in allowed)
    if "anyOf" in node and not (isinstance(node["anyOf"], list) and node["anyOf"]):
        yield "anyOf must be a list of schemas"
    if node.get("format", "date") not in FORMATS:
        yield f"format {repr(node['format'])} is not supported"
    yield from (
        f"{keyword} must be {KINDS[keyword]}"
        for keyword in node
        if _misused(keyword, node[keyword])
    )
    yield from _wrong_values(node, types)
    if "array" in types and "items" not in node:
        yield "an array must have items"
    if "object" in types:
        yield from _wrong_object(node)


def _misused(keyword: str, value) -> bool:
    number = _is(value, "number")
    fits = {
        "a string": isinstance(value, str),
        "an object of schemas": isinstance(value, dict),
        "an integer >= 0": number and value >= 0 and value % 1 == 0,
        "a number": number,
        "a number > 0": number and value > 0,
    }
    return not fits.get(KINDS.get(keyword), True)


def _wrong_ref(node: dict, root: dict) -> Iterator[str]:
    if resolve(node["$ref"], root) is None:
        yield f"$ref {repr(node['$ref'])} points to nothing in this schema"
    if beside := [keyword for keyword in node if keyword != "$ref"]:
        yield f"$ref cannot have other keywords beside it: {', '.join(map(str, beside))}"


def _wrong_values(node: dict, types: list[str]) -> Iterator[str]:
    values = node.get("enum", [])
    if not isinstance(values, list) or ("enum" in node and not values):
        yield "enum must be a list of values"
        return
    for value in values + ([node["const"]] if "const" in node else []):
        if not any(_is(value, kind) for kind in types or PYTHON):
            yield f"the value {repr(value)} is not of type {' or '.join(types or PYTHON)}"


def _is(value, kind: str) -> bool:
    if isinstance(value, bool):  # Python's True is an int, JSON's is not
        return kind == "boolean"
    return isinstance(value, PYTHON.get(kind, ()))


def _wrong_object(node: dict) -> Iterator[str]:
    properties, required = node.get("properties"), node.get("required", [])
    if node.get("additionalProperties") is not False:
        yield "additionalProperties must be there and be false"
    if not isinstance(properties, dict) or not isinstance(required, list):
        yield "an object must have properties (an object) and required (a list)"
        return
    if missing := [name for name in properties if name not in required]:
        yield f"required must name every property: {', '.join(map(str, missing))} is missing"
    if extra := [name for name in required if name not in properties]:
        yield f"required names what is no property: {', '.join(map(str, extra))}"
    if len(required) > len(properties) and not extra:
        yield "required names a property twice"
