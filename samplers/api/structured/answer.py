"""Structured Outputs: a model as the request's response_format, and the answer as one of four typed
results.
"""

import re
from dataclasses import dataclass, field

from samplers.api.results import Completion
from samplers.api.structured.partial import partial_json
from samplers.api.structured.schema import problems, strict_schema


@dataclass(frozen=True)
class Parsed:
    """The answer as an object: `value` is of the model that was asked for."""

    value: object
    completion: Completion = field(repr=False)


@dataclass(frozen=True)
class Refusal:
    """The model will not answer, or a filter took the answer away; `text` is what it says instead,
    if anything.
    """

    text: str
    completion: Completion = field(repr=False)


@dataclass(frozen=True)
class Truncated:
    """The answer ended before its JSON did (max_tokens, or a stream that broke). `partial`: what is
    known so far.
    """

    text: str
    partial: object
    completion: Completion = field(repr=False)


@dataclass(frozen=True)
class Invalid:
    """The answer is whole and does not fit: an endpoint that ignores the schema, or a validator of
    the model's own.
    """

    text: str
    reason: str
    completion: Completion = field(repr=False)


Answer = Parsed | Refusal | Truncated | Invalid


def response_format(model: type) -> dict:
    """What asks for answers of `model`, a pydantic model or a dataclass: ``client.stream(…,
    response_format=…)``.
    """
    name = re.sub(r"[^a-zA-Z0-9_-]", "_", getattr(model, "__name__", "answer"))[:64]
    return {
        "type": "json_schema",
        "json_schema": {"name": name, "strict": True, "schema": strict_schema(model)},
    }


def read_answer(completion: Completion, model: type) -> Answer:
    """What a completion (its first choice) says, as `model`. Types are held to strictly: "5" is no
    number.

    ::

        match client.parse("Paris, 2 million people", City):
            case Parsed(city): …
            case Refusal(text): …
            case Truncated(text, partial): …
            case Invalid(text, reason): …
    """
    from pydantic import TypeAdapter, ValidationError

    text = completion.text
    if completion.refusal or completion.finish_reason == "content_filter":
        return Refusal(completion.refusal or text, completion)
    if completion.finish_reason in ("length", None):
        return Truncated(text, partial_json(text), completion)
    try:
        return Parsed(TypeAdapter(model).validate_json(text, strict=True), completion)
    except ValidationError as error:
        return Invalid(text, problems(error), completion)
