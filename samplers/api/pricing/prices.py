"""The most that a call can cost, known before it is sent, and what it did cost.

Prices are those of the table of models, `samplers.wire.models`.
"""

import json

from samplers.api.results import Usage
from samplers.wire.models import VARIABLE, is_alive, model_row, model_table, price_today
from samplers.wire.secret import shown

# Tokens per message: its role, separators and name. OpenAI's own guide counts 3 or 4.
MESSAGE_OVERHEAD = 16
# Tokens per call: those that begin the answer.
ANSWER_OVERHEAD = 16

# Where a model's own are not known: the dearest that any model is known to have. A token that is
# written to the cache costs so many times as much as another one.
CACHE_WRITE = 1.25
LONG_CONTEXT = {"above": 272_000, "input": 2, "output": 1.5}

# How these are billed has no bound that a text's length gives, so a paid call must not have them.
UNPRICED = ("audio", "modalities", "moderation", "prediction", "web_search_options")
# What has a price for some of its values alone. A service tier can cost six times as much, and
# what is kept for 12 hours 2.5 times.
PRICED_TIER = "default"
PRICED_TTL = "30m"
PRICED_TOOLS = ("function", "custom")


def price_list() -> dict:
    """The prices in the document that this kit teaches: `date`, `source`, `unit` and `models`.

    A snapshot of the middle of 2026. Today's are in `model_table()`, and calls are priced by those.
    """
    table = model_table()
    models = {name: row["document"] for name, row in table["models"].items() if row["document"]}
    return table["document"] | {"models": models}


def price_of(model: str) -> dict:
    """A model's prices today, in USD per million tokens.

    ValueError for a model that is not in the table: no price does not mean free.
    """
    row = model_row(model)
    price = price_today(row) if row else None
    if price is None or price["currency"] not in (None, "USD"):
        table = model_table()
        known = ", ".join(filter(_is_sold, table["models"]))
        raise ValueError(
            f"model must be one whose price is known ({known}; prices of {table['date']}), "
            f"got {shown(model)}; a dated snapshot of a model can cost something else, so only "
            f"these names are priced. {VARIABLE}=….json adds a model of your own"
        )
    return price


def _is_sold(name: str) -> bool:
    """Whether it is a living model of OpenAI's, the provider whose calls are paid for."""
    row = model_row(name)
    return row["provider"] == "openai" and bool(row["prices"]) and is_alive(row)


def upper_bound(body: dict) -> float:
    """The most (USD) that a chat request with this body can cost.

    The prompt has at most `most_prompt_tokens`, and the answer n times max_completion_tokens (or
    max_tokens, or what the model can do), reasoning included. Each token costs as much as the
    dearest of its kind: one that is written to the cache, in a prompt of that length. ValueError
    for what is not priced: an unknown model, pictures, sound.
    """
    price = price_of(body["model"])
    _check_priced(body)

    prompt = most_prompt_tokens(body)
    output = _positive_int("n", body.get("n", 1)) * _longest_answer(body)

    input_factor, output_factor = _factors(price, prompt)
    dearest_input = max(price["input"], _write_price(price))
    return (prompt * dearest_input * input_factor + output * price["output"] * output_factor) / 1e6


def most_prompt_tokens(body: dict) -> int:
    """The most tokens that the prompt of a chat request with this body can have.

    No token is shorter than a byte, so these are no more than the request has UTF-8 bytes, plus
    MESSAGE_OVERHEAD for each message and ANSWER_OVERHEAD.
    """
    # the tier is for the endpoint, not for the model
    read = {name: value for name, value in body.items() if name != "service_tier"}
    size = len(json.dumps(read, ensure_ascii=False).encode("utf-8"))
    return size + MESSAGE_OVERHEAD * len(body["messages"]) + ANSWER_OVERHEAD


def cost(model: str, usage: Usage) -> float:
    """What a call did cost (USD).

    Cached tokens cost as much as others where the table has no price for them.
    """
    price = price_of(model)
    cached_price = price["cached_input"]
    if cached_price is None:
        cached_price = price["input"]

    written = min(usage.cache_write_tokens, usage.prompt_tokens - usage.cached_tokens)
    fresh = usage.prompt_tokens - usage.cached_tokens - written
    prompt = fresh * price["input"] + usage.cached_tokens * cached_price
    prompt += written * _write_price(price)

    input_factor, output_factor = _factors(price, usage.prompt_tokens)
    answer = usage.completion_tokens * price["output"]
    return (prompt * input_factor + answer * output_factor) / 1e6


def _write_price(price: dict) -> float:
    write = price["cache_write"]
    return CACHE_WRITE * price["input"] if write is None else write


def _factors(price: dict, prompt_tokens: int) -> tuple[float, float]:
    """How many times as much a prompt of so many tokens costs, and the answer to it."""
    rule = price["long_context"] or LONG_CONTEXT
    return (rule["input"], rule["output"]) if prompt_tokens > rule["above"] else (1, 1)


def _longest_answer(body: dict) -> int:
    """The most tokens of one choice."""
    names = ("max_completion_tokens", "max_tokens")
    limits = [_positive_int(name, body[name]) for name in names if body.get(name) is not None]
    if limits:
        return max(limits)

    row = model_row(body["model"])
    longest = row["max_output"] or row["context"]
    if longest is None:
        raise ValueError(
            "max_completion_tokens must be given in a paid call: "
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

    tools = body.get("tools") or []
    for tool in tools if isinstance(tools, list) else [tools]:
        if not isinstance(tool, dict) or tool.get("type") not in PRICED_TOOLS:
            raise ValueError(f"tools must be functions in a paid call, got {tool!r:.80}")
    for message in body["messages"]:
        if message.get("audio") is not None:
            _refuse("audio of a message", message["audio"])
        content = message.get("content")
        for part in content if isinstance(content, list) else ():
            _check_part(part)


def _check_part(part) -> None:
    """Raises ValueError unless a part of a message is text that is written to the cache once."""
    if not isinstance(part, dict) or part.get("type") not in ("text", "refusal"):
        raise ValueError(
            f"messages must be text in a paid call: only that is priced, got {part!r:.80}"
        )
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
