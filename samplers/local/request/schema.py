"""A JSON Schema in a request: is it one, is it strict, and can the engine enforce it?"""

import json
from collections.abc import Callable
from functools import lru_cache

from samplers.local.engine.remember import LONGEST
from samplers.local.request.errors import ApiError, bad_request
from samplers.local.request.schemas.enforceable import patterns, unenforceable
from samplers.local.request.schemas.older_drafts import modern
from samplers.wire.malformed import shown
from samplers.wire.pattern import is_pattern
from samplers.wire.strict import root_faults, strict_faults
from samplers.wire.subschemas import depth, subschemas
from samplers.wire.unneeded import without

MAX_DEPTH = 64  # levels of JSON: the engine reads a schema recursively, and its stack has an end
NOT_ENFORCED = {  # keywords that the engine's grammar does not know
    *("not", "if", "then", "else", "dependentRequired", "dependentSchemas", "dependencies"),
    *("propertyNames", "uniqueItems", "contains", "minContains", "maxContains"),
    *("unevaluatedItems", "unevaluatedProperties", "$dynamicRef", "$recursiveRef"),
    "contentSchema",
}
Refuse = Callable[[str], ApiError]


def refusal(what: str, param: str, code: str | None = None) -> Refuse:
    """A function from a text to the error that the schema of `what` is invalid.

    `what` is, for instance, "response_format 'x'".
    """
    return lambda text: bad_request(f"Invalid schema for {what}: {text}", param, code)


def check(schema: dict, strict: bool, refuse: Refuse, any_root: bool = False) -> dict:
    """The schema, if it describes an object and can be enforced; `strict`: in OpenAI's subset.

    Outside that subset a schema of an older draft comes back as a newer one, and with `any_root` it
    may describe anything. Otherwise ApiError, made by `refuse`.
    """
    if depth(schema) > MAX_DEPTH:
        raise refuse(f"it is nested more than {MAX_DEPTH} levels deep.")
    if not strict:
        schema = modern(schema)
    text = json.dumps(schema, ensure_ascii=False).encode()
    look = _malformed if len(text) <= LONGEST else _malformed.__wrapped__  # which remembers nothing
    if fault := look(text):
        raise refuse(fault)

    faults = strict_faults(schema) if strict else () if any_root else root_faults(schema)
    for fault in faults:
        raise refuse(fault.message)
    if not strict:
        _check_enforceable(schema, refuse)
    for context, fault in unenforceable(schema):
        raise refuse(f"In context={context}, {fault}")
    return schema


def check_parameters(schema: dict, strict: bool, refuse: Refuse) -> dict:
    """The schema of a function's parameters, checked likewise.

    OpenAI asks for properties and items here even if the schema is not strict.
    """
    schema = check(schema, strict, refuse)
    if "properties" not in schema:
        raise refuse("In context=(), object schema missing properties.")
    for context, _, part in subschemas(schema):
        if not isinstance(part, dict) or part.get("type") != "array":
            continue
        if not part.keys() & {"items", "prefixItems"}:
            raise refuse(f"In context={context}, array schema missing items.")
    return schema


def _check_enforceable(schema: dict, refuse: Refuse) -> None:
    """Refuses the keywords of a schema that is not strict and that the engine cannot enforce."""
    for context, _, part in subschemas(schema):
        if not isinstance(part, dict):
            continue
        for keyword, value in part.items():
            if keyword in NOT_ENFORCED and (keyword, value) != ("uniqueItems", False):
                text = f"'{keyword}' is not supported: it cannot be enforced here."
                raise refuse(f"In context={context}, {text}")
        if "$ref" in part and not str(part["$ref"]).startswith("#"):
            raise refuse(f"In context={context}, '$ref' must begin with '#'.")


def load_jsonschema():
    """The package jsonschema. Nobody here asks for its check of IRIs, which is slow to load."""
    with without("rfc3987_syntax"):
        import jsonschema

    return jsonschema


@lru_cache(256)
def _malformed(text: bytes) -> str | None:
    """Why `text` is not a JSON Schema; None if it is one."""
    jsonschema = load_jsonschema()
    schema = json.loads(text)
    any_format = jsonschema.FormatChecker([])  # its "regex" is Python's
    try:
        jsonschema.Draft202012Validator.check_schema(schema, any_format)
    except jsonschema.SchemaError as error:
        return f"In context={tuple(error.path)}, {error.message[:200]}."
    for context, keyword, pattern in patterns(schema):
        if not is_pattern(pattern):
            return f"In context={(*context, keyword)}, {shown(pattern)} is not a 'regex'."
    return None
