"""A chat request: what its JSON and headers ask for, checked, with OpenAI's defaults filled in."""

import json
from dataclasses import dataclass

from samplers.local.request.checks import array, integer
from samplers.local.request.errors import bad_request, wrong_body
from samplers.local.request.fields import checked_fields
from samplers.local.request.response_format import Format, check_mentions_json
from samplers.local.request.tools import Tools, tools
from samplers.wire.logprobs import MAX_TOP_LOGPROBS

# The endpoint's own headers, for lessons: logprobs of the whole vocabulary, with token ids; and the
# token ids that the answer begins with.
FULL_LOGPROBS = "x-samplers-full-logprobs"
CONTINUE = "x-samplers-continue"


@dataclass(frozen=True)
class ChatRequest:
    """What a chat request asks for.

    `logit_bias` has integer ids. `top_logprobs` is None if no logprobs are asked for.
    `include_ids` adds token ids to them. `continued` are the answer's first tokens, already chosen.
    `response_format` is None for plain text, `tools` if nothing may be called.
    """

    model: str
    messages: list[dict]
    temperature: float
    top_p: float
    frequency_penalty: float
    presence_penalty: float
    logit_bias: dict[int, float]
    seed: int | None
    stop: tuple[str, ...]
    max_tokens: int | None
    n: int
    top_logprobs: int | None
    stream: bool
    include_usage: bool
    include_obfuscation: bool
    response_format: Format | None
    tools: Tools | None = None
    include_ids: bool = False
    continued: tuple[int, ...] = ()


def parse(body, headers, vocabulary_size: int) -> ChatRequest:
    """A request's JSON and headers -> ChatRequest. ApiError (400) for the first wrong thing."""
    if not isinstance(body, dict):
        raise wrong_body(body)
    values = checked_fields(body)
    full_logprobs = headers.get(FULL_LOGPROBS, "").lower() == "true"

    most = vocabulary_size if full_logprobs else MAX_TOP_LOGPROBS
    values["top_logprobs"] = _top_logprobs(values.pop("logprobs"), values["top_logprobs"], most)
    options = _stream_options(values["stream"], values.pop("stream_options"))
    values["max_tokens"] = _max_tokens(values.pop("max_completion_tokens"), values["max_tokens"])
    if values["response_format"] is not None and values["response_format"].any_json:
        check_mentions_json(values["messages"])
    values["logit_bias"] = _token_ids(values["logit_bias"], vocabulary_size)

    return ChatRequest(
        tools=tools(body),
        include_usage=options.get("include_usage", False),
        # OpenAI obfuscates unless it is asked not to. Here nobody eavesdrops, and people read the
        # chunks.
        include_obfuscation=options.get("include_obfuscation", False),
        include_ids=full_logprobs,
        continued=_continued(headers.get(CONTINUE), vocabulary_size),
        **values,
    )


def _top_logprobs(logprobs: bool, top: int | None, most: int) -> int | None:
    if top is not None and top > most:
        message = f"Invalid value for 'top_logprobs': must be less than or equal to {most}."
        raise bad_request(message, "top_logprobs")
    if top is not None and not logprobs:
        message = "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled."
        raise bad_request(message, "top_logprobs")
    return (top or 0) if logprobs else None


def _stream_options(stream: bool, options: dict | None) -> dict:
    if options is not None and not stream:
        message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise bad_request(message, "stream_options")
    return options or {}


def _max_tokens(limit: int | None, older: int | None) -> int | None:
    """The limit by its newer name, max_completion_tokens, or its older one, max_tokens."""
    if limit is not None and older is not None:
        message = (
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported."
        )
        raise bad_request(message, "max_tokens", "invalid_parameter_combination")
    return older if limit is None else limit


def _token_ids(bias: dict[str, float], size: int) -> dict[int, float]:
    """`logit_bias` with its keys as integers: JSON's keys are strings."""
    name = "logit_bias"
    ids = {}
    for key, value in bias.items():
        begin = f"Invalid key in '{name}': {key[:40]}."
        if not (key.isascii() and key.isdecimal()):
            message = f"{begin} You should only be submitting non-negative integers."
            raise bad_request(message, name, "invalid_value")
        if len(key) > 9 or int(key) >= size:
            message = f"{begin} Maximum value is {size - 1}."
            raise bad_request(message, name, "invalid_value")
        ids[int(key)] = value
    return ids


def _continued(header: str | None, size: int) -> tuple[int, ...]:
    if header is None:
        return ()
    try:
        ids = json.loads(header)
    except (ValueError, RecursionError):
        message = f"Invalid '{CONTINUE}': expected a JSON array of token ids."
        raise bad_request(message, CONTINUE, "invalid_value") from None
    return tuple(array(integer(0, size - 1), 0)(CONTINUE, ids))
