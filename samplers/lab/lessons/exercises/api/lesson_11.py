"""Exercises of lesson 11, Handle the failures."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from samplers.checks import shown
from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.exercises.functions import returned
from samplers.lab.lessons.exercises.guesses import wrong_guesses
from samplers.lab.lessons.exercises.plain import choice, number, numbers, whole, word

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
        "Waiting does not fill the account: give None.",
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


def _again(answer) -> bool | str:
    wrong = wrong_guesses(answer, AGAIN)
    if not wrong:
        return True
    # which of them would be the answer, as each has only two
    return f"Not right yet: {len(wrong)} of {len(AGAIN)}. Which of them can pass by themselves?"


def _wait(next_wait: Callable) -> bool | str:
    for name, retry, failure, left, wait, problem in WAITS:
        result = _seconds(returned(next_wait, retry, failure, left))
        if result != wait:
            return f"{name}: yours gives {shown(result)}. {problem}"

    for name, retry, failure, longest in JITTER:
        waits = [_seconds(returned(next_wait, retry, failure, 60)) for _ in range(DRAWS)]
        problem = _no_full_jitter(waits, longest)
        if problem:
            return f"{name}: {problem}"
    return True


def _seconds(wait) -> float | None:
    return None if wait is None else number(wait)


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


def _quota(answer) -> bool | str:
    requests, seconds = numbers(answer, 2)
    if requests == 4:
        return "max_retries=3 is range(3): how often does it call func?"
    if (requests, seconds) == (3, 3):
        return "It sleeps after its last request, too."
    return (requests, seconds) == (3, 7)


def _handler(answer) -> bool:
    said = answer.__name__ if isinstance(answer, type) else re.split("[:,;]", word(answer))[0]
    said = said.removeprefix("an ").replace(" ", "")
    return choice(said, "APIConnectionError", "AttributeError", "nothing") == "AttributeError"


EXERCISES = {
    "11-again": Exercise(
        ask="write True or False for each failure.",
        test=_again,
        hint="What changes by itself in a moment, and what does not?",
        why="A country and an empty account stay as they are. All others pass, or may pass.",
    ),
    "11-quota": Exercise(
        ask="write two whole numbers, (requests, seconds).",
        test=_quota,
        hint="Follow the loop by hand: attempt is 0, 1, 2. Does it sleep after the last request?",
        why="Three requests, and 1 + 2 + 4 seconds, the last four of them for nothing.",
    ),
    "11-wait": Exercise(
        ask="write next_wait(retry, error, left): seconds, or None to give up.",
        test=_wait,
        hint="Note that status, type and retry_after may each be None.",
        why="It gives up where it must, waits as it is asked to, and draws where no wait is named.",
    ),
    "11-handler": Exercise(
        ask='write "APIConnectionError", "AttributeError" or "nothing: it asks again".',
        test=_handler,
        hint="Which except catches it, and what is the first thing that is read there?",
        why="Without an answer there is no status_code to read.",
    ),
    "11-product": Exercise(
        ask="write a whole number.",
        test=lambda answer: whole(answer) == 9,
        hint="Each time that the handler calls, the SDK makes all its requests.",
        why="Three times three: layers of retries multiply.",
    ),
}
