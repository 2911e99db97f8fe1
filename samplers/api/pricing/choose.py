"""Which models of the table can do a task, and what it costs at each."""

from dataclasses import dataclass
from decimal import Decimal

from samplers.api.pricing.budget import usd
from samplers.api.pricing.prices import LONG_CONTEXT, cost, exact, price_of, rates_of
from samplers.api.results import Usage
from samplers.api.table import html_table, text_table
from samplers.checks import instance, is_sequence, number, one_of, shown
from samplers.wire.images import image_tokens
from samplers.wire.model_fields import DETAILS
from samplers.wire.models import is_alive, model_table


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
        instance(self.reasons, "reasons", bool, "True or False")
        instance(self.batch, "batch", bool, "True or False")
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


def choose(task: Task, budget: float | Decimal | None = None) -> Ranking:
    """Ranks the models of the table for a task, by what all its calls cost at today's prices.

    `budget`: the most that they may cost together (USD); None for no limit. What is not known of a
    model excludes it. Other providers count other tokens for the same text. How *well* a model
    answers stands in no table: begin with the cheapest, on questions of your own.
    """
    instance(task, "task", Task, "a Task")
    limit = None if budget is None else exact(budget, "budget")
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
            over = usd(candidate.cost - limit)
            excluded[model] = f"costs {usd(candidate.cost)}, {over} more than the budget"

    candidates.sort(key=lambda candidate: candidate.cost)
    return Ranking(tuple(candidates), excluded)


class _Excluded(Exception):
    """Why a model cannot do a task."""


def _candidate(model: str, row: dict, task: Task) -> Candidate:
    _check_abilities(row, task)
    picture = _picture(model, task)
    prompt = task.prompt_tokens + picture
    answer = task.completion_tokens
    usage = Usage(prompt, answer, prompt + answer, task.cached_tokens)
    _check_length(row, usage)
    try:
        price = price_of(model)
        rates = rates_of(model, price, task.batch)
    except ValueError:
        where = "in a batch" if task.batch else "in USD"
        raise _Excluded(f"its price {where} is not known") from None

    rule = price["long_context"] or LONG_CONTEXT
    is_long = prompt > rule["above"]
    if is_long and price["long_context"] is None:
        raise _Excluded("its price of so long a prompt is not known")

    parts = [f"{picture:,} of the picture"] if picture else []
    if task.cached_tokens:
        parts.append(f"{task.cached_tokens:,} cached at {rates['cached_input']:g}")
    among = f" ({', '.join(parts)})" if parts else ""
    why = f"{prompt:,}{among} + {answer:,} tokens a call"
    why += f" at {rates['input']:g} and {rates['output']:g} USD a million"
    if is_long:
        why += f", times {rule['input']:g} and {rule['output']:g} above {rule['above']:,} tokens"
    if row["shutdown_date"] is not None:
        why += f"; is shut down on {row['shutdown_date']}"
    return Candidate(model, task.calls * cost(model, usage, task.batch), why)


def _picture(model: str, task: Task) -> int:
    """The tokens of the picture in each prompt."""
    if task.image is None:
        return 0
    try:
        return image_tokens(model, *task.image, task.detail).tokens
    except ValueError:
        raise _Excluded("its tokens of such a picture are not known") from None


def _check_abilities(row: dict, task: Task) -> None:
    if not is_alive(row):
        raise _Excluded(f"was shut down on {row['shutdown_date']}")
    if task.reasons and row["efforts"] == []:
        raise _Excluded("does not reason")
    if task.reasons and not row["efforts"] and row["default_effort"] is None:
        raise _Excluded("whether it reasons is not known")


def _check_length(row: dict, usage: Usage) -> None:
    needs = (
        ("context", row["context"], usage.total_tokens),
        ("longest answer", row["max_output"], usage.completion_tokens),
        ("longest prompt", row["max_input"] or row["context"], usage.prompt_tokens),
    )
    for words, limit, needed in needs:
        if limit is None:
            raise _Excluded(f"its {words} is not known")
        if limit < needed:
            raise _Excluded(f"its {words} is {limit:,} tokens, and the task needs {needed:,}")
