"""A chat request: OpenAI's fields, ranges and defaults, checked by one table."""

import json
from dataclasses import dataclass

from samplers.local.request import checks
from samplers.local.request.checks import (
    array,
    boolean,
    decimal,
    integer,
    kind_of,
    known,
    mapping,
    missing,
    one_of,
    string,
    unknown,
    unsupported,
    wrong_type,
)
from samplers.local.request.errors import bad_request
from samplers.local.request.messages import messages
from samplers.local.request.response_format import Format, needs_the_word, response_format
from samplers.local.request.tools import Tools, tools

INT64 = 2**63


def _stop(name: str, value) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [value]
    elif not isinstance(value, list):
        raise wrong_type(name, "one of a string or array of strings", value)
    stops = tuple(array(string(), 1, 4)(name, value))
    if "" in stops:
        raise bad_request(
            f"Invalid '{name}': empty string. Expected a string with minimum length 1.",
            name,
            "empty_string",
        )
    return stops


def _logit_bias(name: str, value) -> dict[str, float]:
    return mapping(decimal(-100, 100))(name, value)


def _stream_options(name: str, value) -> dict[str, bool]:
    options = known(name, value, "include_usage", "include_obfuscation")
    return mapping(boolean)(name, {k: v for k, v in options.items() if v is not None})


# field: (check, what an absent or null one means). MISSING: it is required.
MISSING = object()
FIELDS = {
    "model": (string(), MISSING),
    "messages": (messages, MISSING),
    "temperature": (decimal(0, 2), 1.0),
    "top_p": (decimal(0, 1), 1.0),
    "frequency_penalty": (decimal(-2, 2), 0.0),
    "presence_penalty": (decimal(-2, 2), 0.0),
    "logit_bias": (_logit_bias, {}),
    "seed": (integer(-INT64, INT64 - 1), None),
    "stop": (_stop, ()),
    "max_tokens": (integer(1), None),
    "max_completion_tokens": (integer(1), None),
    "n": (integer(1, 128), 1),
    "logprobs": (boolean, False),
    "top_logprobs": (integer(0), None),  # its maximum depends on a header
    "stream": (boolean, False),
    "stream_options": (_stream_options, None),
    "response_format": (response_format, None),
}
# Accepted as OpenAI accepts them; they change nothing here.
HARMLESS = {
    "metadata": mapping(string(512), 16, 64),
    "modalities": array(one_of("text"), 1),
    "prompt_cache_key": string(),
    "prompt_cache_retention": one_of("in_memory", "in-memory", "24h"),
    "safety_identifier": string(64),
    "service_tier": one_of("auto", "default", "fast", "flex", "priority"),
    "store": boolean,
    "user": string(),
}
# OpenAI's fields that this endpoint does not have.
UNSUPPORTED = {
    "audio",
    "moderation",
    "prediction",
    "prompt_cache_options",
    "reasoning_effort",
    "verbosity",
    "web_search_options",
}
TOOLS = {"tools", "tool_choice", "parallel_tool_calls"}  # checked together
OLD = {"functions": "tools", "function_call": "tool_choice"}  # deprecated: what came after


@dataclass(frozen=True)
class ChatRequest:
    """What a chat request asks for, every default filled in. `logit_bias` has integer ids; `top` is
    the number of logprobs a token, None if none are wanted; `ids` asks for token ids beside them;
    `continued` are the answer's first tokens, already chosen. `response_format` is None for plain
    text, `tools` if nothing may be called.
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
    top: int | None
    stream: bool
    include_usage: bool
    obfuscated: bool
    response_format: Format | None
    tools: Tools | None = None
    ids: bool = False
    continued: tuple[int, ...] = ()


def parse(body, headers, vocabulary_size: int) -> ChatRequest:
    """A request's JSON and headers -> ChatRequest; ApiError (400) for the first thing that is wrong
    with it.
    """
    if not isinstance(body, dict):
        raise bad_request(
            f"Invalid type for the request body: expected an object, but got {kind_of(body)} instead."
        )
    if body.get("model") is None:
        raise bad_request("you must provide a model parameter")
    if "messages" not in body:
        raise missing("messages")
    ours = FIELDS.keys() | HARMLESS.keys() | UNSUPPORTED | TOOLS | OLD.keys()
    for name in body:
        if name not in ours:
            raise unknown(name, ours - body.keys())
    for name, value in body.items():
        if name in OLD and value is not None:
            raise unsupported(name, f" It is deprecated: use '{OLD[name]}' instead.")
        if name in UNSUPPORTED and value is not None:
            raise unsupported(name)
        if name in HARMLESS and value is not None:
            HARMLESS[name](name, value)
    values = {name: _value(body, name, *rule) for name, rule in FIELDS.items()}
    every = headers.get("x-samplers-full-logprobs", "").lower() == "true"
    logprobs, top = values.pop("logprobs"), values.pop("top_logprobs")
    if top is not None:
        most = vocabulary_size if every else 20
        if top > most:
            message = f"Invalid value for 'top_logprobs': must be less than or equal to {most}."
            raise bad_request(message, "top_logprobs")
        if not logprobs:
            message = "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled."
            raise bad_request(message, "top_logprobs")
    if values["stream_options"] is not None and not values["stream"]:
        message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise bad_request(message, "stream_options")
    options = values.pop("stream_options") or {}
    limit, older = values.pop("max_completion_tokens"), values.pop("max_tokens")
    if limit is not None and older is not None:
        message = (
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported."
        )
        raise bad_request(message, "max_tokens", "invalid_parameter_combination")
    if values["response_format"] is not None and values["response_format"].any_json:
        needs_the_word(values["messages"])
    values["logit_bias"] = _token_ids(values["logit_bias"], vocabulary_size)
    return ChatRequest(
        tools=tools(body),
        include_usage=options.get("include_usage", False),
        # OpenAI pads chunks unless it is told not to; here nobody listens in, and a chunk is to be
        # read by people
        obfuscated=options.get("include_obfuscation", False),
        max_tokens=older if limit is None else limit,
        top=(top or 0) if logprobs else None,
        ids=every,
        continued=_continued(headers.get("x-samplers-continue"), vocabulary_size),
        **values,
    )


def _value(body: dict, name: str, check: checks.Check, default):
    value = body.get(name)
    if value is not None:
        return check(name, value)
    if default is MISSING:
        raise wrong_type(name, "an array of objects", None)  # only the messages can still be null
    return default


def _token_ids(bias: dict[str, float], size: int) -> dict[int, float]:
    ids = {}
    for key, value in bias.items():
        if not (key.isascii() and key.isdecimal()):
            message = f"Invalid key in 'logit_bias': {key[:40]}. You should only be submitting non-negative integers."
            raise bad_request(message, "logit_bias", "invalid_value")
        if len(key) > 9 or int(key) >= size:
            raise bad_request(
                f"Invalid key in 'logit_bias': {key[:40]}. Maximum value is {size - 1}.",
                "logit_bias",
                "invalid_value",
            )
        ids[int(key)] = value
    return ids


def _continued(header: str | None, size: int) -> tuple[int, ...]:
    if header is None:
        return ()
    name = "x-samplers-continue"
    try:
        ids = json.loads(header)
    except (ValueError, RecursionError):
        raise bad_request(
            f"Invalid '{name}': expected a JSON array of token ids.", name, "invalid_value"
        ) from None
    return tuple(array(integer(0, size - 1), 0)(name, ids))
