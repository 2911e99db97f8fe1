"""How large a strict schema may be. Source: the guide that `samplers.wire.strict` names.

The limits were raised over time: at the start (August 2024) they were 100 properties, 5 levels and
500 enum values. The guide does not say how levels are counted. Here they are counted as in the
check that OpenAI's Java SDK makes before it sends (JsonSchemaValidator, 2025): the root is level 0,
each step into properties, items, anyOf or $defs is one more, and a $ref is not followed. The API
itself may count differently.
"""

from collections.abc import Iterator

from samplers.wire.subschemas import MAPS, Subschema, subschemas

MAX_PROPERTIES = 5_000  # in the whole schema
MAX_LEVELS = 10  # of schemas inside schemas
MAX_CHARACTERS = 120_000  # of all property names, definition names, enum and const values
MAX_ENUM_VALUES = 1_000  # in the whole schema
LARGE_ENUM = 250  # an enum of more values than this has a limit of its own:
MAX_LARGE_ENUM_CHARACTERS = 15_000


def exceeded(schema: dict) -> Iterator[tuple[tuple[str, ...] | None, str]]:
    """(context, text) of each limit that a schema exceeds; the context is None for a total."""
    parts = [part for part in subschemas(schema) if isinstance(part.schema, dict)]
    for context, _, part in parts:
        values = _list(part, "enum")
        if len(values) > LARGE_ENUM and _characters(values) > MAX_LARGE_ENUM_CHARACTERS:
            size = f"an enum of {len(values)} values has {_characters(values)} characters"
            yield context, f"{size}, which exceeds limit of {MAX_LARGE_ENUM_CHARACTERS}."

    for total, name, limit in _totals(parts):
        if total > limit:
            yield None, f"{total} {name} exceeds limit of {limit}."


def _totals(parts: list[Subschema]) -> Iterator[tuple[int, str, int]]:
    """(total, what is counted, limit), in the order in which the API looks."""
    schemas = [part.schema for part in parts]
    names = [name for schema in schemas for keyword in MAPS for name in _dict(schema, keyword)]
    properties = sum(len(_dict(schema, "properties")) for schema in schemas)
    enum_values = [value for schema in schemas for value in _list(schema, "enum")]
    consts = [schema["const"] for schema in schemas if "const" in schema]
    characters = _characters([*names, *enum_values, *consts])

    yield max(part.level for part in parts), "levels of nesting", MAX_LEVELS
    yield properties, "parameters", MAX_PROPERTIES
    yield characters, "characters in names, enum and const values", MAX_CHARACTERS
    yield len(enum_values), "enum values", MAX_ENUM_VALUES


def _dict(schema: dict, keyword: str) -> dict:
    value = schema.get(keyword)
    return value if isinstance(value, dict) else {}


def _list(schema: dict, keyword: str) -> list:
    value = schema.get(keyword)
    return value if isinstance(value, list) else []


def _characters(values: list) -> int:
    return sum(len(value) for value in values if isinstance(value, str))
