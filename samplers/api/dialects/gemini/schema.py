"""JSON Schema as Gemini's Schema, a part of OpenAPI 3.0's, and back.

Gemini's Schema has types in capitals, `nullable` in place of the type null, and some twenty
keywords; any other one is answered with 400 INVALID_ARGUMENT (google-genai 3.6.1, read 2026-11-28).
"""

import copy
import re

from samplers.api.dialects.checks import dict_at, list_at, text_at
from samplers.wire.secret import shown
from samplers.wire.subschemas import resolve

TYPES = ("STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL")
# Keywords that mean the same in both, and whose values are data or numbers.
SAME = (
    "default",
    "description",
    "format",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "nullable",
    "pattern",
    "propertyOrdering",
    "title",
)
HANDLED = (
    *SAME,
    *("$defs", "definitions", "$ref", "allOf", "anyOf", "const", "enum", "examples", "example"),
    *("items", "oneOf", "properties", "required", "type"),
)


def gemini_schema(schema, place: str, lost: list[str]) -> dict:
    """A JSON Schema as a Schema; what it cannot say is added to `lost` with its place.

    A $ref is replaced by what it points to. Names of properties, and the data in default, enum and
    examples, are never read as keywords.
    """
    return _Reader(dict_at(schema, place), lost).schema(schema, place, ())


class _Reader:
    """Reads one JSON Schema: its root, for $ref, and where losses are named."""

    def __init__(self, root: dict, lost: list[str]):
        self.root = root
        self.lost = lost

    def schema(self, schema, place: str, refs: tuple[str, ...]) -> dict:
        """One schema, of which `refs` are the $refs around it."""
        if schema is True:
            return {}
        if schema is False:
            self.lose(place, "a schema that nothing fits")
            return {}

        schema, refs = self.joined(dict_at(schema, place), place, refs)
        for keyword in schema:
            if keyword not in HANDLED:
                self.lose(f"{place}.{keyword}", "this keyword")

        made = {key: copy.deepcopy(schema[key]) for key in SAME if key in schema}
        if made.get("nullable") is False:
            del made["nullable"]
        self.add_type(made, schema, place)
        self.add_values(made, schema, place)
        self.add_members(made, schema, place, refs)
        self.add_choices(made, schema, place, refs)
        return made

    def lose(self, place: str, what: str) -> None:
        self.lost.append(f"{place}: Gemini's Schema cannot say {what}.")

    def joined(self, schema: dict, place: str, refs: tuple[str, ...]) -> tuple[dict, tuple]:
        """The schema with its $ref and its allOf put in place."""
        ref = schema.get("$ref")
        if ref is not None:
            rest = {key: value for key, value in schema.items() if key != "$ref"}
            target = None if ref in refs else resolve(ref, self.root)
            if target is None:
                self.lose(f"{place}.$ref", "a schema inside itself, or one that is elsewhere")
                return rest, refs
            return self.joined(target | rest, place, (*refs, ref))

        if isinstance(schema.get("allOf"), list):
            whole = {key: value for key, value in schema.items() if key != "allOf"}
            for i, part in enumerate(schema["allOf"]):
                here = f"{place}.allOf[{i}]"
                part, refs = self.joined(dict_at(part, here), here, refs)
                whole = self.both(whole, part, here)
            return whole, refs
        return schema, refs

    def both(self, whole: dict, part: dict, place: str) -> dict:
        """Two schemas that hold at once, as one."""
        made = copy.deepcopy(whole)
        for key, value in part.items():
            if key == "properties" and isinstance(made.get(key), dict):
                made[key] = dict_at(value, f"{place}.properties") | made[key]
            elif key == "required" and isinstance(made.get(key), list):
                value = list_at(value, f"{place}.required")
                made[key] += [name for name in value if name not in made[key]]
            elif made.setdefault(key, value) != value:
                self.lose(f"{place}.{key}", "two values that hold at once")
        return made

    def add_type(self, made: dict, schema: dict, place: str) -> None:
        """`type`, and `nullable`: JSON Schema has a list of types instead."""
        types = schema.get("type", [])
        types = types if isinstance(types, list) else [types]
        types = [one.upper() if isinstance(one, str) else one for one in types]
        if not all(one in TYPES for one in types):
            raise ValueError(f"{place}.type must be a type of JSON Schema, got {types!r:.80}")

        others = [one for one in types if one != "NULL"]
        if len(types) > len(others) and others:
            made["nullable"] = True
        if len(others) == 1:
            made["type"] = others[0]
        elif others:
            made["anyOf"] = [{"type": one} for one in others]
        elif types:
            made["type"] = "NULL"

    def add_values(self, made: dict, schema: dict, place: str) -> None:
        """`enum` and `example`; `const` is an enum of one value."""
        values = schema.get("enum", [schema["const"]] if "const" in schema else None)
        keyword = "enum" if "enum" in schema else "const"
        if isinstance(values, list):
            if None in values:
                made["nullable"] = True
            texts = [value for value in values if value is not None]
            if texts and all(isinstance(value, str) for value in texts):
                made |= {"type": "STRING", "enum": texts}
            elif texts and all(type(value) is int for value in texts):
                # as google-genai's types describe it
                made |= {"type": "INTEGER", "format": "enum", "enum": list(map(str, texts))}
            elif texts:
                self.lose(f"{place}.{keyword}", "values that are neither texts nor integers")
            elif "type" not in made and values:
                made["type"] = "NULL"
                del made["nullable"]

        examples = [schema["example"]] if "example" in schema else schema.get("examples") or []
        if isinstance(examples, list) and examples:
            made["example"] = copy.deepcopy(examples[0])
            if len(examples) > 1:
                self.lose(f"{place}.examples", "more than one example")

    def add_members(self, made: dict, schema: dict, place: str, refs: tuple) -> None:
        """`items`, `properties`, `required`."""
        if isinstance(schema.get("items"), list):
            self.lose(f"{place}.items", "a schema for each place of an array")
        elif "items" in schema:
            made["items"] = self.schema(schema["items"], f"{place}.items", refs)

        properties = schema.get("properties") or {}
        if properties:  # an empty one is a 400
            here = f"{place}.properties"
            made["properties"] = {
                name: self.schema(inner, f"{here}.{name}", refs)
                for name, inner in dict_at(properties, here).items()
            }
        required = list_at(schema.get("required") or [], f"{place}.required")
        for name in required:
            if text_at(name, f"{place}.required") in properties:
                made.setdefault("required", []).append(name)
            else:
                self.lose(f"{place}.required", f"a property without a schema ({name!r:.80})")

    def add_choices(self, made: dict, schema: dict, place: str, refs: tuple) -> None:
        """`anyOf`: a choice of null becomes `nullable`, and a choice of one is no choice."""
        keyword = "anyOf" if "anyOf" in schema else "oneOf"
        choices = schema.get(keyword)
        if not isinstance(choices, list):
            return
        if "oneOf" in schema:
            self.lose(f"{place}.oneOf", "exactly one of them, only anyOf")

        read = [
            self.schema(inner, f"{place}.{keyword}[{i}]", refs) for i, inner in enumerate(choices)
        ]
        others = [inner for inner in read if inner != {"type": "NULL"}]
        if len(others) < len(read):
            made["nullable"] = True
        if len(others) == 1:
            for key, value in others[0].items():
                made.setdefault(key, value)
        elif others:
            made["anyOf"] = others


