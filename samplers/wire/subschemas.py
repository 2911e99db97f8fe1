"""The subschemas of a JSON Schema: which there are, where they stand, and what a $ref points to."""

from collections.abc import Iterator


def resolve(ref, root: dict) -> dict | None:
    """What a local `$ref` ("#", "#/$defs/Name") points to, or None."""
    if ref == "#":
        return root
    if not isinstance(ref, str) or not ref.startswith("#/"):
        return None
    node = root
    for key in ref[2:].split("/"):
        node = (
            node.get(key.replace("~1", "/").replace("~0", "~")) if isinstance(node, dict) else None
        )
    return node if isinstance(node, dict) else None


def nodes(root) -> Iterator[tuple[str, int, object]]:
    """(path, level, subschema) of the schema, at level 0, and of all inside it; each step inwards
    is a level.

    A `$ref` is not followed. There is no recursion: no depth is too deep for it.
    """
    stack: list[tuple[str, int, object]] = [("#", 0, root)]
    while stack:
        path, level, node = stack.pop()
        yield path, level, node
        stack += reversed([(f"{path}/{step}", level + 1, child) for step, child in children(node)])


def children(node) -> Iterator[tuple[str, object]]:
    """(step, subschema) of those right inside `node`: in properties, $defs, items and anyOf."""
    if not isinstance(node, dict):
        return
    for keyword in ("properties", "$defs", "definitions"):
        if isinstance(node.get(keyword), dict):
            for name, child in node[keyword].items():
                yield f"{keyword}/{str(name).replace('~', '~0').replace('/', '~1')}", child
    if "items" in node:
        yield "items", node["items"]
    if isinstance(node.get("anyOf"), list):
        yield from ((f"anyOf/{i}", child) for i, child in enumerate(node["anyOf"]))
