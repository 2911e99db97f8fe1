"""Schemas that strict mode takes, one for each rule that it refuses, and some of any depth."""

STRING = {"type": "string"}


def an_object(**properties) -> dict:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


# The document's own example, the recursive one of OpenAI's guide in substance, and every supported
# keyword.
MATHS = an_object(
    reasoning_steps={
        "type": "array",
        "items": an_object(
            step_number={"type": "integer"}, description=STRING, intermediate_result=STRING
        ),
    },
    final_answer=STRING,
    confidence={"type": "number", "minimum": 0, "maximum": 1},
)
LIST = an_object(value=STRING, next={"anyOf": [{"$ref": "#"}, {"type": "null"}]})
TREE = an_object(root={"$ref": "#/$defs/node"}) | {
    "$defs": {
        "node": an_object(
            name=STRING, children={"type": "array", "items": {"$ref": "#/$defs/node"}}
        )
    }
}
EVERYTHING = an_object(
    text={"type": "string", "pattern": "^a", "description": "a text", "title": "Text"},
    day={"type": ["string", "null"], "format": "date"},
    number={"type": "number", "multipleOf": 0.5, "exclusiveMinimum": 0, "exclusiveMaximum": 9},
    some={"type": "array", "items": {"type": "boolean"}, "minItems": 1, "maxItems": 3},
    choice={"type": ["string", "number", "boolean", "null"], "enum": ["a", 1, None, True, 2.5]},
    one={"type": "string", "const": "x"},
    letter={"type": "string", "enum": ["a", "b"]},
    nothing={"type": "null"},
    empty=an_object(),
)
STRICT = {
    "maths": MATHS,
    "list": LIST,
    "tree": TREE,
    "everything": EVERYTHING,
    "empty": an_object(),
}


def x(schema, keyword: str = "") -> tuple[dict, str]:
    """An object with the property x, and where its fault is: in x itself, or in a keyword of it."""
    return an_object(x=schema), "/".join(["#/properties/x", *([keyword] if keyword else [])])


ANY_SCALAR = "{'type': ['string', 'number', 'integer', 'boolean', 'null']}"
NO_TYPE = "schema must have a 'type' key."
MUST_CLOSE = "'additionalProperties' is required to be supplied and to be false."


