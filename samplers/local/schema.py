"""A JSON Schema in a request: is it one, is it in OpenAI's strict subset, can this endpoint enforce it.

The rules and limits of the subset are those of OpenAI's guide to Structured Outputs, "Supported schemas".
"""

import json
from collections.abc import Callable, Iterator
from functools import lru_cache

from samplers.local.errors import ApiError, bad_request

DEEPEST = 64  # levels of JSON in a schema that is not strict: the engine's stack has an end
TYPES = {"string", "number", "integer", "boolean", "object", "array", "null"}
STRING_FORMATS = {"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"}
STRICT = {
    *("type", "enum", "const", "anyOf", "$ref", "$defs", "definitions", "title", "description", "$schema"),
    *("properties", "required", "additionalProperties", "items", "minItems", "maxItems", "pattern", "format"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}
# The engine's grammar has nothing for these.
NOT_HERE = {
    *("not", "if", "then", "else", "dependentRequired", "dependentSchemas", "dependencies", "propertyNames"),
    *("uniqueItems", "contains", "minContains", "maxContains", "unevaluatedItems", "unevaluatedProperties"),
    *("$dynamicRef", "$recursiveRef", "contentSchema"),
}
LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
MAPS = ("properties", "patternProperties", "$defs", "definitions")
ONES = ("items", "additionalProperties")
PROPERTIES, LEVELS, STRINGS, ENUMS = 5000, 10, 120_000, 1000
MANY_ENUMS, ENUM_STRINGS = 250, 15_000

Refuse = Callable[[str], ApiError]


def refusal(what: str, param: str, code: str | None = None) -> Refuse:
    """A function text -> the error that `what`, such as "response_format 'x'", has an invalid schema."""
    return lambda text: bad_request(f"Invalid schema for {what}: {text}", param, code)


def check(schema: dict, strict: bool, refuse: Refuse) -> dict:
    """The schema, if it is one of an object that can be enforced, and if `strict` in OpenAI's subset; else ApiError."""
    if _depth(schema) > DEEPEST:
        raise refuse(f"it is nested more than {DEEPEST} levels deep.")
    try:
        fault = _fault(json.dumps(schema, ensure_ascii=False).encode())
    except UnicodeEncodeError:
        raise refuse("its text is not valid Unicode.") from None
    if fault:
        raise refuse(fault)
    if schema.get("type") != "object":
        kind = json.dumps(schema["type"]) if "type" in schema else '"None"'
        raise refuse(f"schema must be a JSON Schema of 'type: \"object\"', got 'type: {kind}'.")
    if strict:
        _limits(schema, refuse)
    for context, part in subschemas(schema):
        if strict:
            _strict(context, part, schema, refuse)
        elif isinstance(part, dict):
            for keyword in part.keys() & NOT_HERE:
                if part[keyword] is not False:
                    raise refuse(f"In context={context}, '{keyword}' is not supported: it cannot be enforced here.")
            if "$ref" in part and not str(part["$ref"]).startswith("#"):
                raise refuse(f"In context={context}, '$ref' must begin with '#'.")
    return schema


def subschemas(schema, context: tuple = ()) -> Iterator[tuple[tuple, object]]:
    """Every schema inside a schema, itself first, each with its path of keys."""
    yield context, schema
    if not isinstance(schema, dict):
        return
    for keyword in MAPS:
        for name, part in (schema.get(keyword) or {}).items():
            yield from subschemas(part, (*context, keyword, name))
    for keyword in LISTS:
        for i, part in enumerate(schema.get(keyword) or ()):
            yield from subschemas(part, (*context, keyword, str(i)))
    for keyword in ONES:
        if keyword in schema:
            yield from subschemas(schema[keyword], (*context, keyword))


def _strict(context: tuple, part, root: dict, refuse: Refuse) -> None:
    """One schema of a strict one, against OpenAI's subset."""

    def wrong(text: str) -> ApiError:
        return refuse(f"In context={context}, {text}")

    if context and context[-1] == "additionalProperties" and part is False:
        return
    if not isinstance(part, dict):
        raise wrong("schema must be an object.")
    for keyword in part.keys() - STRICT:
        raise wrong(f"'{keyword}' is not permitted.")
    if not context and "anyOf" in part:
        raise wrong("'anyOf' is not permitted at the root.")
    if "$ref" in part:
        others = ", ".join(map(repr, sorted(part.keys() - {"$ref"})))
        if others:
            raise wrong(f"$ref cannot have keywords {{{others}}}.")
        if not _resolves(str(part["$ref"]), root):
            raise wrong(f"reference to component '{part['$ref']}' which was not found in the schema.")
        return
    if not part.keys() & {"type", "anyOf", "enum", "const"}:
        raise wrong("schema must have a 'type' key.")
    if part.get("format") is not None and part["format"] not in STRING_FORMATS:
        raise wrong(f"'{part['format']}' is not a supported format.")
    types = [part["type"]] if isinstance(part.get("type"), str) else part.get("type", ())
    if "object" in types or "properties" in part:
        _strict_object(part, wrong)
    if "array" in types and "items" not in part:
        raise wrong("array schema missing items.")


def _strict_object(part: dict, wrong: Callable[[str], ApiError]) -> None:
    if part.get("additionalProperties") is not False:
        raise wrong("'additionalProperties' is required to be supplied and to be false.")
    names, required = part.get("properties", {}), part.get("required", ())
    begin = "'required' is required to be supplied and to be an array including every key in properties."
    for name in names:
        if name not in required:
            raise wrong(f"{begin} Missing '{name}'.")
    for name in required:
        if name not in names:
            raise wrong(f"{begin} Extra required key '{name}' supplied.")


def _limits(schema: dict, refuse: Refuse) -> None:
    """The sizes that OpenAI's guide sets for strict schemas."""
    properties = strings = enums = 0
    for context, part in subschemas(schema):
        if not isinstance(part, dict):
            continue
        names = [name for keyword in MAPS for name in part.get(keyword, ())]
        values = [*part.get("enum", ()), *([part["const"]] if "const" in part else [])]
        texts = [value for value in values if isinstance(value, str)]
        properties += len(part.get("properties", ()))
        strings += sum(map(len, names)) + sum(map(len, texts))
        enums += len(part.get("enum", ()))
        if _level(context) > LEVELS:
            raise refuse(f"In context={context}, the schema is nested more than {LEVELS} levels deep.")
        if len(values) > MANY_ENUMS and sum(map(len, texts)) > ENUM_STRINGS:
            raise refuse(f"In context={context}, more than {MANY_ENUMS} enum values of over {ENUM_STRINGS} characters.")
    for name, number, most in (
        ("object properties", properties, PROPERTIES),
        ("characters in names, enum and const values", strings, STRINGS),
        ("enum values", enums, ENUMS),
    ):
        if number > most:
            raise refuse(f"it has {number} {name}; the most is {most}.")


def _level(context: tuple) -> int:
    """How many objects and arrays a schema's place is inside of."""
    level, rest = 0, list(context)
    while rest:
        keyword = rest.pop(0)
        level += keyword in ("properties", "items", "additionalProperties")
        if keyword not in ONES:
            rest.pop(0)  # a property's name or an index
    return level


def _resolves(pointer: str, root: dict) -> bool:
    if not (pointer == "#" or pointer.startswith("#/")):
        return False
    here = root
    for step in pointer.split("/")[1:]:
        if not isinstance(here, dict) or (step := step.replace("~1", "/").replace("~0", "~")) not in here:
            return False
        here = here[step]
    return isinstance(here, dict)


def _depth(value) -> int:
    """How many levels of objects and arrays; no recursion, for it may be deep."""
    level, here = 0, [value]
    while here:
        here = [
            inner
            for outer in here
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        level += 1
    return level - 1


@lru_cache(256)
def _fault(text: bytes) -> str | None:
    """Why a text is no JSON Schema, if it is none."""
    import jsonschema  # here, where it is first needed: it takes as long to load as all the rest of the endpoint

    try:
        jsonschema.Draft202012Validator.check_schema(json.loads(text))
    except jsonschema.SchemaError as error:
        return f"In context={tuple(error.path)}, {error.message[:200]}."
    return None
