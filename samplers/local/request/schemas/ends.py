"""Whether some document that fits a schema has an end.

`{"next": {"$ref": "#"}}` with `next` required has none: each document would hold another one.
"""

from samplers.wire.subschemas import resolve, subschemas

MOST_PASSES = 50
SCALARS = {"string", "number", "integer", "boolean", "null"}


def endless(schema: dict) -> tuple[str, ...] | None:
    """The place of the reference because of which no document ends.

    None if some document ends, or if MOST_PASSES over the schema do not show it.
    """
    parts = [part for _, _, part in subschemas(schema) if isinstance(part, dict)]
    ending: set[int] = set()  # ids of the schemas that are known to have an end
    for _ in range(MOST_PASSES):
        count = len(ending)
        parts.reverse()  # inner schemas first; then the other way, for references that look back
        for part in parts:
            if id(part) not in ending and _ends(part, schema, ending):
                ending.add(id(part))
        if len(ending) == count:
            return None if id(schema) in ending else _reference(schema, ending)
    return None


def _ends(part: dict, root: dict, ending: set[int]) -> bool:
    """Whether a schema has an end if those of `ending` have one."""
    needed = part.get("allOf", [])
    if not all(_is_ending(inner, ending) for inner in needed):
        return False
    for keyword in ("anyOf", "oneOf"):
        if keyword in part and not any(_is_ending(inner, ending) for inner in part[keyword]):
            return False
    if "$ref" in part:
        target = resolve(part["$ref"], root)
        if target is not None and id(target) not in ending:
            return False

    if "const" in part or "enum" in part or "type" not in part:
        return True
    types = {part["type"]} if isinstance(part["type"], str) else set(part["type"])
    if types & SCALARS:
        return True
    if "object" in types and all(_is_ending(inner, ending) for _, inner in _required(part)):
        return True
    return "array" in types and all(_is_ending(inner, ending) for _, inner in _first_items(part))


def _is_ending(part, ending: set[int]) -> bool:
    """True also for `false`: that nothing fits it is another fault."""
    return isinstance(part, bool) or id(part) in ending


def _required(part: dict) -> list[tuple[tuple[str, ...], object]]:
    """(keys, schema) of the properties that an object cannot leave out.

    With patternProperties those without a schema of their own are left to the trial of grammars.
    """
    properties = part.get("properties", {})
    required = part.get("required", ())
    needed = [(("properties", name), properties[name]) for name in required if name in properties]
    others = len(properties) < part.get("minProperties", 0) or len(needed) < len(required)
    if others and "additionalProperties" in part and "patternProperties" not in part:
        needed.append((("additionalProperties",), part["additionalProperties"]))
    return needed


def _first_items(part: dict) -> list[tuple[tuple[str, ...], object]]:
    """(keys, schema) of the items that an array cannot leave out."""
    least = int(part.get("minItems", 0))
    prefix = part.get("prefixItems", [])
    items = [(("prefixItems", str(i)), inner) for i, inner in enumerate(prefix[:least])]
    if least > len(prefix) and "items" in part:
        items.append((("items",), part["items"]))
    return items


def _reference(schema: dict, ending: set[int]) -> tuple[str, ...]:
    """The way from the root through schemas without an end to the first reference."""
    here = schema
    context: tuple[str, ...] = ()
    while isinstance(here, dict) and "$ref" not in here:
        next_ = [*_required(here), *_first_items(here)]
        for keyword in ("anyOf", "oneOf", "allOf"):
            next_ += [((keyword, str(i)), inner) for i, inner in enumerate(here.get(keyword, ()))]
        endless_ = [step for step in next_ if not _is_ending(step[1], ending)]
        if not endless_:
            break
        keys, here = endless_[0]
        context = (*context, *keys)
    return context
