"""The most that a call can cost, known before it is sent, and what it did cost.

Prices are the snapshot in prices.json.
"""

import json
from functools import cache
from importlib.resources import files

from samplers.api.results import Usage
from samplers.wire.secret import shown

# Tokens per message: its role, separators and name. OpenAI's own guide counts 3 or 4.
MESSAGE_OVERHEAD = 16
# Tokens per call: those that begin the answer.
ANSWER_OVERHEAD = 16

# How these are billed has no bound that a text's length gives, so a paid call must not have them.
UNPRICED = ("audio", "modalities", "prediction", "service_tier", "web_search_options")


@cache
def price_list() -> dict:
    """The whole of prices.json: `date`, `source`, `unit` and `models`."""
    path = files("samplers.api.pricing").joinpath("prices.json")
    return json.loads(path.read_text(encoding="utf-8"))


def price_of(model: str) -> dict:
    """A model's prices (USD per million tokens) and limits (tokens).

    ValueError for a model that is not in the list: no price does not mean free.
    """
    prices = price_list()
    if model not in prices["models"]:
        known = ", ".join(prices["models"])
        raise ValueError(
            f"model must be one whose price is known ({known}; prices of {prices['date']}), "
            f"got {shown(model)}; a dated snapshot of a model can cost something else, "
            "so only these names are priced"
        )
    return prices["models"][model]


def upper_bound(body: dict) -> float:
    """The most (USD) that a chat request with this body can cost.

    No token is shorter than a byte, so the prompt has no more tokens than the request has UTF-8
    bytes, plus MESSAGE_OVERHEAD for each message and ANSWER_OVERHEAD. The answer has at most n
    times max_completion_tokens (or max_tokens, or what the model can do). ValueError for what is
    not priced: an unknown model, pictures, sound.
    """
    price = price_of(body["model"])
    _check_priced(body)

    size = len(json.dumps(body, ensure_ascii=False).encode("utf-8"))
    prompt = size + MESSAGE_OVERHEAD * len(body["messages"]) + ANSWER_OVERHEAD

    names = ("max_completion_tokens", "max_tokens")
    limits = [_positive_int(name, body[name]) for name in names if body.get(name) is not None]
    limits = limits or [price["max_output"] or price["context"]]
    output = _positive_int("n", body.get("n", 1)) * max(limits)

    return (prompt * price["input"] + output * price["output"]) / 1e6


def cost(model: str, usage: Usage) -> float:
    """What a call did cost (USD).

    Cached tokens cost as much as others where the list has no price for them.
    """
    price = price_of(model)
    cached_price = price["cached_input"]
    if cached_price is None:
        cached_price = price["input"]

    fresh_tokens = usage.prompt_tokens - usage.cached_tokens
    prompt = fresh_tokens * price["input"] + usage.cached_tokens * cached_price
    return (prompt + usage.completion_tokens * price["output"]) / 1e6


def _check_priced(body: dict) -> None:
    """Raises ValueError for a body whose cost has no bound."""
    for name in UNPRICED:
        if body.get(name) is not None:
            raise ValueError(
                f"{name} must be left out of a paid call: its price has no bound, "
                f"got {body[name]!r:.80}"
            )

    for message in body["messages"]:
        content = message.get("content")
        parts = content if isinstance(content, list) else ()
        for part in parts:
            if not isinstance(part, dict) or part.get("type") not in ("text", "refusal"):
                raise ValueError(
                    f"messages must be text in a paid call: only that is priced, got {part!r:.80}"
                )


def _positive_int(name: str, value) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} must be an int >= 1, got {value!r}")
    return value
