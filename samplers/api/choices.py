"""`n` answers in several requests, where a model or an endpoint takes a smaller n."""

from collections.abc import Callable

from samplers.api.deviations import count_of
from samplers.api.results import Usage
from samplers.checks import is_number
from samplers.params import RANGES
from samplers.wire.models import model_row, most

_, _, MOST_CHOICES = RANGES["n"]


def split_choices(body: dict, most_choices: int | None = None) -> list[dict]:
    """The requests that together ask for `n` answers: one, or several where n is too large.

    `most_choices`: the greatest n that the endpoint takes; None: the model's alone counts. With a
    seed s, choice i is drawn with seed s + i however the choices are spread. An n above OpenAI's
    own limit stays, for the endpoint to refuse.
    """
    n = body.get("n", 1)
    limit = _most_choices(body["model"], most_choices)
    if limit is None or not is_number(int, n) or not limit < n <= MOST_CHOICES:
        return [body]

    parts = []
    for first in range(0, n, limit):
        part = body | {"n": min(limit, n - first)}
        if is_number(int, body.get("seed")):
            part["seed"] = body["seed"] + first
        parts.append(part)
    return parts


def joined(reader: Callable, count: int) -> Callable:
    """A reader of `count` answers, one after the other, to the requests of `split_choices`.

    At the last it returns what `reader` makes of all as one answer; before, None.
    """
    answers: list[dict] = []

    def read(answer: dict):
        answers.append(answer)
        return reader(join_answers(answers)) if len(answers) == count else None

    return read


def join_answers(answers: list[dict]) -> dict:
    """Several answers as one, with the choices of all in order, and their usage added up."""
    if len(answers) == 1:
        return answers[0]

    choices = []
    for answer in answers:
        ordered = sorted(answer["choices"], key=_index)
        choices += [choice | {"index": len(choices) + i} for i, choice in enumerate(ordered)]

    usages = [Usage.from_wire(answer.get("usage")) for answer in answers]
    usage = None if None in usages else sum(usages, Usage(0, 0, 0)).to_wire()
    return answers[0] | {"choices": choices, "usage": usage}


def _index(choice: dict) -> int:
    return count_of(choice.get("index")) or 0


def _most_choices(model: str, most_choices: int | None) -> int | None:
    row = model_row(model)
    limits = [most_choices, most(row, "n") if row else None]
    return min((limit for limit in limits if limit is not None), default=None)
