"""The subschemas of a JSON Schema in a request: where they stand, what a $ref points to, how deep
it all is.
"""

from collections.abc import Iterator

LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
MAPS = ("properties", "patternProperties", "$defs", "definitions")
ONES = ("items", "additionalProperties")


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


def level(context: tuple) -> int:
    """How many steps into other schemas a schema's place is; the root is at level 0."""
    steps, rest = 0, list(context)
    while rest:
        steps += 1
        if rest.pop(0) not in ONES:
            rest.pop(0)  # a property's name or an index
    return steps


def resolves(pointer: str, root: dict) -> bool:
    """Whether a local $ref points to something."""
    if not (pointer == "#" or pointer.startswith("#/")):
        return False
    here = root
    for step in pointer.split("/")[1:]:
        if (
            not isinstance(here, dict)
            or (step := step.replace("~1", "/").replace("~0", "~")) not in here
        ):
            return False
        here = here[step]
    return isinstance(here, dict)


def depth(value) -> int:
    """How many levels of objects and arrays; no recursion, for it may be deep."""
    levels, here = 0, [value]
    while here:
        here = [
            inner
            for outer in here
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        levels += 1
    return levels - 1
