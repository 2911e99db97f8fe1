"""Which models of the table can do a task, and what it costs at each."""

from dataclasses import dataclass
from decimal import Decimal

from samplers.api.pricing.budget import usd
from samplers.api.pricing.prices import LONG_CONTEXT, cost, exact, price_of
from samplers.api.results import Usage
from samplers.api.table import html_table, text_table
from samplers.checks import is_sequence, number, one_of, shown
from samplers.wire.images import DETAILS, image_tokens
from samplers.wire.models import days_left, is_alive, model_table


@dataclass(frozen=True)
class Task:
    """What one call needs, and how many calls there are.

    `prompt_tokens`, of which `cached_tokens` are read from the cache; `completion_tokens`, with the
    reasoning. `image`: width and height in pixels of a picture in each prompt, at this `detail`;
    None for none. `reasons`: only models that can reason. `batch`: the calls can wait for a batch.
    """

    prompt_tokens: int
    completion_tokens: int
    calls: int = 1
    cached_tokens: int = 0
    image: tuple[int, int] | None = None
    detail: str = "auto"
    reasons: bool = False
    batch: bool = False

    def __post_init__(self) -> None:
        number(self.prompt_tokens, "prompt_tokens", int, 1)
        number(self.completion_tokens, "completion_tokens", int, 1)
        number(self.calls, "calls", int, 1)
        number(self.cached_tokens, "cached_tokens", int, 0, self.prompt_tokens)
        one_of(self.detail, "detail", ("auto", *DETAILS))
        if self.image is not None:
            if not is_sequence(self.image) or len(self.image) != 2:
                raise ValueError(f"image must be (width, height), got {shown(self.image)}")
            for side in self.image:
                number(side, "a side of image", int, 1)


@dataclass(frozen=True)
class Candidate:
    """A model that can do a task: the `cost` of all calls (USD), and `why` it is so much."""

    model: str
    cost: Decimal
    why: str


@dataclass(frozen=True, repr=False)
class Ranking:
    """The models that can do a task, the cheapest first; `excluded`: why each other one cannot."""

    candidates: tuple[Candidate, ...]
    excluded: dict[str, str]

    def __repr__(self) -> str:
        return text_table(self._rows())

    def _repr_html_(self) -> str:
        return html_table(self._rows())

    def _rows(self) -> list[list[str]]:
        rows = [["model", "all calls", "why"]]
        rows += [[found.model, usd(found.cost), found.why] for found in self.candidates]
        rows += [[model, "no", why] for model, why in self.excluded.items()]
        return rows


def choose(task: Task, budget: float | None = None) -> Ranking:
    """Ranks the models of the table for a task, by what all its calls cost at today's prices.

    `budget`: the most that they may cost together (USD); None for no limit. What is not known of a
    model excludes it. Other providers count other tokens for the same text. How *well* a model
    answers stands in no table: begin with the cheapest, on questions of your own.
    """
    limit = None if budget is None else exact(number(budget, "budget", float, 0))
    candidates = []
    excluded = {}
    for model, row in model_table()["models"].items():
        if row["simulated"]:
            continue
        try:
            candidate = _candidate(model, row, task)
        except _Excluded as reason:
            excluded[model] = str(reason)
            continue
        if limit is None or candidate.cost <= limit:
            candidates.append(candidate)
        else:
            excluded[model] = f"costs {usd(candidate.cost)}, more than {usd(limit)}"

    candidates.sort(key=lambda candidate: candidate.cost)
    return Ranking(tuple(candidates), excluded)


class _Excluded(Exception):
    """Why a model cannot do a task."""


def _candidate(model: str, row: dict, task: Task) -> Candidate:
    _check_abilities(row, task)
    usage = _usage(model, task)
    _check_length(row, usage)
    try:
        price = price_of(model)
        total = task.calls * cost(model, usage, task.batch)
    except ValueError:
        where = "in a batch" if task.batch else "in USD"
        raise _Excluded(f"its price {where} is not known") from None

    rule = price["long_context"] or LONG_CONTEXT
    is_long = usage.prompt_tokens > rule["above"]
    if is_long and price["long_context"] is None:
        raise _Excluded("its price of so long a prompt is not known")

    kind = "batch_" if task.batch else ""
    rates = f"at {price[kind + 'input']:g} and {price[kind + 'output']:g} USD a million"
    why = f"{usage.prompt_tokens:,} + {usage.completion_tokens:,} tokens a call {rates}"
    if is_long:
        why += f", times {rule['input']:g} and {rule['output']:g} above {rule['above']:,} tokens"
    if row["shutdown_date"] is not None:
        why += f"; is shut down in {days_left(row)} days"
    return Candidate(model, total, why)


def _usage(model: str, task: Task) -> Usage:
    """Of one call."""
    prompt = task.prompt_tokens
    if task.image is not None:
        try:
            prompt += image_tokens(model, *task.image, task.detail).tokens
        except ValueError:
            raise _Excluded("its tokens of such a picture are not known") from None
    answer = task.completion_tokens
    return Usage(prompt, answer, prompt + answer, task.cached_tokens)


def _check_abilities(row: dict, task: Task) -> None:
    if not is_alive(row):
        raise _Excluded(f"was shut down on {row['shutdown_date']}")
    if task.reasons and row["efforts"] == []:
        raise _Excluded("does not reason")
    if task.reasons and not row["efforts"] and row["default_effort"] is None:
        raise _Excluded("whether it reasons is not known")


def _check_length(row: dict, usage: Usage) -> None:
    needs = {
        "context": ("its context", usage.total_tokens),
        "max_output": ("its longest answer", usage.completion_tokens),
    }
    for name, (words, needed) in needs.items():
        if row[name] is None:
            raise _Excluded(f"{words} is not known")
        if row[name] < needed:
            raise _Excluded(f"{words} is {row[name]:,} tokens, and the task needs {needed:,}")
