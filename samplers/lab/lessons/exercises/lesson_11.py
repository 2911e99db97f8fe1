"""Exercises of lesson 11, Handle the failures."""

from collections.abc import Callable
from dataclasses import dataclass

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
from samplers.lab.lessons.exercises import Exercise

AGAIN = {  # whether the same request can succeed a moment later
    "403: your country is not supported": False,
    "409: another request changes the same thing": True,
    "429: rate limit reached": True,
    "429: you exceeded your current quota": False,
    "500: the server had an error": True,
    "503: the engine is overloaded": True,
    "no answer: the connection was closed": True,
}


@dataclass(frozen=True)
class Failure:
    """What `next_wait` is told of an error."""

    status: int | None
    type: str | None = None
    retry_after: float | None = None


# (a description, retry, the failure, seconds left, the wait, what is wrong with another answer)
WAITS = (
    ("400", 1, Failure(400), 60, None, "A wrong request stays wrong: give None."),
    ("401", 1, Failure(401), 60, None, "A wrong key stays wrong: give None."),
    (
        "429 of type insufficient_quota",
        1,
        Failure(429, "insufficient_quota"),
        60,
        None,
        "Waiting brings no credit: give None.",
    ),
    (
        "429 with retry_after 7",
        1,
        Failure(429, "requests", 7),
        60,
        7,
        "The endpoint asks for 7 s.",
    ),
    (
        "429 with retry_after 90 and 20 s left",
        1,
        Failure(429, "requests", 90),
        20,
        None,
        "The wait would end after the deadline: give None.",
    ),
    ("500, retry 3", 3, Failure(500), 60, None, "Two retries are enough: give None."),
)
JITTER = (  # (a description, retry, the failure, the longest wait)
    ("500, retry 1", 1, Failure(500), 0.5),
    ("502, retry 2", 2, Failure(502), 1.0),
    ("408, retry 1", 1, Failure(408), 0.5),
    ("409, retry 2", 2, Failure(409), 1.0),
    ("429 that names no wait, retry 1", 1, Failure(429, "requests"), 0.5),
    ("no answer, retry 2", 2, Failure(None), 1.0),
)
DRAWS = 200
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


def _again(answer) -> bool | str:
    wrong = [name for name, can_pass in AGAIN.items() if answer.get(name) != can_pass]
    if not wrong:
        return True
    # which of them would be the answer, as each has only two
    return f"Not right yet: {len(wrong)} of {len(AGAIN)}. Which of them change by themselves?"


def _wait(next_wait: Callable) -> bool | str:
    for name, retry, failure, left, wait, problem in WAITS:
        result = next_wait(retry, failure, left)
        if result != wait:
            return f"{name}: yours gives {_shown(result)}. {problem}"

    for name, retry, failure, longest in JITTER:
        waits = [next_wait(retry, failure, 60) for _ in range(DRAWS)]
        problem = _no_full_jitter(waits, longest)
        if problem:
            return f"{name}: {problem}"
    return True


def _no_full_jitter(waits: list, longest: float) -> str | None:
    """Why the waits are not drawn evenly from 0 to the longest; None if they are."""
    if None in waits:
        return "this can pass, and yours gives up."
    if not all(0 <= wait <= longest for wait in waits):
        return f"a wait is from 0 to {longest:g} s; yours are {min(waits):.2f} to {max(waits):.2f}."
    if len(set(waits)) == 1:
        return f"all clients would wait the same {waits[0]:.2f} s. Draw the wait."
    # 200 even draws miss a tenth at either end once in a billion times
    if min(waits) > 0.1 * longest or max(waits) < 0.9 * longest:
        span = f"{min(waits):.2f} to {max(waits):.2f}"
        return f"full jitter reaches from 0 to {longest:g} s; yours goes from {span}."
    return None


