"""`text`: the form of an answer's text, plain, any JSON, or JSON that fits a schema."""

from dataclasses import dataclass

from samplers.local.request import schema
from samplers.local.request.checks import boolean, one_of, only_fields, pattern, required, string
from samplers.local.request.errors import bad_request, wrong_type
from samplers.local.request.response_format import NAME, Format

KINDS = ("json_object", "text", "json_schema")  # as OpenAI lists them
PLAIN = {"type": "text"}
VERBOSITY = "medium"  # has no effect here


@dataclass(frozen=True)
class Text:
    """What `text` asks for, and how the response repeats it. `format` is None for plain text."""

    format: Format | None
    echo: dict


def text(name: str, value) -> Text:
    """The checked `text`."""
    only_fields(name, value, "format", "verbosity")
    verbosity = value.get("verbosity")
    if verbosity is not None:
        one_of("low", "medium", "high")(f"{name}.verbosity", verbosity)
    form, echo = None, PLAIN
    if value.get("format") is not None:
        form, echo = _format(f"{name}.format", value["format"])
    return Text(form, {"format": echo, "verbosity": verbosity or VERBOSITY})


def _format(name: str, value) -> tuple[Format | None, dict]:
    if not isinstance(value, dict):
        raise wrong_type(name, "a text format", value)
    kind = one_of(*KINDS)(f"{name}.type", required(name, value, "type"))
    if kind == "json_schema":
        return _json_schema(name, value)
    only_fields(name, value, "type")
    if kind == "text":
        return None, PLAIN
    refuse = schema.refusal("text.format", name)
    return Format({"type": "object"}, refuse, any_json=True), {"type": kind}


def _json_schema(name: str, value: dict) -> tuple[Format, dict]:
    # the name first: a format in Chat's form lacks it
    title = pattern(NAME, 64)(f"{name}.name", required(name, value, "name"))
    only_fields(name, value, "type", "name", "description", "schema", "strict")
    description = value.get("description")
    if description is not None:
        string()(f"{name}.description", description)
    given = required(name, value, "schema")
    if not isinstance(given, dict):
        raise wrong_type(f"{name}.schema", "an object", given)
    strict = value.get("strict") is not None and boolean(f"{name}.strict", value["strict"])

    # param and code as the API answers (2025-2026, third-party)
    refuse = schema.refusal(f"response_format '{title}'", f"{name}.schema", "invalid_json_schema")
    form = Format(schema.check(given, strict, refuse), refuse)
    echo = {"type": "json_schema", "name": title, "description": description}
    return form, echo | {"schema": given, "strict": strict}


def check_mentions_json(messages: list[dict]) -> None:
    """OpenAI's condition for JSON mode: the input mentions JSON (not the instructions)."""
    if not any("json" in message["content"].lower() for message in messages):
        message = (
            "Response input messages must contain the word 'json' in some form to use "
            "'text.format' of type 'json_object'."
        )
        raise bad_request(message, "input")
