"""How large a strict schema may be. Source: the guide that `samplers.wire.strict` names, with its
date.

The guide does not say how levels are counted. Here they are counted as in the check that OpenAI's
Java SDK makes before it sends (JsonSchemaValidator, 2025): the root is level 0, each step into
properties, items, anyOf or $defs is one more, a $ref is not followed. The API itself may count
otherwise.
"""

from collections.abc import Iterator

MAX_PROPERTIES = 5_000  # in the whole schema
MAX_LEVELS = 10  # of schemas inside schemas: see above
MAX_NAMES = 120_000  # characters of all property names, definition names, enum and const values
MAX_ENUM_VALUES = 1_000  # in the whole schema
# one enum of more values than the first has at most so many characters
LARGE_ENUM, MAX_LARGE_ENUM = 250, 15_000


def too_much(found: list[tuple[str, int, object]]) -> Iterator[str]:
    """Which limits a schema exceeds; `found` is what `nodes` gives of it."""
    nodes = [node for _, _, node in found if isinstance(node, dict)]
    names = [
        name
        for node in nodes
        for keyword in ("properties", "$defs", "definitions")
        if isinstance(node.get(keyword), dict)
        for name in node[keyword]
    ]
    enums = [node["enum"] for node in nodes if isinstance(node.get("enum"), list)]
    values = [value for enum in enums for value in enum] + [
        node["const"] for node in nodes if "const" in node
    ]
    properties = sum(
        len(node["properties"]) for node in nodes if isinstance(node.get("properties"), dict)
    )
    counted = [
        (properties, MAX_PROPERTIES, "properties"),
        (max(level for _, level, _ in found), MAX_LEVELS, "levels of nesting"),
        (_length(names + values), MAX_NAMES, "characters of names and values"),
        (sum(map(len, enums)), MAX_ENUM_VALUES, "enum values"),
        *(
            (_length(e), MAX_LARGE_ENUM, f"characters in an enum of {len(e)}")
            for e in enums
            if len(e) > LARGE_ENUM
        ),
    ]
    yield from (
        f"{count:,} {what}: the limit is {limit:,}"
        for count, limit, what in counted
        if count > limit
    )


def _length(values: list) -> int:
    return sum(len(value) for value in values if isinstance(value, str))
