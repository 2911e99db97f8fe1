"""Schemas of JSON Schema's older drafts, as draft 2020-12 writes them."""

from samplers.wire.subschemas import LISTS, MAPS, ONES, subschemas


def modern(schema: dict) -> dict:
    """A schema with draft 7's tuples, `items: […]`, as `prefixItems`.

    Draft 4's `exclusiveMinimum: true` becomes the bound itself. A schema that has neither comes
    back as the same object.
    """
    is_older = any(map(_is_older, (part for _, _, part in subschemas(schema))))
    return _modern(schema) if is_older else schema


def _is_older(part) -> bool:
    if not isinstance(part, dict):
        return False
    flags = (part.get("exclusiveMinimum"), part.get("exclusiveMaximum"))
    return isinstance(part.get("items"), list) or any(isinstance(flag, bool) for flag in flags)


def _modern(schema):
    if not isinstance(schema, dict):
        return schema
    newer = dict(schema)
    if isinstance(newer.get("items"), list) and "prefixItems" not in newer:
        newer["prefixItems"] = newer.pop("items")
        if "additionalItems" in newer:
            newer["items"] = newer.pop("additionalItems")
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if newer.get(exclusive) is False:
            del newer[exclusive]
        if newer.get(exclusive) is True and bound in newer:
            newer[exclusive] = newer.pop(bound)

    for keyword in MAPS:
        if isinstance(newer.get(keyword), dict):
            newer[keyword] = {name: _modern(part) for name, part in newer[keyword].items()}
    for keyword in LISTS:
        if isinstance(newer.get(keyword), list):
            newer[keyword] = [_modern(part) for part in newer[keyword]]
    for keyword in newer.keys() & set(ONES):
        newer[keyword] = _modern(newer[keyword])
    return newer
