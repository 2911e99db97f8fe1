"""The schemas inside a schema: where they stand, how deep, and what a $ref points to."""

from example_schemas import STRING, an_object

from samplers.wire.subschemas import depth, pointer, resolve, subschemas


def test_subschemas_name_their_place():
    schema = an_object(a={"anyOf": [STRING, {"type": "array", "items": {"type": "integer"}}]}) | {
        "$defs": {"T": STRING}
    }
    assert [context for context, _, _ in subschemas(schema)] == [
        (),
        ("properties", "a"),
        ("properties", "a", "anyOf", "0"),
        ("properties", "a", "anyOf", "1"),
        ("properties", "a", "anyOf", "1", "items"),
        ("$defs", "T"),
    ]


def test_levels_count_the_schemas_around_one():
    schema = an_object(a={"type": "array", "items": {"anyOf": [STRING]}})
    levels = {context[-1]: level for context, level, _ in subschemas(schema) if context}
    assert levels == {"a": 1, "items": 2, "0": 3}


def test_a_context_as_a_json_pointer():
    # the escapes of RFC 6901, section 3
    assert pointer(()) == "#"
    assert pointer(("properties", "a/b~c", "items")) == "#/properties/a~1b~0c/items"


def test_references():
    root = an_object(a=STRING) | {"$defs": {"T/t": STRING}}
    assert resolve("#", root) is root
    assert resolve("#/$defs/T~1t", root) is STRING
    many = an_object(a={"anyOf": [STRING, {}]}) | {"$defs": {"a b/%": STRING}}
    assert resolve("#/properties/a/anyOf/0", many) is STRING
    assert resolve("#/$defs/a%20b~1%25", many) is STRING  # a fragment of a URL: RFC 6901, section 6
    for nothing in ("#/properties/a/anyOf/2", "#/properties/a/anyOf/-1", "#/properties/a/anyOf/x"):
        assert resolve(nothing, many) is None
    for nothing in ("#/$defs/T", "#/required", "#/", "https://example.com/schema", 5):
        assert resolve(nothing, root) is None


def test_depth():
    assert depth(1) == 0
    assert depth({"a": [], "b": [{}]}) == 2
