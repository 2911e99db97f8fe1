"""Integers in a schema that float64, and so llguidance, does not hold exactly."""

from collections import defaultdict
from collections.abc import Iterator

from samplers.wire.subschemas import inside, resolve, subschemas

EXACT_BELOW = 2**53  # in size
LOW = ("minimum", "exclusiveMinimum")
HIGH = ("maximum", "exclusiveMaximum")


def large(schema: dict) -> Iterator[tuple[str, int]]:
    """(keyword, value) of the large integers right in a schema."""
    for keyword in (*LOW, *HIGH, "const", "enum"):
        yield from ((keyword, value) for value in large_inside(schema.get(keyword)))


def large_inside(value) -> Iterator[int]:
    """The large integers inside a JSON value; 1e300 is one, too."""
    if isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from large_inside(inner)
    elif isinstance(value, int | float) and abs(value) >= EXACT_BELOW and value == value // 1:
        yield int(value)


def leading_to(root: dict) -> set[int]:
    """The ids of the schemas with large integers, in them or in what they lead to."""
    parts = [part for _, _, part in subschemas(root) if isinstance(part, dict)]
    found = {id(part) for part in parts if any(True for _ in large(part))}
    if not found:
        return found

    users = defaultdict(list)  # the schemas that lead right to one
    for part in parts:
        for linked in _links(part, root):
            users[linked].append(id(part))
    waiting = list(found)
    while waiting:
        new = set(users[waiting.pop()]) - found
        found |= new
        waiting += new
    return found


def _links(part: dict, root: dict) -> set[int]:
    """The ids of the schemas that a value of `part` leads to: definitions alone do not."""
    links = {id(schema) for keys, schema in inside(part) if keys[0] not in ("$defs", "definitions")}
    if "$ref" in part:
        # a reference that only llguidance can follow may lead anywhere
        target = resolve(part["$ref"], root)
        links.add(id(part if target is None else target))
    return links
