"""A pydantic model, or a dataclass, as the strict JSON Schema that Structured Outputs require."""

import json
from collections.abc import Iterator

from samplers.api.structured.strict import why_not_strict
from samplers.wire.subschemas import resolve

# Annotations that do not constrain an answer, and that strict does not permit or need.
DROPPED = {"default", "title", "examples", "deprecated", "discriminator"}
MAX_PROBLEMS = 5  # of a validation error that are listed


def strict_schema(model: type) -> dict:
    """The strict schema of `model`: every property required, no others allowed, no defaults.

    A field may be null only if its type says so (``str | None``). What strict cannot express (a
    dict of any keys, a tuple, a length of a string …) raises ValueError, with every path and
    reason.
    """
    import pydantic  # not at the top: it is heavy, and most programs never need it

    try:
        schema = pydantic.TypeAdapter(model).json_schema()
    except (pydantic.PydanticUserError, pydantic.errors.PydanticUndefinedAnnotation) as error:
        problem = str(error).partition("\n")[0]
        message = f"model must be a pydantic model or a dataclass, got {model!r:.80} ({problem})"
        raise ValueError(message) from None
    return to_strict(schema, getattr(model, "__name__", repr(model)))


def to_strict(schema: dict, name: str) -> dict:
    """`schema`, as pydantic writes it, made strict; a ValueError speaks of it as `name`."""
    strict = _without_unused_definitions(_strict(schema, schema, ()))
    if reasons := why_not_strict(strict):
        listed = " ".join(f"{path}: {reason}" for path, reason in reasons)
        raise ValueError(f"{name} has no strict schema: {listed}")
    try:
        json.dumps(strict, allow_nan=False)
    except ValueError:
        raise ValueError(f"{name} has no strict schema: JSON has no infinity and no NaN") from None
    return strict


def problems(error) -> str:
    """A pydantic ValidationError in one line: the first five places and what is wrong there."""
    entries = error.errors(include_url=False, include_context=False, include_input=False)
    listed = [
        f"{'.'.join(map(str, entry['loc'])) or 'the whole'}: {entry['msg']}"
        for entry in entries[:MAX_PROBLEMS]
    ]
    if len(entries) > MAX_PROBLEMS:
        listed.append(f"and {len(entries) - MAX_PROBLEMS} more")
    return "; ".join(listed)


def _strict(schema, root: dict, inlined: tuple[str, ...]):
    """A schema and all inside it made strict; `inlined` are the $refs already put in place."""
    if not isinstance(schema, dict):
        return schema

    schema = {key: value for key, value in schema.items() if key not in DROPPED}
    values = schema.get("enum") or [schema[key] for key in ("const",) if key in schema]
    if values and "type" not in schema:
        schema["type"] = _types(values)
    if "oneOf" in schema and "anyOf" not in schema:
        schema["anyOf"] = schema.pop("oneOf")

    if "$ref" in schema:
        ref = schema.pop("$ref")
        if not schema or ref in inlined:
            return {"$ref": ref}
        # strict permits nothing beside a $ref: what it points to takes its place
        return _strict((resolve(ref, root) or {}) | schema, root, (*inlined, ref))
    return _with_strict_members(schema, root, inlined)


def _with_strict_members(schema: dict, root: dict, inlined: tuple[str, ...]) -> dict:
    for keyword in ("properties", "$defs"):
        if keyword in schema:
            members = schema[keyword].items()
            schema[keyword] = {name: _strict(inner, root, inlined) for name, inner in members}
    if "items" in schema:
        schema["items"] = _strict(schema["items"], root, inlined)
    if "anyOf" in schema:
        schema["anyOf"] = [_strict(inner, root, inlined) for inner in schema["anyOf"]]
    if "properties" in schema:
        schema["required"] = list(schema["properties"])
        schema.setdefault("additionalProperties", False)

    return schema


def _types(values: list) -> list[str]:
    """The types of an enum's values: strict requires them, and pydantic leaves out several."""
    names = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
    return list(dict.fromkeys(names[type(value)] for value in values if type(value) in names))


def _without_unused_definitions(schema: dict) -> dict:
    used = set(_refs(schema))
    definitions = {
        name: inner for name, inner in schema.get("$defs", {}).items() if f"#/$defs/{name}" in used
    }
    if definitions:
        return schema | {"$defs": definitions}
    return {key: value for key, value in schema.items() if key != "$defs"}


def _refs(schema) -> Iterator[str]:
    """Every $ref in a schema."""
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        for inner in schema.values():
            yield from _refs(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _refs(inner)
