"""Anthropic's whole answer as OpenAI's chat.completion."""

from copy import deepcopy

from samplers.api.deviations import count_of, dict_of
from samplers.api.dialects.anthropic.leftovers import say_rest
from samplers.api.dialects.anthropic.openai_message import joined_text, message_of
from samplers.api.dialects.checks import dict_at, list_at
from samplers.api.dialects.dialect import Translated
from samplers.wire.secret import shown

# OpenAI's finish_reason for each stop_reason of the API reference, 2026-11-28.
_FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
    "model_context_window_exceeded": "length",
    "pause_turn": "stop",
}
_CUT = ("max_tokens", "model_context_window_exceeded")
_TIERS = {"standard": "default", "priority": "priority"}
_READ = ("content", "id", "model", "role", "stop_details", "stop_reason", "stop_sequence", "type")
_COUNTED = (
    "input_tokens",
    "output_tokens",
    "cache_creation_input_tokens",
    "cache_read_input_tokens",
    "output_tokens_details",
    "service_tier",
)


def answer(body: dict) -> Translated:
    """OpenAI's chat.completion for Anthropic's whole answer.

    `created` is 0: Anthropic sends no time. Thinking is in the message's `reasoning_content`
    and, as it has to go back, in `thinking_blocks`; OpenAI's own form has neither.

    ValueError for what is no answer, such as an error's body.
    """
    lost: list[str] = []
    body = deepcopy(dict_at(body, "the answer"))
    if body.get("type") != "message":
        raise ValueError(f"type must be 'message', got {shown(body.get('type'))}")

    usage = dict_of(body.get("usage"))
    choice = {
        "index": 0,
        "message": _message(body, lost),
        "logprobs": None,
        "finish_reason": _finish(body, lost),
    }
    made = {
        "id": body.get("id"),
        "object": "chat.completion",
        "created": 0,
        "model": body.get("model"),
        "choices": [choice],
        "usage": _usage(usage, lost),
    }
    made |= _tier(usage.get("service_tier"), lost)
    say_rest(body, (*_READ, "usage"), "", lost, "OpenAI's answer")
    return Translated(made, tuple(lost))


def _message(body: dict, lost: list[str]) -> dict:
    content = list_at(body.get("content"), "content")
    blocks = [dict_at(block, f"content[{i}]") for i, block in enumerate(content)]
    calls = [block for block in blocks if block.get("type") == "tool_use"]
    for i, block in enumerate(calls):
        block["id"] = block.get("id") or f"{body.get('id') or 'call'}_{i}"
    if calls and blocks[-1] is calls[-1] and body.get("stop_reason") in _CUT:
        lost.append("content: the answer was cut in its last call, whose input may be incomplete.")

    message = message_of(blocks, "content", lost)
    text = joined_text(blocks)
    message["content"] = text if text or not calls else None
    return message | {"refusal": _explanation(body, lost)}


def _finish(body: dict, lost: list[str]) -> str:
    reason = body.get("stop_reason")
    if not isinstance(reason, str) or reason not in _FINISH:
        lost.append(f"stop_reason: OpenAI has nothing for {shown(reason)}; it is 'stop'.")
        return "stop"
    if reason == "stop_sequence":
        text = shown(body.get("stop_sequence"))
        lost.append(f"stop_sequence: {text} ended the answer; OpenAI says only that it stopped.")
    if reason == "pause_turn":
        lost.append(
            "stop_reason: 'pause_turn' asks for the answer to be sent back; OpenAI has no word "
            "for that."
        )
    if reason == "model_context_window_exceeded":
        lost.append("stop_reason: the context was full; OpenAI says length, as for max_tokens.")
    return _FINISH[reason]


def _explanation(body: dict, lost: list[str]) -> str | None:
    """What the classifier that stopped an answer says, for `refusal`; None without words."""
    details = dict_of(body.get("stop_details"))
    say_rest(details, ("type", "explanation"), "stop_details", lost, "OpenAI's answer")
    return details.get("explanation") or None


def _tier(tier, lost: list[str]) -> dict:
    if isinstance(tier, str) and tier in _TIERS:
        return {"service_tier": _TIERS[tier]}
    if tier:
        lost.append(f"usage.service_tier: OpenAI has no {shown(tier)}; left out.")
    return {}


def _usage(usage: dict, lost: list[str]) -> dict | None:
    """OpenAI's counts. Its prompt_tokens include the cached ones, Anthropic's input_tokens not."""
    fresh = count_of(usage.get("input_tokens"))
    output = count_of(usage.get("output_tokens"))
    counts_nothing = {
        name for name, count in usage.items() if isinstance(count, dict) and not any(count.values())
    }
    say_rest(usage, {*_COUNTED, *counts_nothing}, "usage", lost, "OpenAI's usage")
    if fresh is None or output is None:
        return None

    read = count_of(usage.get("cache_read_input_tokens")) or 0
    written = count_of(usage.get("cache_creation_input_tokens")) or 0
    thought = count_of(dict_of(usage.get("output_tokens_details")).get("thinking_tokens")) or 0
    prompt = fresh + read + written
    return {
        "prompt_tokens": prompt,
        "completion_tokens": output,
        "total_tokens": prompt + output,
        "prompt_tokens_details": {"cached_tokens": read, "cache_write_tokens": written},
        "completion_tokens_details": {"reasoning_tokens": thought},
    }
