"""What the tests of constrained answers share."""

PERSON = [{"role": "user", "content": "Invent a person."}]
TEXT = {"type": "string"}
INTEGER = {"type": "integer"}
NUMBER = {"type": "number"}


def json_schema(schema: dict, strict: bool = True) -> dict:
    """A `response_format` with a schema."""
    return {
        "type": "json_schema",
        "json_schema": {"name": "it", "schema": schema, "strict": strict},
    }
