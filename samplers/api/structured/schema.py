"""A pydantic model, or a dataclass, as the strict JSON Schema that Structured Outputs want."""

from samplers.wire.strict import why_not_strict
from samplers.wire.subschemas import resolve

# notes that constrain nothing
DROPPED = {"default", "title", "examples", "deprecated", "discriminator"}


def strict_schema(model: type) -> dict:
    """The strict schema of `model`: every property required, nothing else allowed, defaults
    dropped.

    A field may be null only if its type says so (``str | None``). What strict cannot express (a
    dict of any keys, a tuple, a length of a string …) raises ValueError, with every path and
    reason.
    """
    import pydantic  # here: it is heavy, and most programs never need it

    try:
        whole = pydantic.TypeAdapter(model).json_schema()
    except (pydantic.PydanticUserError, pydantic.errors.PydanticUndefinedAnnotation) as error:
        problem = str(error).partition("\n")[0]
        raise ValueError(
            f"model must be a pydantic model or a dataclass, got {model!r:.80} ({problem})"
        ) from None
    return to_strict(whole, getattr(model, "__name__", repr(model)))


def to_strict(schema: dict, name: str) -> dict:
    """`schema` as pydantic writes it, made strict; ValueError that calls it `name` if that cannot
    be.
    """
    if "$ref" in schema:  # a model that contains itself
        schema = schema | (resolve(schema["$ref"], schema) or {})
        del schema["$ref"]
    strict = _strict(schema, schema, ())
    if "$defs" in strict:
        used = set(_refs(strict))
        strict["$defs"] = {
            key: node for key, node in strict["$defs"].items() if f"#/$defs/{key}" in used
        }
        strict = (
            strict
            if strict["$defs"]
            else {key: value for key, value in strict.items() if key != "$defs"}
        )
    if reasons := why_not_strict(strict):
        told = "; ".join(f"{path}: {reason}" for path, reason in reasons)
        raise ValueError(f"{name} has no strict schema: {told}")
    return strict


def problems(error) -> str:
    """A pydantic ValidationError in one line: the first five places and what is wrong there."""
    told = [
        f"{'.'.join(map(str, e['loc'])) or 'the whole'}: {e['msg']}"
        for e in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    return "; ".join(told[:5]) + (f"; and {len(told) - 5} more" if len(told) > 5 else "")


def _strict(node, root: dict, inlined: tuple[str, ...]):
    if not isinstance(node, dict):
        return node
    node = {key: value for key, value in node.items() if key not in DROPPED}
    if "type" not in node and (
        values := node.get("enum") or [node[k] for k in ("const",) if k in node]
    ):
        node["type"] = _types(values)
    if "oneOf" in node and "anyOf" not in node:
        node["anyOf"] = node.pop("oneOf")
    ref = node.get("$ref")
    # strict wants a $ref alone: what it means takes its place
    if ref and len(node) > 1 and ref not in inlined:
        node.pop("$ref")
        return _strict((resolve(ref, root) or {}) | node, root, (*inlined, ref))
    if ref:
        return {"$ref": ref}
    for keyword in ("properties", "$defs"):
        if keyword in node:
            node[keyword] = {
                name: _strict(child, root, inlined) for name, child in node[keyword].items()
            }
    if "items" in node:
        node["items"] = _strict(node["items"], root, inlined)
    if "anyOf" in node:
        node["anyOf"] = [_strict(child, root, inlined) for child in node["anyOf"]]
    if "properties" in node:
        node["required"] = list(node["properties"])
        node.setdefault("additionalProperties", False)
    return node


def _types(values: list) -> list[str]:
    """The types of an enum's values, which pydantic leaves out where there are several; strict
    wants them.
    """
    names = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
    return list(dict.fromkeys(names[type(value)] for value in values if type(value) in names))


def _refs(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for child in node.values():
            yield from _refs(child)
    elif isinstance(node, list):
        for child in node:
            yield from _refs(child)
