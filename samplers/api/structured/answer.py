"""Structured Outputs: a type as a request's response_format, the answer as one of four results."""

import re
from dataclasses import dataclass, field

from samplers.api.results import Completion
from samplers.api.structured.elements import read_elements
from samplers.api.structured.json_text import check_json
from samplers.api.structured.partial import partial_json
from samplers.api.structured.schema import problems, strict_schema


@dataclass(frozen=True)
class Parsed:
    """The answer as an object: `value` is an instance of the model that was asked for."""

    value: object
    completion: Completion = field(repr=False)


@dataclass(frozen=True)
class Refusal:
    """The model refuses to answer, or a filter removed the answer.

    `text` is what the model says instead; it can be empty.
    """

    text: str
    completion: Completion = field(repr=False)


@dataclass(frozen=True)
class Truncated:
    """The answer ended before its JSON did, at max_tokens or because a stream broke.

    `partial`: the value as far as it is known.
    """

    text: str
    partial: object
    completion: Completion = field(repr=False)


@dataclass(frozen=True)
class Invalid:
    """The answer is complete but does not fit.

    Either the endpoint ignores the schema, or one of the model's own validators refuses the value.
    """

    text: str
    reason: str
    completion: Completion = field(repr=False)


Answer = Parsed | Refusal | Truncated | Invalid


def response_format(model: type) -> dict:
    """The request's response_format for answers of `model`, a pydantic model or a dataclass.

    ``client.stream(…, response_format=response_format(City))``; `client.parse` does it itself.
    """
    name = re.sub(r"[^a-zA-Z0-9_-]", "_", getattr(model, "__name__", "answer"))[:64]
    json_schema = {"name": name, "strict": True, "schema": strict_schema(model)}
    return {"type": "json_schema", "json_schema": json_schema}


def read_answer(completion: Completion, model: type) -> Answer:
    """A completion's first choice as `model`. Types are checked strictly: "5" is no number.

    ::

        match client.parse("Paris, 2 million people", City):
            case Parsed(city): …
            case Refusal(text): …
            case Truncated(text, partial): …
            case Invalid(text, reason): …
    """
    from pydantic import TypeAdapter, ValidationError  # here, for a fast start: it is heavy

    text = completion.text
    if completion.refusal or completion.finish_reason == "content_filter":
        return Refusal(completion.refusal or text, completion)
    if completion.finish_reason in ("length", None):
        return Truncated(text, partial_json(text), completion)
    try:
        check_json(text)
        value = TypeAdapter(model).validate_json(text, strict=True)
        return Parsed(read_elements(value), completion)
    except ValidationError as error:
        return Invalid(text, problems(error), completion)
    except ValueError as error:
        return Invalid(text, str(error), completion)
