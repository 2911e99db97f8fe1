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


def x(schema) -> tuple[dict, str]:
    return an_object(x=schema), "#/properties/x"


# (schema, where the fault is, a part of the reason)
RULES = [
    (STRING, "#", "the root must have type object"),
    ({}, "#", "the root must have type object"),
    ({"anyOf": [an_object()]}, "#", "the root must have type object and no anyOf"),
    (an_object() | {"anyOf": [an_object()]}, "#", "no anyOf"),
    ({"$ref": "#/$defs/a", "$defs": {"a": an_object()}}, "#", "the root must have type object"),
    ({"type": ["object", "null"]}, "#", "the root must have type object"),
    (5, "#", "a schema must be an object, got 5"),
    (None, "#", "a schema must be an object"),
    (*x(True), "a schema must be an object, got True"),
    (*x([STRING]), "a schema must be an object"),
    (*x({}), "no type and no anyOf"),
    (*x({"description": "d"}), "no type"),
    (*x({"type": "text"}), "type 'text' is not supported"),
    (*x({"type": ["string", "any"]}), "type 'any' is not supported"),
    (*x({"type": {"a": 1}}), "is not supported"),
    (*x({"type": []}), "type [] is not supported"),
    (*x({"type": ["string", "string"]}), "type ['string', 'string'] is not supported"),
    (*x({"enum": ["a"]}), "no type and no anyOf (values need one too)"),
    (*x({"const": "a"}), "no type and no anyOf (values need one too)"),
    (*x(STRING | {"title": 5}), "title must be a string"),
    (*x(STRING | {"pattern": None}), "pattern must be a string"),
    (*x({"type": "number", "minimum": "1"}), "minimum must be a number"),
    (*x({"type": "number", "maximum": True}), "maximum must be a number"),
    (*x({"type": "integer", "multipleOf": 0}), "multipleOf must be a number > 0"),
    (*x({"type": "array", "items": STRING, "minItems": -1}), "minItems must be an integer >= 0"),
    (*x({"type": "array", "items": STRING, "maxItems": 1.5}), "maxItems must be an integer >= 0"),
    (*x(STRING | {"$defs": []}), "$defs must be an object of schemas"),
    (*x(an_object(a=STRING) | {"required": ["a", "a"]}), "required names a property twice"),
    (*x({"type": "object"}), "additionalProperties must be there and be false"),
    (
        *x(an_object() | {"additionalProperties": True}),
        "additionalProperties must be there and be false",
    ),
    (
        *x(an_object() | {"additionalProperties": STRING}),
        "additionalProperties must be there and be false",
    ),
    (
        *x(an_object() | {"additionalProperties": 0}),
        "additionalProperties must be there and be false",
    ),
    (*x({"type": "object", "additionalProperties": False}), "an object must have properties"),
    (*x(an_object() | {"properties": [1]}), "an object must have properties"),
    (
        *x(an_object(a=STRING, b=STRING) | {"required": ["b"]}),
        "required must name every property: a is missing",
    ),
    (*x(an_object() | {"required": ["b"]}), "required names what is no property: b"),
    (*x(an_object() | {"required": True}), "required (a list)"),
    (*x({"type": "array"}), "an array must have items"),
    (
        an_object(x={"type": "array", "items": False}),
        "#/properties/x/items",
        "a schema must be an object",
    ),
    (an_object(x={"type": "array", "items": {}}), "#/properties/x/items", "no type"),
    (*x({"type": "array", "items": STRING, "uniqueItems": True}), "uniqueItems is not supported"),
    (
        *x({"type": "array", "prefixItems": [STRING], "items": STRING}),
        "prefixItems is not supported",
    ),
    (*x(STRING | {"minLength": 1}), "minLength is not supported"),
    (*x(STRING | {"minimum": 1}), "minimum is not supported here"),
    (*x(STRING | {"default": "a"}), "default is not supported"),
    (*x(STRING | {"nullable": True}), "nullable is not supported"),
    (*x(STRING | {"format": "uri"}), "format 'uri' is not supported"),
    (*x(STRING | {"format": ["date"]}), "is not supported"),
    (*x({"allOf": [STRING]}), "allOf is not supported"),
    (*x({"oneOf": [STRING]}), "oneOf is not supported"),
    (*x({"not": STRING}), "not is not supported"),
    (*x(an_object() | {"patternProperties": {}}), "patternProperties is not supported"),
    (*x({"if": STRING, "then": STRING}), "if is not supported"),
    (*x({"anyOf": []}), "anyOf must be a list of schemas"),
    (*x({"anyOf": STRING}), "anyOf must be a list of schemas"),
    (
        an_object(x={"anyOf": [STRING, {"type": "array"}]}),
        "#/properties/x/anyOf/1",
        "must have items",
    ),
    (*x({"enum": []}), "enum must be a list of values"),
    (*x({"enum": "ab"}), "enum must be a list of values"),
    (*x(STRING | {"enum": ["a", 1]}), "the value 1 is not of type string"),
    (*x({"type": "integer", "enum": [1, True]}), "the value True is not of type integer"),
    (*x({"type": "integer", "const": 1.5}), "the value 1.5 is not of type integer"),
    (*x({"enum": [["a"]]}), "the value ['a'] is not of type"),
    (*x({"const": {"a": 1}}), "is not of type"),
    (*x({"$ref": "#/$defs/missing"}), "$ref '#/$defs/missing' points to nothing"),
    (*x({"$ref": "https://example.com/schema"}), "points to nothing"),
    (*x({"$ref": 5}), "$ref 5 points to nothing"),
    (
        *x({"$ref": "#", "description": "d"}),
        "$ref cannot have other keywords beside it: description",
    ),
    (an_object() | {"$defs": {"a/b~c": {}}}, "#/$defs/a~1b~0c", "no type"),
]


def nested(levels: int, step) -> dict:
    """A schema whose deepest one is so many steps inside."""
    schema = STRING
    for _ in range(levels - 1):
        schema = step(schema)
    return an_object(x=schema)


STEPS = {
    "properties": lambda inner: an_object(x=inner),
    "items": lambda inner: {"type": "array", "items": inner},
    "anyOf": lambda inner: {"anyOf": [inner, {"type": "null"}]},
}