def json_schema(schema, place: str, lost: list[str]) -> dict:
    """A Schema as JSON Schema, with the types in small letters and null as a type."""
    schema = dict_at(schema, place)
    made = {}
    for key, value in schema.items():
        if key == "type":
            made[key] = str(value).lower()
        elif key == "items":
            made[key] = json_schema(value, f"{place}.items", lost)
        elif key == "anyOf":
            choices = list_at(value, f"{place}.anyOf")
            made[key] = [json_schema(one, f"{place}.anyOf", lost) for one in choices]
        elif key == "properties":
            made[key] = {
                name: json_schema(inner, f"{place}.properties.{name}", lost)
                for name, inner in dict_at(value, f"{place}.properties").items()
            }
        elif key == "enum":
            made[key] = [text_at(one, f"{place}.enum") for one in list_at(value, f"{place}.enum")]
        elif key == "example":
            made["examples"] = [copy.deepcopy(value)]
        elif key == "propertyOrdering":
            lost.append(f"{place}.{key}: JSON Schema has no order of properties.")
        elif key not in ("nullable", "format"):
            made[key] = copy.deepcopy(value)

    if schema.get("format") not in (None, "enum"):
        made["format"] = schema["format"]
    if made.get("type") == "integer" and "enum" in made:
        made["enum"] = [_integer(text, f"{place}.enum") for text in made["enum"]]
    return _with_null(made) if schema.get("nullable") else made


def _integer(text: str, place: str) -> int:
    if not re.fullmatch("-?[0-9]{1,19}", text):
        raise ValueError(f"{place} must hold integers as texts, got {shown(text)}")
    return int(text)


def _with_null(schema: dict) -> dict:
    """The schema with null beside what it permits."""
    made = dict(schema)
    if "type" in made:
        made["type"] = [made["type"], "null"]
        if "enum" in made:
            made["enum"] = [*made["enum"], None]
    elif "anyOf" in made:
        made["anyOf"] = [*made["anyOf"], {"type": "null"}]
    return made
