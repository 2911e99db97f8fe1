"""`response_format`: what kind of answer a request asks for."""

from dataclasses import dataclass

from samplers.local.engine.grammar import of_schema
from samplers.local.request import schema
from samplers.local.request.checks import (
    boolean,
    known,
    needed,
    one_of,
    pattern,
    string,
    wrong_type,
)
from samplers.local.request.errors import bad_request

NAME = r"[a-zA-Z0-9_-]+"


@dataclass(frozen=True)
class Format:
    """An answer that is JSON: the `grammar` it keeps to, and how an error speaks of it. `any_json`
    is JSON mode.
    """

    grammar: str
    refuse: schema.Refuse
    any_json: bool = False


def response_format(name: str, value) -> Format | None:
    """The checked `response_format`; None for plain text."""
    known(name, value, "type", "json_schema")
    kind = one_of("json_object", "json_schema", "text")(f"{name}.type", needed(name, value, "type"))
    if kind == "json_object":
        return Format(
            of_schema({"type": "object"}), schema.refusal("response_format", name), any_json=True
        )
    if kind == "json_schema":
        return _json_schema(f"{name}.json_schema", needed(name, value, "json_schema"))
    return None


def _json_schema(name: str, value) -> Format:
    known(name, value, "name", "description", "schema", "strict")
    title = pattern(NAME, 64)(f"{name}.name", needed(name, value, "name"))
    if value.get("description") is not None:
        string()(f"{name}.description", value["description"])
    if not isinstance(needed(name, value, "schema"), dict):
        raise wrong_type(f"{name}.schema", "an object", value["schema"])
    strict = value.get("strict") is not None and boolean(f"{name}.strict", value["strict"])
    refuse = schema.refusal(f"response_format '{title}'", "response_format")
    return Format(of_schema(schema.check(value["schema"], strict, refuse)), refuse)


def needs_the_word(messages: list[dict]) -> None:
    """OpenAI's condition for JSON mode: a message speaks of JSON. ApiError if none does."""
    if not any("json" in message["content"].lower() for message in messages):
        text = "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
        raise bad_request(text, "messages")
