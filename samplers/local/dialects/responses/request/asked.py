"""What a body of POST /v1/responses asks for."""

from dataclasses import dataclass

from samplers.local.engine.model import ServedModel
from samplers.local.request.response_format import Format
from samplers.local.request.tools import Tools


@dataclass(frozen=True)
class ResponseRequest:
    """The request, each of its values checked by itself, but not yet what they mean together.

    `items` are its own input's, in the wire's form, each with an id. `previous` is the response
    that it goes on from, or None; `conversation` and `prompt` are ids, or None. `limit` is
    `max_output_tokens`. `top_logprobs` is None where no logprobs are shown. `effort` and `summary`
    are those of `reasoning`. `truncates`: the oldest items may be left out. `given` are the checked
    values of all fields that are not null. `echo` are the fields of the response that repeat the
    request.
    """

    model: ServedModel
    items: tuple[dict, ...]
    instructions: str | None
    previous: str | None
    temperature: float
    top_p: float
    limit: int | None
    top_logprobs: int | None
    include: frozenset[str]
    tools: Tools | None
    format: Format | None
    effort: str
    summary: str | None
    truncates: bool
    store: bool
    background: bool
    stream: bool
    echo: dict
    presence_penalty: float
    frequency_penalty: float
    include_obfuscation: bool
    conversation: str | None
    prompt: str | None
    given: dict
