"""Whether JSON fits a schema, by the package jsonschema."""

from samplers.wire.unneeded import without


def validator(schema: dict):
    """The Draft202012Validator of a schema: ``validator(schema).is_valid(value)``.

    The package is loaded at the first call, and without its check of IRIs, which is slow to load.
    """
    with without("rfc3987_syntax"):
        from jsonschema import Draft202012Validator

    return Draft202012Validator(schema)
