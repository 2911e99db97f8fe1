"""JSON Schemas of a request, as Anthropic takes them: an object of its strict kind is closed."""

from samplers.local.dialects.anthropic.checks import wrong
from samplers.local.request.schema import check
from samplers.wire.subschemas import subschemas

OPEN = "For 'object' type, 'additionalProperties' must be explicitly set to false"


def checked_schema(place: str, schema: dict, strict: bool):
    """The schema as the engine enforces it, and what makes the error where it cannot.

    `strict`: of an answer's format or a strict tool, whose objects must forbid further properties
    (live probe, 2026-09-10, third-party). Every schema is enforced here, strict or not.
    """

    def refuse(text: str):
        return wrong(place, text)

    checked = check(schema, False, refuse)
    if strict and any(_is_open(part) for _, _, part in subschemas(schema)):
        raise refuse(OPEN)
    return checked, refuse


def _is_open(schema) -> bool:
    if not isinstance(schema, dict):
        return False
    kinds = schema.get("type")
    is_object = "object" in (kinds if isinstance(kinds, list) else [kinds])
    return is_object and schema.get("additionalProperties") is not False
