"""`response_format`: whether an answer is plain text, any JSON, or JSON that fits a schema."""

from dataclasses import dataclass
from functools import cached_property

from samplers.local.engine.grammars.grammar import of_schema
from samplers.local.request import schema
from samplers.local.request.checks import boolean, one_of, only_fields, pattern, required, string
from samplers.local.request.errors import bad_request, wrong_type

NAME = r"[a-zA-Z0-9_-]+"  # of a schema or a function


@dataclass(frozen=True)
class Format:
    """An answer that is JSON.

    `schema` is what it keeps to. `refuse` makes the error if it cannot be enforced. `any_json` is
    JSON mode.
    """

    schema: dict
    refuse: schema.Refuse
    any_json: bool = False

    @cached_property
    def grammar(self) -> str:
        """The grammar of the answer."""
        return of_schema(self.schema)


def response_format(name: str, value) -> Format | None:
    """The checked `response_format`; None for plain text."""
    only_fields(name, value, "type", "json_schema")
    kinds = one_of("json_object", "json_schema", "text")
    kind = kinds(f"{name}.type", required(name, value, "type"))
    if kind == "json_object":
        refuse = schema.refusal("response_format", name)
        return Format({"type": "object"}, refuse, any_json=True)
    if kind == "json_schema":
        return _json_schema(f"{name}.json_schema", required(name, value, "json_schema"))
    return None


def _json_schema(name: str, value) -> Format:
    only_fields(name, value, "name", "description", "schema", "strict")
    title = pattern(NAME, 64)(f"{name}.name", required(name, value, "name"))
    if value.get("description") is not None:
        string()(f"{name}.description", value["description"])
    if not isinstance(required(name, value, "schema"), dict):
        raise wrong_type(f"{name}.schema", "an object", value["schema"])
    strict = value.get("strict") is not None and boolean(f"{name}.strict", value["strict"])

    refuse = schema.refusal(f"response_format '{title}'", "response_format")
    return Format(schema.check(value["schema"], strict, refuse), refuse)


def check_mentions_json(messages: list[dict]) -> None:
    """OpenAI's condition for JSON mode: a message mentions JSON. ApiError if none does."""
    if not any("json" in message["content"].lower() for message in messages):
        message = (
            "'messages' must contain the word 'json' in some form, "
            "to use 'response_format' of type 'json_object'."
        )
        raise bad_request(message, "messages")
