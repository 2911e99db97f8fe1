"""A JSON Schema in a request: is it one, is it in OpenAI's strict subset, can this endpoint enforce
it.
"""

import json
from functools import lru_cache

from samplers.local.request.errors import bad_request
from samplers.local.request.strict import Refuse, check_strict
from samplers.local.request.subschemas import depth, subschemas

DEEPEST = 64  # levels of JSON in a schema that is not strict: the engine's stack has an end
# The engine's grammar has nothing for these.
NOT_HERE = {
    *(
        "not",
        "if",
        "then",
        "else",
        "dependentRequired",
        "dependentSchemas",
        "dependencies",
        "propertyNames",
    ),
    *(
        "uniqueItems",
        "contains",
        "minContains",
        "maxContains",
        "unevaluatedItems",
        "unevaluatedProperties",
    ),
    *("$dynamicRef", "$recursiveRef", "contentSchema"),
}


def refusal(what: str, param: str, code: str | None = None) -> Refuse:
    """A function text -> the error that `what`, such as "response_format 'x'", has an invalid
    schema.
    """
    return lambda text: bad_request(f"Invalid schema for {what}: {text}", param, code)


def check(schema: dict, strict: bool, refuse: Refuse) -> dict:
    """The schema, if it is one of an object that can be enforced, and if `strict` in OpenAI's
    subset; else ApiError.
    """
    if depth(schema) > DEEPEST:
        raise refuse(f"it is nested more than {DEEPEST} levels deep.")
    try:
        fault = _fault(json.dumps(schema, ensure_ascii=False).encode())
    except UnicodeEncodeError:
        raise refuse("its text is not valid Unicode.") from None
    if fault:
        raise refuse(fault)
    if schema.get("type") != "object":
        kind = json.dumps(schema["type"]) if "type" in schema else '"None"'
        raise refuse(f"schema must be a JSON Schema of 'type: \"object\"', got 'type: {kind}'.")
    if strict:
        check_strict(schema, refuse)
        return schema
    for context, part in subschemas(schema):
        if isinstance(part, dict):
            for keyword in part.keys() & NOT_HERE:
                if part[keyword] is not False:
                    raise refuse(
                        f"In context={context}, '{keyword}' is not supported: it cannot be enforced here."
                    )
            if "$ref" in part and not str(part["$ref"]).startswith("#"):
                raise refuse(f"In context={context}, '$ref' must begin with '#'.")
    return schema


def check_parameters(schema: dict, strict: bool, refuse: Refuse) -> dict:
    """The schema of a function's parameters, checked likewise: OpenAI wants some things of it also
    if not `strict`.
    """
    check(schema, strict, refuse)
    if "properties" not in schema:
        raise refuse("In context=(), object schema missing properties.")
    for context, part in subschemas(schema):
        if (
            isinstance(part, dict)
            and part.get("type") == "array"
            and not part.keys() & {"items", "prefixItems"}
        ):
            raise refuse(f"In context={context}, array schema missing items.")
    return schema


@lru_cache(256)
def _fault(text: bytes) -> str | None:
    """Why a text is no JSON Schema, if it is none."""
    # here, where it is first needed: it takes as long to load as all the rest of the endpoint
    import jsonschema

    try:
        jsonschema.Draft202012Validator.check_schema(json.loads(text))
    except jsonschema.SchemaError as error:
        return f"In context={tuple(error.path)}, {error.message[:200]}."
    return None
