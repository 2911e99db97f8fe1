"""Exercises of lesson 11b, Send many requests."""

from collections.abc import Callable, Iterable

import numpy as np

from samplers.api import (
    APITimeoutError,
    BadRequestError,
    ConflictError,
    ConnectionFailed,
    Gathered,
    InternalServerError,
    PermissionDeniedError,
    QuotaError,
    RateLimitError,
    RequestTimeoutError,
)
from samplers.checks import shown
from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.exercises.functions import outcome, returned
from samplers.lab.lessons.exercises.plain import AnswerError, number, numbers, whole

SENT = (  # (sent, now, tokens of the next request, rpm, tpm, its wait)
    ([(10, 1), (50, 1), (90, 1)], 95, 1, 2, 1000, 15),
    ([(7, 1), (41, 1), (56, 1), (80, 1)], 82, 1, 3, 1000, 19),
    ([(10, 900), (40, 50)], 45, 400, 10, 1000, 25),
    ([(10, 100), (40, 900)], 45, 500, 10, 1000, 55),
)
MINUTES = (  # (rpm, tpm, tokens of each request, requests, how many fit into a minute)
    (60, 10**9, 1, 190, 60),
    (10**6, 1000, 300, 14, 3),
    (5, 1000, 100, 17, 5),
    (4, 1000, 250, 9, 4),
)

RESULTS = [
    Gathered("answered", answer="yes"),
    Gathered("rate limit", error=RateLimitError(429, "slow")),
    Gathered("no credit", error=QuotaError(429, "pay")),
    Gathered("server", error=InternalServerError(502, "sorry")),
    Gathered("conflict", error=ConflictError(409, "busy")),
    Gathered("late to the server", error=RequestTimeoutError(408, "late")),
    Gathered("wrong request", error=BadRequestError(400, "no")),
    Gathered("lost connection", error=ConnectionFailed("lost")),
    Gathered("country", error=PermissionDeniedError(403, "no")),
    Gathered("no answer in time", error=APITimeoutError("late")),
    Gathered("a bug of ours", error=KeyError("text")),
]
WORTH = [
    "rate limit",
    "server",
    "conflict",
    "late to the server",
    "lost connection",
    "no answer in time",
]


def _window(wait_for: Callable) -> bool | str:
    for rpm, tpm, tokens, requests, fit in MINUTES:
        limits = f"rpm={rpm}, tpm={tpm}, requests of {tokens} tokens"
        now = 1000.0
        sent: list[tuple[float, int]] = []
        for count in range(requests):
            given = returned(wait_for, sent, now, tokens, rpm, tpm)
            wait = _seconds(given)
            if wait is None:
                return f"{limits}: request {count + 1} must wait some seconds, not {shown(given)}."
            now += wait
            sent.append((now, tokens))

            right = 60.0 * (count // fit)
            if now - 1000 < right - 1e-6:
                return (
                    f"{limits}: request {count + 1} goes after {now - 1000:g} s. "
                    f"Then more than {fit} of them are in one minute."
                )
            if now - 1000 > right + 1e-6:
                return (
                    f"{limits}: request {count + 1} could go after {right:g} s, "
                    f"yours goes after {now - 1000:g} s."
                )
    return _after_uneven_requests(wait_for)


def _after_uneven_requests(wait_for: Callable) -> bool | str:
    """The window slides: no minute that begins at a fixed time gives these waits."""
    for sent, now, tokens, rpm, tpm, right in SENT:
        given = returned(wait_for, sent, now, tokens, rpm, tpm)
        wait = _seconds(given)
        if wait is None or abs(wait - right) > 1e-6:
            problem = "too long" if wait is not None and wait > right else "too short"
            call = f"wait_for({sent}, {now}, {tokens}, {rpm}, {tpm})"
            return f"{call} gives {shown(given)}: {problem}. Which requests still count then?"
    return True


def _seconds(wait) -> float | None:
    """The wait as a number; None if it is no time that one can wait."""
    try:
        seconds = number(wait)
    except AnswerError:
        return None
    return seconds if 0 <= seconds < np.inf else None


def _worth(worth_asking: Callable) -> bool | str:
    requests = outcome(worth_asking, RESULTS)
    if not isinstance(requests, Iterable) or isinstance(requests, str):
        return f"Give a list of requests, not {shown(requests)}."
    requests = list(requests)
    if any(isinstance(request, Gathered) for request in requests):
        return "These are results. Give the `request` of each."
    for request in WORTH:
        if request not in requests:
            return f"The request {request!r} is missing: its error can pass."
    for request in requests:
        if request not in WORTH:
            return f"{request!r:.80} does not belong there."
    return True if len(requests) == len(WORTH) else "Give each request once."


def _reset(answer) -> bool | str:
    wait, reset = numbers(answer, 2)
    if (wait, reset) == (40, 40):
        return "The first number is right. The second: when are all three places free again?"
    return (wait, reset) == (40, 60)


def _bucket(answer) -> bool | str:
    most = whole(answer)
    if most == 120:
        return "Nearly. What went 60 s ago counts no longer."
    return most == 119


def _jitter(answer) -> bool | str:
    longest, average = numbers(answer, 2)
    if average in (8, 128, 256):
        return "The average before retry 10: mind the cap, and that the draw begins at 0."
    return bool(np.allclose([longest, average], [2, 4]))


EXERCISES = {
    "11b-reset": Exercise(
        ask="write two whole numbers: (seconds until the fourth fits, seconds until the reset).",
        test=_reset,
        hint="A request counts for a minute. When is the first one old, and when is the last?",
        why="The first is a minute old at 60 s, in 40 s; the third at 80 s, in 60 s.",
    ),
    "11b-bucket": Exercise(
        ask="write a whole number.",
        test=_bucket,
        hint="How full is it at the beginning, and what is refilled while these are still counted?",
        why="60 at once, and one more in each of the next 59 seconds.",
    ),
    "11b-window": Exercise(
        ask="write wait_for(sent, now, tokens, rpm, tpm): seconds.",
        test=_window,
        hint="A place becomes free when a request in `sent` is 60 s old. Try these moments.",
        why="No minute holds too much, and nobody waits longer than needed.",
    ),
    "11b-herd": Exercise(
        ask="write a whole number.",
        test=lambda answer: whole(answer) == 1050,
        hint="A hundred come, five are served. How many come next, and so on?",
        why="100 + 95 + 90 + … + 5.",
    ),
    "11b-jitter": Exercise(
        ask="write two numbers of seconds: (longest before retry 3, average before retry 10).",
        test=_jitter,
        hint="The formula's upper end is the longest wait. Where is the middle of an even draw?",
        why="At most 0.5 · 4 = 2 s; and from 0 to the cap of 8 s is 4 s on average.",
    ),
    "11b-worth": Exercise(
        ask="write worth_asking(results): the requests to ask again.",
        test=_worth,
        hint="An answered request has no error: isinstance(None, …) is False.",
        why="What passes is asked again; what needs a person is not.",
    ),
}
