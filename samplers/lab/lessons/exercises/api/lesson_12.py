"""Exercises of lesson 12, Count the cost."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from samplers.checks import shown
from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.exercises.functions import returned
from samplers.lab.lessons.exercises.plain import AnswerError, choice, number, numbers

# (model, prompt, answer, cached, batch), USD by hand, and what is wrong with another number
ESTIMATES = (
    (("gpt-4o", 100_000, 10_000, 50_000, False), 0.2875, ""),
    (
        ("gpt-4.1", 100_000, 10_000, 50_000, False),
        0.205,
        "The price of a cached token is the model's own, not always half.",
    ),
    (("o3", 100_000, 10_000, 0, False), 0.28, "Take today's price, not the document's."),
    (("gpt-6-luna", 100_000, 10_000, 50_000, False), 0.0105, "Is it in your table?"),
    (
        ("gpt-6-luna", 100_000, 10_000, 50_000, True),
        0.00525,
        "In a batch, too, a cached token has a price of its own.",
    ),
    (
        ("gpt-4o", 100_000, 10_000, 50_000, True),
        0.175,
        "In a batch nothing is known of this model's cached tokens: they cost as much as others.",
    ),
    (
        ("gpt-6.1-terra", 300_000, 1_000, 0, False),
        0.6075,
        "Above 272,000 tokens the whole call costs more.",
    ),
)
UNKNOWN = "gpt-99-nope"

ENDS = (  # what `retrieve` shows, look after look
    ("completed",),
    ("validating", "in_progress", "in_progress", "finalizing", "completed"),
    ("validating", "failed"),
    ("validating", "in_progress", "finalizing", "expired"),
    ("in_progress", "cancelling", "cancelled"),
)
LOOKS = 20  # and sleeps: more than any of them needs


@dataclass(frozen=True)
class Seen:
    """A batch as `retrieve` shows it."""

    id: str
    status: str


class _StillLooking(BaseException):
    """The loop goes on although the batch has ended. No `except Exception` of its own stops it."""


def _estimate(estimate: Callable) -> bool | str:
    for (model, prompt, answer, cached, batch), right, problem in ESTIMATES:
        found = number(returned(estimate, model, prompt, answer, cached=cached, batch=batch))
        if not np.isclose(found, right, rtol=1e-6, atol=0):
            call = f"estimate({model!r}, {prompt}, {answer}, cached={cached}, batch={batch})"
            return f"{call} gives {found:g}, and it costs {right:g}. {problem}".strip()

    returned(estimate, "gpt-4o", 1_000, 1_000)  # an error here if it has no defaults
    try:
        found = returned(estimate, UNKNOWN, 1_000, 1_000)
    except AnswerError:  # any error will do
        return True
    return f"A model that nobody knows costs {shown(found)}. It must be an error."


def _wait(wait_for: Callable) -> bool | str:
    for statuses in ENDS:
        problem = _follow(wait_for, statuses)
        if problem:
            return f"{', '.join(statuses)}: {problem}"
    return True


def _follow(wait_for: Callable, statuses: tuple[str, ...]) -> str | None:
    """What is wrong with the way in which `wait_for` follows a batch; None if nothing is."""
    looks: list[str] = []
    sleeps: list[float] = []

    def retrieve(batch_id):
        if len(looks) == LOOKS:
            raise _StillLooking
        looks.append(statuses[min(len(looks), len(statuses) - 1)])
        return Seen(batch_id, looks[-1])

    def sleep(seconds):
        if len(sleeps) == LOOKS:
            raise _StillLooking
        sleeps.append(seconds)

    try:
        batch = returned(wait_for, "batch_12", retrieve, sleep)
    except _StillLooking:
        return "yours never ends." if len(looks) > 1 else "ask again after each sleep."
    status = getattr(batch, "status", None)
    if status is None:
        return f"give the batch back, not {shown(batch)}."
    if status != statuses[-1]:
        return f"yours ends at {status}."
    if len(sleeps) < len(looks) - 1:
        return "sleep between two requests."
    if len(sleeps) >= len(looks):
        return "yours sleeps too often: sleep only between two requests."
    return None


def _alive(answer) -> bool | str:
    today, january = numbers(answer, 2)
    if (today, january) == (2, 7):
        return "Those are the ones that have ended. How many can you still call?"
    if today in (6, 7):
        return "The first number: compare each shutdown_date with DAY."
    if today == 5 and january != 0:
        return "The second number: which of them end before that day?"
    return (today, january) == (5, 0)


def _cached(answer) -> bool | str:
    early, older, today = numbers(answer, 3)
    if early != 0:
        return "(a): a prefix of fewer than 1,024 tokens is not cached."
    if older == 2_000:
        return "(b): gpt-4o is one of the older models, which count in steps."
    if today == 1_920:
        return "(c): today's models count exactly."
    return (early, older, today) == (0, 1_920, 2_000)


def _day(answer) -> bool | str:
    amount = number(answer)
    known = {
        0.002225: "That is one call. The day has 10,000.",
        40.0: "That is a day without a cache.",
        41.25: "The rules are read from the cache, and that has a price of its own.",
        21.0: "The question is written to the cache, and that costs a quarter more.",
        46.25: "The rules are not written again: they are found.",
        7.25: "The answers are on the bill, too.",
    }
    for wrong, problem in known.items():
        if np.isclose(amount, wrong):
            return problem
    return bool(np.isclose(amount, 22.25))


EXERCISES = {
    "12-alive": Exercise(
        ask="write two whole numbers: (today, on 15 January 2027).",
        test=_alive,
        hint='Each row of `old` has a "shutdown_date". Dates of this form sort as texts do.',
        why="Two are gone already, one more goes in December, and the last four on 14 January.",
    ),
    "12-estimate": Exercise(
        ask="write estimate(model, prompt, answer, cached=0, batch=False): USD.",
        test=_estimate,
        hint="`cost` has the prices and the rules, and takes a Usage.",
        why="Each model has its own prices, and one without a price is an error.",
    ),
    "12-picture": Exercise(
        ask='write "gpt-4o" or "gpt-4o-mini".',
        test=lambda answer: choice(answer, "gpt-4o", "gpt-4o-mini") == "gpt-4o",
        hint="A model's price is for a token. How many tokens does each count for one picture?",
        why="The small model counts so many tokens for a picture that it costs twice as much.",
    ),
    "12-cached": Exercise(
        ask="write three whole numbers: (a), (b), (c).",
        test=_cached,
        hint="The table above: from how many tokens on, and in what steps?",
        why="Too short; 15 times 128; and exactly.",
    ),
    "12-day": Exercise(
        ask="write a number of USD.",
        test=_day,
        hint="One call reads 2,000 tokens, writes 500 and answers with 300. Then times 10,000.",
        why="$1.00 for the rules, $6.25 for the questions, $15.00 for the answers.",
    ),
    "12-wait": Exercise(
        ask="write wait_for(batch_id, retrieve, sleep): the batch when it is over.",
        test=_wait,
        hint="A batch can end in four ways. With every other status it goes on.",
        why="It returns when the batch is over, however it ended, and never before.",
    ),
}
