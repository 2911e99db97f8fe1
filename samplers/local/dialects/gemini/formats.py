"""The answer's form: responseMimeType with one of the two kinds of schema."""

import copy

from samplers.local.dialects.gemini.errors import invalid
from samplers.local.dialects.gemini.schema import json_schema
from samplers.local.request import schema
from samplers.local.request.response_format import Format
from samplers.wire.subschemas import subschemas

PLACE = "generation_config"
JSON = "application/json"
KINDS = ("response_schema", "response_json_schema")
ANY_JSON = {"type": ["object", "array"]}  # JSON without a schema


def response_format(config: dict) -> Format | None:
    """The format of the answer; None for plain text. ApiError (400) for what cannot be enforced."""
    given = [name for name in KINDS if name in config]
    kind = config.get("response_mime_type") or "text/plain"
    if kind not in ("text/plain", JSON):
        text = f"'{kind[:80]}' is not supported by this model, only 'text/plain' and '{JSON}'."
        raise invalid(f"{PLACE}.response_mime_type", text)
    if given and kind != JSON:
        raise invalid(f"{PLACE}.{given[0]}", f"only allowed if response_mime_type is '{JSON}'.")
    if len(given) > 1:
        raise invalid(f"{PLACE}.{given[1]}", f"only one of {' and '.join(KINDS)} can be set.")
    if kind != JSON:
        return None
    name = given[0] if given else KINDS[1]
    return _format(config.get(name, ANY_JSON), f"{PLACE}.{name}", name)


def _format(value, place: str, name: str) -> Format:
    refuse = refusal(place)
    value = json_schema(value, place) if name == "response_schema" else as_schema(value, place)
    return Format(schema.check(value, False, refuse, any_root=True), refuse)


def as_schema(value, place: str) -> dict:
    """A JSON Schema, which must be an object here, for what the model writes.

    An object has no properties but those that the schema names, unless it says so itself: a model
    of this size would write many. Where schemas are combined, so that one does not name all of
    them, it comes back as it is.
    """
    if not isinstance(value, dict):
        raise invalid(place, "must be a JSON Schema, an object.")
    made = copy.deepcopy(value)
    parts = [part for _, _, part in subschemas(made) if isinstance(part, dict)]
    if any(map(_is_combined, parts)):
        return made
    for part in parts:
        if "properties" in part and not part.keys() & {"additionalProperties", "patternProperties"}:
            part["additionalProperties"] = False
    return made


def _is_combined(part: dict) -> bool:
    beside = part.keys() & {"anyOf", "oneOf", "$ref"}
    return "allOf" in part or ("properties" in part and bool(beside))


def refusal(place: str) -> schema.Refuse:
    """A function from a text to the error that the schema at `place` is wrong."""
    return lambda text: invalid(place, text)
