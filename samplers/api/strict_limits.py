"""How large a strict schema may be. Source: the guide that `samplers.api.strict` names, with its date."""

from collections.abc import Iterator

from samplers.api.subschemas import children, resolve

MAX_PROPERTIES = 5_000  # in the whole schema
MAX_LEVELS = 10  # objects inside objects, the root being the first
MAX_NAMES = 120_000  # characters of all property names, definition names, enum and const values
MAX_ENUM_VALUES = 1_000  # in the whole schema
LARGE_ENUM, MAX_LARGE_ENUM = 250, 15_000  # one enum of more values than the first has at most so many characters


def too_much(root: dict, nodes: list) -> Iterator[str]:
    """Which of the guide's limits the whole schema exceeds."""
    nodes = [node for node in nodes if isinstance(node, dict)]
    names = [
        name
        for node in nodes
        for keyword in ("properties", "$defs", "definitions")
        if isinstance(node.get(keyword), dict)
        for name in node[keyword]
    ]
    enums = [node["enum"] for node in nodes if isinstance(node.get("enum"), list)]
    values = [value for enum in enums for value in enum] + [node["const"] for node in nodes if "const" in node]
    properties = sum(len(node["properties"]) for node in nodes if isinstance(node.get("properties"), dict))
    counted = [
        (properties, MAX_PROPERTIES, "properties"),
        (_levels(root, root, {}, 0), MAX_LEVELS, "levels of objects"),
        (_length(names + values), MAX_NAMES, "characters of names and values"),
        (sum(map(len, enums)), MAX_ENUM_VALUES, "enum values"),
        *((_length(e), MAX_LARGE_ENUM, f"characters in an enum of {len(e)}") for e in enums if len(e) > LARGE_ENUM),
    ]
    yield from (f"{count:,} {what}: the limit is {limit:,}" for count, limit, what in counted if count > limit)


def _length(values: list) -> int:
    return sum(len(value) for value in values if isinstance(value, str))


def _levels(node, root: dict, known: dict[str, int], steps: int) -> int:
    """How many objects are inside one another, what refers back to itself counted once; far over the limit it stops."""
    if not isinstance(node, dict):
        return 0
    if steps > 100:  # far over the limit, and Python's own recursion has one too
        return steps
    ref = node.get("$ref")
    if isinstance(ref, str):
        if ref not in known:
            known[ref] = 0  # while it is being counted
            known[ref] = _levels(resolve(ref, root), root, known, steps + 1)
        return known[ref]
    inside = [child for step, child in children(node) if not step.startswith(("$defs/", "definitions/"))]
    deepest = max((_levels(child, root, known, steps + 1) for child in inside), default=0)
    return deepest + ("properties" in node)
