"""The fields of a request beside model and input, each with its check, in OpenAI's order.

The order and the sentences are those of 2026-08-30 (gpt-5.6-terra, third-party); fields that have
come since are refused. A null is the same as nothing.
"""

from samplers.local.dialects.responses.request.text import text
from samplers.local.dialects.responses.request.tools import request_tools, tool_choice
from samplers.local.request.checks import (
    Check,
    array,
    boolean,
    integer,
    mapping,
    one_of,
    only_fields,
    parameter,
    required,
    string,
)
from samplers.local.request.errors import (
    bad_request,
    listed,
    short,
    unsupported,
    wrong_type,
    wrong_value,
)
from samplers.wire.logprobs import MAX_TOP_LOGPROBS

LEAST_TOKENS = 16  # of max_output_tokens
LOGPROBS = "message.output_text.logprobs"
ENCRYPTED = "reasoning.encrypted_content"
INCLUDE = (
    *("file_search_call.results", "web_search_call.results", "web_search_call.action.sources"),
    *("message.input_image.image_url", "computer_call_output.output.image_url"),
    *("code_interpreter_call.outputs", ENCRYPTED, LOGPROBS),
)
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")  # that OpenAI has
SUMMARIES = ("concise", "detailed", "auto")
# What stands elsewhere in this API, in OpenAI's words.
MOVED = {
    "messages": "input",
    "response_format": "text.format",
    "reasoning_effort": "reasoning.effort",
}


def _moderation(name: str, value):
    only_fields(name, value, "model", "policy")
    raise unsupported(name)


def _context_management(name: str, value):
    if array(mapping(lambda _, each: each), 0, of=" of objects")(name, value):
        raise unsupported(name)
    return value


def _not_here(name: str, value):
    """A field that says how OpenAI's servers go about it."""
    if not isinstance(value, dict):
        raise wrong_type(name, "an object", value)
    raise unsupported(name)


def _conversation(name: str, value) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        raise wrong_type(name, "one of a string or object", value)
    only_fields(name, value, "id")
    return string()(f"{name}.id", required(name, value, "id"))


def _prompt(name: str, value) -> str:
    only_fields(name, value, "id", "version", "variables")
    return string()(f"{name}.id", required(name, value, "id"))


def _include(name: str, value) -> list[str]:
    cut = listed([f"{each[:3]}...{each[-3:]}" for each in INCLUDE], "or")
    if not isinstance(value, list):
        raise wrong_type(name, f"an array of one of {cut}", value)
    for i, each in enumerate(value):
        if not isinstance(each, str):
            raise wrong_type(f"{name}[{i}]", f"one of {cut}", each)
        if each not in INCLUDE:
            raise wrong_value(f"{name}[{i}]", short(each), INCLUDE)
    return value


def _metadata(name: str, value) -> dict:
    if not isinstance(value, dict):
        raise wrong_type(name, "a metadata object", value)
    return mapping(string(512), 16, 64)(name, value)


def _stream_options(name: str, value) -> dict:
    only_fields(name, value, "include_obfuscation")
    if value.get("include_obfuscation") is not None:
        boolean(f"{name}.include_obfuscation", value["include_obfuscation"])
    return value


def _reasoning(name: str, value) -> dict:
    only_fields(name, value, "effort", "summary", "mode", "context")
    if value.get("effort") is not None:
        _effort(f"{name}.effort", value["effort"])
    if value.get("summary") is not None:
        one_of(*SUMMARIES)(f"{name}.summary", value["summary"])
    if value.get("mode") is not None:
        one_of("standard", "pro")(f"{name}.mode", value["mode"])
    # it changes nothing: the model reads no thoughts of earlier turns
    if value.get("context") is not None:
        one_of("auto", "current_turn", "all_turns")(f"{name}.context", value["context"])
    return {field: given for field, given in value.items() if given is not None}


def _effort(name: str, value) -> None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise wrong_type(name, "one of 'minimal', 'low', 'medium', or 'high'", value)
    if not isinstance(value, str):
        raise wrong_type(name, f"one of one of {listed(EFFORTS, 'or')} or integer", value)
    one_of(*EFFORTS)(name, value)


def _cache_options(name: str, value) -> dict:
    only_fields(name, value, "mode", "ttl", "comparison_response_id", "prewarm")
    if value.get("mode") is not None:
        one_of("implicit", "explicit")(f"{name}.mode", value["mode"])
    if value.get("ttl") is not None:
        one_of("30m", "12h")(f"{name}.ttl", value["ttl"])
    if value.get("comparison_response_id") is not None:
        raise unsupported(f"{name}.comparison_response_id")
    if value.get("prewarm") is not None and boolean(f"{name}.prewarm", value["prewarm"]):
        raise unsupported(f"{name}.prewarm")
    return value


CHECKS: dict[str, Check] = {
    "previous_response_id": string(),
    "conversation": _conversation,
    "prompt": _prompt,
    "moderation": _moderation,
    "include": _include,
    "tools": request_tools,
    "tool_choice": tool_choice,
    "metadata": _metadata,
    "text": text,
    "temperature": parameter("temperature"),
    "top_p": parameter("top_p"),
    "presence_penalty": parameter("presence_penalty"),
    "frequency_penalty": parameter("frequency_penalty"),
    "parallel_tool_calls": boolean,
    "stream": boolean,
    "stream_options": _stream_options,
    "background": boolean,
    "max_output_tokens": integer(LEAST_TOKENS),
    "max_tool_calls": integer(1),  # of built-in tools, which are not here: it changes nothing
    "reasoning": _reasoning,
    "user": string(),
    "safety_identifier": string(128),
    "prompt_cache_options": _cache_options,
    "prompt_cache_key": string(),
    "prompt_cache_retention": one_of("in_memory", "24h"),
    "truncation": one_of("auto", "disabled"),
    "instructions": string(),
    "store": boolean,
    "service_tier": one_of("auto", "default", "fast", "flex", "priority"),
    "top_logprobs": integer(0, MAX_TOP_LOGPROBS),
    "context_management": _context_management,
    "access_programs": _not_here,
    "background_options": _not_here,
    "image": _not_here,
}
KNOWN = ("model", "input", *CHECKS)


def moved(name: str):
    """The error for a field that Chat has, and that stands elsewhere here."""
    message = (
        f"Unsupported parameter: '{name}'. In the Responses API, this parameter has moved to "
        f"'{MOVED[name]}'. Try again with the new parameter. See the API documentation for more "
        "information: https://platform.openai.com/docs/api-reference/responses/create."
    )
    return bad_request(message, None, "unsupported_parameter")
