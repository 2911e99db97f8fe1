"""What a call costs: the prices of the table of models, and the one sum that is made of them."""

from decimal import Decimal

from samplers.api.results import Usage
from samplers.checks import instance, is_number
from samplers.wire.model_fields import is_date
from samplers.wire.models import (
    VARIABLE,
    is_alive,
    model_row,
    model_table,
    price_on,
    price_today,
)
from samplers.wire.secret import shown

# Where a model's own are not known: the dearest that any model is known to have. A token that is
# written to the cache costs so many times as much as another one.
CACHE_WRITE = Decimal("1.25")
LONG_CONTEXT = {"above": 272_000, "input": 2, "output": 1.5}


def price_list() -> dict:
    """The prices in the document that this kit teaches: `date`, `source`, `unit` and `models`.

    A snapshot of the middle of 2026. Today's are in `model_table()`, and calls are priced by those.
    """
    table = model_table()
    models = {name: row["document"] for name, row in table["models"].items() if row["document"]}
    return table["document"] | {"models": models}


def price_of(model: str, on: str | None = None) -> dict:
    """A model's prices in USD per million tokens, on the day `on` (YYYY-MM-DD); None: today.

    ValueError for a model that is not in the table: no price does not mean free.
    """
    row = model_row(model)
    price = price_today(row) if row else None
    if price is None or price["currency"] not in (None, "USD"):
        table = model_table()
        known = ", ".join(filter(_is_sold, table["models"]))
        raise ValueError(
            f"model must be one whose price is known in USD ({known}; prices of {table['date']}), "
            f"got {shown(model)}; a dated snapshot of a model can cost something else, so only "
            f"these names are priced. {VARIABLE}=….json adds a model of your own"
        )
    if on is None:
        return price

    if not is_date(on):
        raise ValueError(f"on must be a date, YYYY-MM-DD, got {shown(on)}")
    price = price_on(row, on)
    if price is None:
        raise ValueError(f"on must be a day on which the price of {model} is known, got {on!r}")
    return price


def cost(model: str, usage: Usage, batch: bool = False, on: str | None = None) -> Decimal:
    """What a call costs (USD), exactly.

    `batch`: whether it was part of a batch. `on`: its day, as in `price_of`. Cached and written
    tokens are part of the prompt, and reasoning is part of the answer. Where the table has no price
    for cached tokens they cost as much as others, and written ones a fourth more. A long prompt
    makes the whole call dearer, so add up costs, not usages; and round what you print (with `usd`),
    not what you add. ValueError for an unknown model, or a usage whose parts are larger than the
    whole.
    """
    price = price_of(model, on)
    rates = rates_of(model, price, batch)
    prompt = _fresh(usage) * rates["input"]
    prompt += usage.cached_tokens * rates["cached_input"]
    prompt += usage.cache_write_tokens * rates["cache_write"]
    answer = usage.completion_tokens * rates["output"]

    rule = price["long_context"] or LONG_CONTEXT
    if usage.prompt_tokens > rule["above"]:
        prompt *= exact(rule["input"])
        answer *= exact(rule["output"])
    return (prompt + answer) / 1_000_000


def rates_of(model: str, price: dict, batch: bool) -> dict[str, Decimal]:
    """USD per million tokens of each kind at a `price_of` the model, in a batch or not."""
    kind = "batch_" if batch else ""
    names = ("input", "cached_input", "cache_write", "output")
    known = {name: price[kind + name] for name in names}
    if known["input"] is None or known["output"] is None:
        raise ValueError(f"batch must be False: what {model} costs in a batch is not known")

    rates = {name: exact(rate) for name, rate in known.items() if rate is not None}
    rates.setdefault("cached_input", rates["input"])
    rates.setdefault("cache_write", CACHE_WRITE * rates["input"])
    return rates


def exact(amount: float | Decimal, name: str = "amount") -> Decimal:
    """The amount as it is written: 0.1 is a tenth, which no float is.

    ValueError, with this name, unless it is a finite number >= 0.
    """
    is_finite = amount.is_finite() if isinstance(amount, Decimal) else is_number(float, amount)
    if not is_finite or amount < 0:
        raise ValueError(f"{name} must be a number >= 0, got {shown(amount)}")
    return Decimal(str(amount))


def _fresh(usage: Usage) -> int:
    """The tokens of the prompt that were neither cached nor written; ValueError for no usage."""
    instance(usage, "usage", Usage, "a Usage")
    parts = (usage.cached_tokens, usage.cache_write_tokens, usage.reasoning_tokens)
    wholes = (usage.prompt_tokens, usage.completion_tokens)
    if all(is_number(int, count) and count >= 0 for count in parts + wholes):
        cached, written, reasoning = parts
        fresh = usage.prompt_tokens - cached - written
        if fresh >= 0 and reasoning <= usage.completion_tokens:
            return fresh

    raise ValueError(
        "usage must be counts >= 0, cached and written within the prompt, "
        f"reasoning within the answer, got {usage!r}"
    )


def _is_sold(name: str) -> bool:
    """Whether it is a living model of OpenAI's, the provider whose calls are paid for."""
    row = model_row(name)
    return row["provider"] == "openai" and bool(row["prices"]) and is_alive(row)
