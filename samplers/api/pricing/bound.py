"""The most that a call can cost, known before it is sent."""

import json
from dataclasses import replace
from decimal import Decimal

from samplers.api.pricing.images import images_of, parts_of, priced_tokens, without_data
from samplers.api.pricing.prices import cost, price_of
from samplers.api.results import Usage
from samplers.wire.models import model_row

# Tokens per message: its role, separators and name. OpenAI's own guide counts 3 or 4.
MESSAGE_OVERHEAD = 16
# Tokens per call: those that begin the answer.
ANSWER_OVERHEAD = 16

# How these are billed has no bound that a text's length gives, so a paid call must not have them.
UNPRICED = (
    "audio",
    "context_management",
    "modalities",
    "moderation",
    "prediction",
    "prompt",
    "web_search_options",
)
# What has a price for some of its values alone. A service tier can cost six times as much, and
# what is kept for 12 hours 2.5 times.
PRICED_TIER = "default"
PRICED_TTL = "30m"
PRICED_MODE = "standard"  # of reasoning
PRICED_TOOLS = ("function", "custom")
PRICED_PARTS = (
    "text",
    "refusal",
    "image_url",
    "input_text",
    "output_text",
    "input_image",
)
# Items of Responses that are no messages. What they refer to is counted before (`inherited`).
PRICED_ITEMS = ("message", "function_call", "function_call_output", "reasoning", "item_reference")


def upper_bound(body: dict, batch: bool = False, inherited: int = 0) -> Decimal:
    """The most (USD) that a request with this body can cost, alone or as part of a `batch`.

    It is one of Chat or, with `input`, of Responses. The prompt has at most `most_prompt_tokens`
    and those that are `inherited` from what is not in the body, and the answer n times
    max_completion_tokens (or max_tokens, max_output_tokens, or what the model can do), reasoning
    included. The whole prompt may be read from the cache or written to it. ValueError for what is
    not priced: an unknown model, sound, an image that is not in the request or whose model has no
    known rule.
    """
    price_of(body["model"])
    _check_priced(body)

    prompt = inherited + most_prompt_tokens(body)
    prompt += sum(priced_tokens(body["model"], image) for image in images_of(entries_of(body)))
    answer = _positive_int("n", body.get("n", 1)) * _longest_answer(body)
    fresh = Usage(prompt, answer, prompt + answer)
    read = replace(fresh, cached_tokens=prompt)
    written = replace(fresh, cache_write_tokens=prompt)
    return max(cost(body["model"], usage, batch) for usage in (fresh, read, written))


def most_prompt_tokens(body: dict) -> int:
    """The most tokens that the prompt of a request with this body can have, without images.

    No token is shorter than a byte, so these are no more than the request has UTF-8 bytes, plus
    MESSAGE_OVERHEAD for each message or item and ANSWER_OVERHEAD.
    """
    # the tier is for the endpoint, not for the model
    read = {name: value for name, value in body.items() if name != "service_tier"}
    entries = entries_of(body)
    read["input" if "input" in body else "messages"] = without_data(entries)
    size = len(json.dumps(read, ensure_ascii=False).encode("utf-8"))
    return size + MESSAGE_OVERHEAD * len(entries) + ANSWER_OVERHEAD


def entries_of(body: dict) -> list:
    """The messages of a chat request's body, or the items of a Responses request's."""
    if "input" not in body:
        return body["messages"]
    given = body["input"]
    return [{"role": "user", "content": given}] if isinstance(given, str) else given


def limits_of(body: dict) -> tuple[str, ...]:
    """The parameters that limit an answer's tokens in the API of this body."""
    return ("max_output_tokens",) if "input" in body else ("max_completion_tokens", "max_tokens")


def _longest_answer(body: dict) -> int:
    """The most tokens of one choice."""
    names = limits_of(body)
    limits = [_positive_int(name, body[name]) for name in names if body.get(name) is not None]
    if limits:
        return max(limits)

    row = model_row(body["model"])
    longest = row["max_output"] or row["context"]
    if longest is None:
        raise ValueError(
            f"{names[0]} must be given in a paid call: "
            f"the longest answer of {body['model']} is not known"
        )
    return longest


def _check_priced(body: dict) -> None:
    """Raises ValueError for a body whose cost has no bound."""
    for name in UNPRICED:
        if body.get(name) is not None:
            _refuse(name, body[name])

    if body.get("service_tier") not in (None, PRICED_TIER):
        _refuse("service_tier", body["service_tier"], PRICED_TIER)
    options = body.get("prompt_cache_options") or {}
    if not isinstance(options, dict) or options.get("ttl") not in (None, PRICED_TTL):
        _refuse("prompt_cache_options", options, {"ttl": PRICED_TTL})

    reasoning = body.get("reasoning")
    mode = reasoning.get("mode") if isinstance(reasoning, dict) else None
    if mode not in (None, PRICED_MODE):
        _refuse("mode of reasoning", mode, PRICED_MODE)
    if body.get("background") and body.get("stream"):
        # if it breaks off, the response goes on, and nobody knows what it cost
        raise ValueError("background must be left out of a paid stream: respond() takes it")

    tools = body.get("tools") or []
    for tool in tools if isinstance(tools, list) else [tools]:
        if not isinstance(tool, dict) or tool.get("type") not in PRICED_TOOLS:
            raise ValueError(f"tools must be functions in a paid call, got {tool!r:.80}")
    for entry in entries_of(body):
        if entry.get("audio") is not None:
            _refuse("audio of a message", entry["audio"])
        if entry.get("type", "message") not in PRICED_ITEMS:
            _refuse(f"an item of type {entry['type']!r:.40}", entry)
        for _, part in parts_of(entry):
            _check_part(part)


def _check_part(part) -> None:
    """Raises ValueError unless a part is text or an image, and written to the cache once."""
    if not isinstance(part, dict) or part.get("type") not in PRICED_PARTS:
        raise ValueError(
            "messages must be text or images in a paid call: only they are priced, "
            f"got {part!r:.80}"
        )
    if part["type"] == "image_url" and not isinstance(part.get("image_url"), dict):
        raise ValueError(f"image_url must be an object with a url, got {part!r:.80}")
    if part["type"] == "input_image" and not isinstance(part.get("image_url"), str):
        raise ValueError(f"input_image must have its image_url, a data URL, got {part!r:.80}")
    if part.get("prompt_cache_breakpoint") is not None:
        _refuse("prompt_cache_breakpoint", part["prompt_cache_breakpoint"])


def _refuse(name: str, value, priced=None) -> None:
    also = f" or {priced!r}" if priced else ""
    raise ValueError(
        f"{name} must be left out of a paid call{also}: its price has no bound, got {value!r:.80}"
    )


def _positive_int(name: str, value) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} must be an int >= 1, got {value!r}")
    return value
