"""Gemini's own Schema, a part of OpenAPI 3.0's, as JSON Schema for the one checker.

Which combinations are a 400 is what Google's API answered by public reports: "should be non-empty
for OBJECT type" (browser-use#3786, 2025-12-18), "only allowed for OBJECT type" (opencode#11889,
2026-02-03), "missing field" for an array's items, formats of STRING, names in `required`. The other
sentences are written after those.
"""

from samplers.local.dialects.gemini.errors import invalid

FORMATS = {  # of a type; "" is the type's own default
    "STRING": ("enum", "date-time"),
    "INTEGER": ("enum", "int32", "int64"),
    "NUMBER": ("enum", "float", "double"),
}
BITS = {"int32": 32, "int64": 64}
SAME = {  # keywords of JSON Schema that mean the same
    "title": "title",
    "description": "description",
    "default": "default",
    "minimum": "minimum",
    "maximum": "maximum",
    "min_items": "minItems",
    "max_items": "maxItems",
    "min_length": "minLength",
    "max_length": "maxLength",
    "min_properties": "minProperties",
    "max_properties": "maxProperties",
    "pattern": "pattern",
}


def json_schema(schema: dict, place: str) -> dict:
    """A Schema, read by `fields.SCHEMA`, as JSON Schema. ApiError (400) names what is wrong.

    An object has its properties in the order of `propertyOrdering`, or else in the given one, and
    no others, as Gemini writes no others.
    """
    kind = schema.get("type", "TYPE_UNSPECIFIED")
    _check_owners(schema, kind, place)
    made = {ours: schema[name] for name, ours in SAME.items() if name in schema}
    if kind != "TYPE_UNSPECIFIED":
        made["type"] = kind.lower()
    if "example" in schema:
        made["examples"] = [schema["example"]]

    _add_format(made, schema, kind, place)
    if schema.get("enum"):
        made["enum"] = _values(schema["enum"], kind, place)
    if kind == "ARRAY":
        if "items" not in schema:
            raise invalid(f"{place}.items", "missing field.")
        made["items"] = json_schema(schema["items"], f"{place}.items")
    if kind == "OBJECT":
        _add_properties(made, schema, place)
    if schema.get("any_of"):
        made["anyOf"] = [
            json_schema(inner, f"{place}.any_of[{i}]") for i, inner in enumerate(schema["any_of"])
        ]
    return _with_null(made) if schema.get("nullable") else made


def _check_owners(schema: dict, kind: str, place: str) -> None:
    """ApiError for a keyword of another type than the schema's."""
    for name in ("properties", "required", "property_ordering"):
        if schema.get(name) and kind != "OBJECT":
            raise invalid(f"{place}.{name}", "only allowed for OBJECT type")
    if "items" in schema and kind != "ARRAY":
        raise invalid(f"{place}.items", "only allowed for ARRAY type")


def _add_format(made: dict, schema: dict, kind: str, place: str) -> None:
    """`format`: that of an integer is its range, "enum" and a float's say nothing more here."""
    given = schema.get("format", "")
    if not given:
        return
    allowed = FORMATS.get(kind, ())
    if given not in allowed:
        known = " and ".join(f"'{name}'" for name in allowed) or "none"
        raise invalid(f"{place}.format", f"only {known} are supported for {kind} type")
    if given == "date-time":
        made["format"] = given
    if given in BITS:
        edge = 2 ** (BITS[given] - 1)
        made["minimum"] = max(made.get("minimum", -edge), -edge)
        made["maximum"] = min(made.get("maximum", edge - 1), edge - 1)


def _values(texts: list[str], kind: str, place: str) -> list:
    """The values of `enum`, whose items are texts whatever the type is."""
    read = {"STRING": str, "TYPE_UNSPECIFIED": str, "INTEGER": int, "NUMBER": float}.get(kind)
    if read is None:
        raise invalid(f"{place}.enum", "only allowed for STRING type")
    values = []
    for i, item in enumerate(texts):
        if not item:
            raise invalid(f"{place}.enum[{i}]", "cannot be empty")
        try:
            values.append(read(item))
        except ValueError:
            raise invalid(f"{place}.enum[{i}]", f"is no {kind}") from None
    return values


def _add_properties(made: dict, schema: dict, place: str) -> None:
    given = schema.get("properties")
    if not given:
        raise invalid(f"{place}.properties", "should be non-empty for OBJECT type")
    for keyword in ("required", "property_ordering"):
        for i, name in enumerate(schema.get(keyword, ())):
            if name not in given:
                raise invalid(f"{place}.{keyword}[{i}]", "property is not defined")

    names = dict.fromkeys([*schema.get("property_ordering", ()), *given])
    made["properties"] = {
        name: json_schema(given[name], f"{place}.properties[{name[:80]}]") for name in names
    }
    if schema.get("required"):
        made["required"] = list(dict.fromkeys(schema["required"]))
    made["additionalProperties"] = False


def _with_null(schema: dict) -> dict:
    """The schema with null beside what it permits."""
    made = dict(schema)
    if "type" in made and made["type"] != "null":
        made["type"] = [made["type"], "null"]
    if "enum" in made:
        made["enum"] = [*made["enum"], None]
    if "anyOf" in made:
        made["anyOf"] = [*made["anyOf"], {"type": "null"}]
    return made