def _window(wait_for: Callable) -> bool | str:
    for rpm, tpm, tokens, count, fit in MINUTES:
        limits = f"rpm={rpm}, tpm={tpm}, requests of {tokens} tokens"
        now = 1000.0
        sent: list[tuple[float, int]] = []
        for number in range(count):
            wait = wait_for(list(sent), now, tokens, rpm, tpm)
            if not _is_wait(wait):
                return f"{limits}: request {number + 1} must wait some seconds, not {_shown(wait)}."
            now += wait
            sent.append((now, tokens))

            right = 60.0 * (number // fit)
            if now - 1000 < right - 1e-6:
                return (
                    f"{limits}: request {number + 1} goes after {now - 1000:g} s. "
                    f"Then more than {fit} of them are in one minute."
                )
            if now - 1000 > right + 1e-6:
                return (
                    f"{limits}: request {number + 1} could go after {right:g} s, "
                    f"yours goes after {now - 1000:g} s."
                )
    return _after_uneven_requests(wait_for)


def _after_uneven_requests(wait_for: Callable) -> bool | str:
    """The window slides: no minute that begins at a fixed time gives these waits."""
    for sent, now, tokens, rpm, tpm, right in SENT:
        wait = wait_for(list(sent), now, tokens, rpm, tpm)
        if not _is_wait(wait) or abs(wait - right) > 1e-6:
            problem = "too long" if _is_wait(wait) and wait > right else "too short"
            call = f"wait_for({sent}, {now}, {tokens}, {rpm}, {tpm})"
            return f"{call} gives {_shown(wait)}: {problem}. Which requests still count then?"
    return True


def _is_wait(wait) -> bool:
    return wait is not None and bool(np.isfinite(wait)) and wait >= 0


def _worth(worth_asking: Callable) -> bool | str:
    requests = list(worth_asking(list(RESULTS)))
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
    wait, reset = answer
    if (wait, reset) == (40, 40):
        return "The first number is right. The second: when are all three places free again?"
    return (wait, reset) == (40, 60)


def _bucket(answer) -> bool | str:
    if answer == 120:
        return "Nearly. What went 60 s ago counts no longer."
    return answer == 119


def _jitter(answer) -> bool | str:
    longest, average = answer
    if average in (8, 128, 256):
        return "The average before retry 10: mind the cap, and that the draw begins at 0."
    return bool(np.allclose([longest, average], [2, 4]))


def _shown(value) -> str:
    return f"{value!r:.40}"


EXERCISES = {
    "11-again": Exercise(
        ask="write True or False for each failure.",
        test=_again,
        hint="What changes by itself in a moment, and what does not?",
        why="A country and an empty account stay as they are. All others pass, or may pass.",
    ),
    "11-quota": Exercise(
        ask="write two whole numbers, (requests, seconds).",
        test=lambda answer: tuple(answer) == (3, 7),
        hint="Follow the loop by hand: attempt is 0, 1, 2. Does it sleep after the last request?",
        why="Three requests, and 1 + 2 + 4 seconds, the last four of them for nothing.",
    ),
    "11-wait": Exercise(
        ask="write next_wait(retry, error, left): seconds, or None to give up.",
        test=_wait,
        hint="Mind that status, type and retry_after may each be None.",
        why="It gives up where it must, waits as it is asked to, and else draws.",
    ),
    "11-handler": Exercise(
        ask='write "APIConnectionError", "AttributeError" or "nothing: it asks again".',
        test=lambda answer: answer in ("AttributeError", AttributeError),
        hint="Which except catches it, and what is the first thing that is read there?",
        why="Without an answer there is no status_code to read.",
    ),
    "11-product": Exercise(
        ask="write a whole number.",
        test=lambda answer: answer == 9,
        hint="Each time that the handler calls, the SDK makes all its requests.",
        why="Three times three: layers of retries multiply.",
    ),
    "11-reset": Exercise(
        ask="write two whole numbers: (seconds until the fourth fits, seconds until the reset).",
        test=_reset,
        hint="A request counts for a minute. When is the first one old, and when is the last?",
        why="The first is a minute old at 60 s, in 40 s; the third at 80 s, in 60 s.",
    ),
    "11-bucket": Exercise(
        ask="write a whole number.",
        test=_bucket,
        hint="How full is it at the beginning, and what is refilled while these are still counted?",
        why="60 at once, and one more in each of the next 59 seconds.",
    ),
    "11-window": Exercise(
        ask="write wait_for(sent, now, tokens, rpm, tpm): seconds.",
        test=_window,
        hint="A place becomes free when a request in `sent` is 60 s old. Try these moments.",
        why="No minute holds too much, and nobody waits longer than needed.",
    ),
    "11-herd": Exercise(
        ask="write a whole number.",
        test=lambda answer: answer == 1050,
        hint="A hundred come, five are served. How many come next, and so on?",
        why="100 + 95 + 90 + … + 5.",
    ),
    "11-jitter": Exercise(
        ask="write two numbers of seconds: (longest before retry 3, average before retry 10).",
        test=_jitter,
        hint="The formula's upper end is the longest wait. Where is the middle of an even draw?",
        why="At most 0.5 · 4 = 2 s; and from 0 to the cap of 8 s is 4 s on average.",
    ),
    "11-worth": Exercise(
        ask="write worth_asking(results): the requests to ask again.",
        test=_worth,
        hint="An answered request has no error: isinstance(None, …) is False.",
        why="What passes is asked again; what needs a person is not.",
    ),
}
