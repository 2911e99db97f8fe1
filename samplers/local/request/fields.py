"""The fields of a chat request: for each a check and a default, in tables."""

from samplers.local.request.checks import (
    Check,
    array,
    boolean,
    decimal,
    integer,
    mapping,
    one_of,
    only_fields,
    parameter,
    string,
)
from samplers.local.request.errors import bad_request, missing, unknown, unsupported, wrong_type
from samplers.local.request.messages import messages
from samplers.local.request.response_format import response_format


def _stop(name: str, value) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [value]
    elif not isinstance(value, list):
        raise wrong_type(name, "one of a string or array of strings", value)
    stops = tuple(array(string(), 1, 4)(name, value))
    if "" in stops:
        message = f"Invalid '{name}': empty string. Expected a string with minimum length 1."
        raise bad_request(message, name, "empty_string")
    return stops


def _stream_options(name: str, value) -> dict[str, bool]:
    options = only_fields(name, value, "include_usage", "include_obfuscation")
    given = {key: option for key, option in options.items() if option is not None}
    return mapping(boolean)(name, given)


# field: (check, what an absent or null one means). MISSING: the field is required.
MISSING = object()
FIELDS = {
    "model": (string(), MISSING),
    "messages": (messages, MISSING),
    "temperature": (parameter("temperature"), 1.0),
    "top_p": (parameter("top_p"), 1.0),
    "frequency_penalty": (parameter("frequency_penalty"), 0.0),
    "presence_penalty": (parameter("presence_penalty"), 0.0),
    "logit_bias": (mapping(decimal(-100, 100)), {}),
    "seed": (parameter("seed"), None),
    "stop": (_stop, ()),
    "max_tokens": (parameter("max_tokens"), None),
    "max_completion_tokens": (parameter("max_tokens"), None),
    "n": (parameter("n"), 1),
    "logprobs": (boolean, False),
    "top_logprobs": (integer(0), None),  # its maximum depends on a header
    "stream": (boolean, False),
    "stream_options": (_stream_options, None),
    "response_format": (response_format, None),
}
# Accepted as OpenAI accepts them; they change nothing here.
WITHOUT_EFFECT = {
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
TOOL_FIELDS = {"tools", "tool_choice", "parallel_tool_calls"}  # checked together, by tools.py
DEPRECATED = {"functions": "tools", "function_call": "tool_choice"}  # with what replaced them
ALL = FIELDS.keys() | WITHOUT_EFFECT.keys() | UNSUPPORTED | TOOL_FIELDS | DEPRECATED.keys()


def checked_fields(body: dict) -> dict:
    """The values of FIELDS, each checked alone. ApiError (400) for the first wrong field.

    As at OpenAI, missing fields come first, then unknown ones, then wrong values.
    """
    if body.get("model") is None:
        raise bad_request("you must provide a model parameter")
    if "messages" not in body:
        raise missing("messages")
    for name in body:
        if name not in ALL:
            raise unknown(name, ALL - body.keys())
    for name, value in body.items():
        if value is not None:
            _check_other(name, value)
    return {name: _value(body, name, *rule) for name, rule in FIELDS.items()}


def _check_other(name: str, value) -> None:
    """Checks a field of the tables after FIELDS."""
    if name in DEPRECATED:
        raise unsupported(name, f" It is deprecated: use '{DEPRECATED[name]}' instead.")
    if name in UNSUPPORTED:
        raise unsupported(name)
    if name in WITHOUT_EFFECT:
        WITHOUT_EFFECT[name](name, value)


def _value(body: dict, name: str, check: Check, default):
    value = body.get(name)
    if value is not None:
        return check(name, value)
    if default is MISSING:  # of the required fields, only the messages can still be null
        raise wrong_type(name, "an array of objects", None)
    return default