# (schema, where the fault is, the end of the reason in OpenAI's or jsonschema's words)
RULES = [
    (STRING, "#", "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"string\"'."),
    ({}, "#", "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"None\"'."),
    ({"anyOf": [an_object()]}, "#", "'anyOf' is not permitted at the root."),
    (an_object() | {"anyOf": [an_object()]}, "#", "'anyOf' is not permitted at the root."),
    (
        {"$ref": "#/$defs/a", "$defs": {"a": an_object()}},
        "#",
        "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"None\"'.",
    ),
    (
        {"type": ["object", "null"]},
        "#",
        'schema must be a JSON Schema of \'type: "object"\', got \'type: ["object", "null"]\'.',
    ),
    (5, "#", "schema must be an object."),
    (None, "#", "schema must be an object."),
    (*x(True), "schema must be an object."),
    (*x([STRING]), "[{'type': 'string'}] is not of type 'object', 'boolean'."),
    (*x({}), NO_TYPE),
    (*x({"description": "d"}), NO_TYPE),
    (*x({"type": "text"}, "type"), "'text' is not valid under any of the given schemas."),
    (
        *x({"type": ["string", "any"]}, "type"),
        "['string', 'any'] is not valid under any of the given schemas.",
    ),
    (*x({"type": {"a": 1}}, "type"), "{'a': 1} is not valid under any of the given schemas."),
    (*x({"type": []}, "type"), "[] is not valid under any of the given schemas."),
    (
        *x({"type": ["string", "string"]}, "type"),
        "['string', 'string'] is not valid under any of the given schemas.",
    ),
    (*x({"enum": ["a"]}), NO_TYPE),
    (*x({"const": "a"}), NO_TYPE),
    (*x(STRING | {"title": 5}, "title"), "5 is not of type 'string'."),
    (*x(STRING | {"pattern": None}, "pattern"), "None is not of type 'string'."),
    (*x({"type": "number", "minimum": "1"}, "minimum"), "'1' is not of type 'number'."),
    (*x({"type": "number", "maximum": True}, "maximum"), "True is not of type 'number'."),
    (
        *x({"type": "integer", "multipleOf": 0}, "multipleOf"),
        "0 is less than or equal to the minimum of 0.",
    ),
    (
        *x({"type": "array", "items": STRING, "minItems": -1}, "minItems"),
        "-1 is less than the minimum of 0.",
    ),
    (
        *x({"type": "array", "items": STRING, "maxItems": 1.5}, "maxItems"),
        "1.5 is not of type 'integer'.",
    ),
    (*x(STRING | {"$defs": []}, "$defs"), "[] is not of type 'object'."),
    (
        *x(an_object(a=STRING) | {"required": ["a", "a"]}, "required"),
        "['a', 'a'] has non-unique elements.",
    ),
    (*x({"type": "object"}), MUST_CLOSE),
    (*x(an_object() | {"additionalProperties": True}), MUST_CLOSE),
    (*x(an_object() | {"additionalProperties": STRING}), MUST_CLOSE),
    (*x(an_object() | {"additionalProperties": 0}), MUST_CLOSE),
    (*x({"type": "object", "additionalProperties": False}), "object schema missing properties."),
    (*x(an_object() | {"properties": [1]}, "properties"), "[1] is not of type 'object'."),
    (*x(an_object(a=STRING, b=STRING) | {"required": ["b"]}), "Missing 'a'."),
    (*x(an_object() | {"required": ["b"]}), "Extra required key 'b' supplied."),
    (*x(an_object() | {"required": True}, "required"), "True is not of type 'array'."),
    (*x({"type": "array"}), "array schema missing items."),
    (
        an_object(x={"type": "array", "items": False}),
        "#/properties/x/items",
        "schema must be an object.",
    ),
    (an_object(x={"type": "array", "items": {}}), "#/properties/x/items", NO_TYPE),
    (
        *x({"type": "array", "items": STRING, "uniqueItems": True}),
        "'uniqueItems' is not permitted.",
    ),
    (
        *x({"type": "array", "prefixItems": [STRING], "items": STRING}),
        "'prefixItems' is not permitted.",
    ),
    (*x(STRING | {"minLength": 1}), "'minLength' is not permitted."),
    (*x(STRING | {"minimum": 1}), "'minimum' is not permitted."),
    (*x(STRING | {"default": "a"}), "'default' is not permitted."),
    (*x(STRING | {"nullable": True}), "'nullable' is not permitted."),
    (*x(STRING | {"format": "uri"}), "'uri' is not a supported format."),
    (*x(STRING | {"format": ["date"]}, "format"), "['date'] is not of type 'string'."),
    (*x({"allOf": [STRING]}), "'allOf' is not permitted."),
    (*x({"oneOf": [STRING]}), "'oneOf' is not permitted."),
    (*x({"not": STRING}), "'not' is not permitted."),
    (*x(an_object() | {"patternProperties": {}}), "'patternProperties' is not permitted."),
    (*x({"if": STRING, "then": STRING}), "'if' is not permitted."),
    (*x({"anyOf": []}, "anyOf"), "[] should be non-empty."),
    (*x({"anyOf": STRING}, "anyOf"), "{'type': 'string'} is not of type 'array'."),
    (
        an_object(x={"anyOf": [STRING, {"type": "array"}]}),
        "#/properties/x/anyOf/1",
        "array schema missing items.",
    ),
    (*x({"enum": []}), "[] should be non-empty."),
    (*x({"enum": "ab"}, "enum"), "'ab' is not of type 'array'."),
    (*x(STRING | {"enum": ["a", 1]}), "enum value 1 does not validate against {'type': 'string'}."),
    (
        *x({"type": "integer", "enum": [1, True]}),
        "enum value True does not validate against {'type': 'integer'}.",
    ),
    (
        *x({"type": "integer", "const": 1.5}),
        "const value 1.5 does not validate against {'type': 'integer'}.",
    ),
    (
        *x({"enum": [["a"]]}),
        f"enum value ['a'] does not validate against {ANY_SCALAR}.",
    ),
    (
        *x({"const": {"a": 1}}),
        f"const value {{'a': 1}} does not validate against {ANY_SCALAR}.",
    ),
    (
        *x({"$ref": "#/$defs/missing"}),
        "reference to component '#/$defs/missing' which was not found in the schema.",
    ),
    (
        *x({"$ref": "https://example.com/schema"}),
        "reference to component 'https://example.com/schema' which was not found in the schema.",
    ),
    (*x({"$ref": 5}, "$ref"), "5 is not of type 'string'."),
    (*x({"$ref": "#", "description": "d"}), "$ref cannot have keywords {'description'}."),
    (an_object() | {"$defs": {"a/b~c": {}}}, "#/$defs/a~1b~0c", NO_TYPE),
]


def nested(levels: int, step) -> dict:
    """An object's schema in which the deepest schema is at this level."""
    schema = STRING
    for _ in range(levels - 1):
        schema = step(schema)
    return an_object(x=schema)


STEPS = {
    "properties": lambda inner: an_object(x=inner),
    "items": lambda inner: {"type": "array", "items": inner},
    "anyOf": lambda inner: {"anyOf": [inner, {"type": "null"}]},
}
