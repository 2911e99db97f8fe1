"""What a call can cost before it is sent, and what it did cost after. Prices are the snapshot in
prices.json.
"""

import json
from functools import cache
from importlib.resources import files

from samplers.api.results import Usage

MESSAGE_OVERHEAD = 16  # tokens a message: role, separators, name; OpenAI's own guide counts 3 or 4
ANSWER_OVERHEAD = 16  # tokens a call: what primes the answer

# These are billed in ways that a text's length does not bound, so a priced call with one of them is
# refused.
UNPRICED = ("audio", "modalities", "prediction", "service_tier", "web_search_options")


@cache
def price_list() -> dict:
    """The whole of prices.json: `date`, `source`, `unit` and `models`."""
    return json.loads(
        files("samplers.api.pricing").joinpath("prices.json").read_text(encoding="utf-8")
    )


def price_of(model: str) -> dict:
    """A model's prices (USD per million tokens) and limits (tokens). Not in the list: ValueError,
    never 0.
    """
    prices = price_list()
    if model not in prices["models"]:
        known = ", ".join(prices["models"])
        raise ValueError(
            f"model must be one whose price is known ({known}; prices of {prices['date']}), got {model!r}; "
            "a dated snapshot of a model can cost something else, so only these names are priced"
        )
    return prices["models"][model]


def upper_bound(body: dict) -> float:
    """The most (USD) that a chat request, as it is sent, can cost.

    No token is shorter than a byte, so the prompt has no more tokens than the request has UTF-8
    bytes, plus MESSAGE_OVERHEAD a message and ANSWER_OVERHEAD. The answer has at most n times
    max_completion_tokens (or max_tokens, or what the model can do). Raises ValueError for what is
    not priced: an unknown model, pictures, sound.
    """
    price = price_of(body["model"])
    for name in UNPRICED:
        if body.get(name) is not None:
            raise ValueError(
                f"{name} must be left out of a paid call: its price has no bound, got {body[name]!r:.80}"
            )
    for message in body["messages"]:
        content = message.get("content")
        for part in content if isinstance(content, list) else ():
            if not isinstance(part, dict) or part.get("type") not in ("text", "refusal"):
                raise ValueError(
                    f"messages must be text in a paid call: only that is priced, got {part!r:.80}"
                )
    size = len(json.dumps(body, ensure_ascii=False).encode("utf-8"))
    prompt = size + MESSAGE_OVERHEAD * len(body["messages"]) + ANSWER_OVERHEAD
    most = [
        _whole(body, name)
        for name in ("max_completion_tokens", "max_tokens")
        if body.get(name) is not None
    ]
    output = max(most) if most else price["max_output"] or price["context"]
    return (prompt * price["input"] + _whole(body, "n", 1) * output * price["output"]) / 1e6


def cost(model: str, usage: Usage) -> float:
    """What a call did cost (USD). Where the list gives no price for cached tokens, they count in
    full.
    """
    price = price_of(model)
    cached = price["input"] if price["cached_input"] is None else price["cached_input"]
    fresh = usage.prompt_tokens - usage.cached_tokens
    return (
        fresh * price["input"]
        + usage.cached_tokens * cached
        + usage.completion_tokens * price["output"]
    ) / 1e6


def _whole(body: dict, name: str, default: int | None = None) -> int:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} must be an int >= 1, got {value!r}")
    return value
