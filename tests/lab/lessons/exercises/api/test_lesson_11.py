"""Lesson 11's checks take right answers, and name the mistakes that they are written for."""

import random

import numpy as np
import pytest

from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.exercises.api.lesson_11 import AGAIN


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("11-quota", (3, 7), "Correct."),
        ("11-quota", [3, 7.0], "Correct."),
        ("11-quota", np.array([3, 7]), "Correct."),
        ("11-quota", "3 and 7", "Correct."),
        ("11-quota", (3, 3), "after its last request"),
        ("11-quota", (4, 7), "range(3)"),
        ("11-quota", (2, 3), "Follow the loop"),
        ("11-quota", (3, "7 s or so"), "can't read '7 s or so' as a number"),
        ("11-handler", "AttributeError", "Correct."),
        ("11-handler", AttributeError, "Correct."),
        ("11-handler", " attributeerror. ", "Correct."),
        ("11-handler", "an attribute error", "Correct."),
        ("11-handler", "APIConnectionError", "Which except catches it"),
        ("11-handler", "nothing: it asks again", "Which except catches it"),
        ("11-handler", "nothing", "Which except catches it"),
        ("11-handler", "Nothing, it asks again", "Which except catches it"),
        ("11-handler", "TypeError", 'as one of "APIConnectionError"'),
        ("11-product", 9, "Correct."),
        ("11-product", "9 requests", "Correct."),
        ("11-product", 9.0, "Correct."),
        ("11-product", np.int64(9), "Correct."),
        ("11-product", 12, "Not yet."),
        ("11-product", 3, "Not yet."),
        ("11-product", 6, "makes all its requests"),
        ("11-again", list(AGAIN.values()), "Correct."),
        ("11-again", "no, yes, yes, no, yes, yes, yes", "Correct."),
        ("11-again", {name: int(passes) for name, passes in AGAIN.items()}, "Correct."),
        ("11-again", [True] * 7, "2 of 7"),
        ("11-again", [False] * 7, "5 of 7"),
        ("11-again", [True, False], "2 of the 7 parts"),
    ],
)
def test_predictions(name, answer, message):
    assert message in verdict(name, answer)


@pytest.mark.parametrize("name", ["11-again", "11-quota", "11-wait", "11-handler", "11-product"])
@pytest.mark.parametrize("odd", [None, "a text", (), float("nan"), {"a": 1}])
def test_an_odd_answer_is_not_right_and_no_error(name, odd):
    assert verdict(name, odd).startswith("Not yet")


def test_wrong_guesses_of_what_passes_are_counted_and_not_named():
    assert verdict("11-again", AGAIN).startswith("Correct.")
    quota = "429: you exceeded your current quota"
    message = verdict("11-again", AGAIN | {quota: True})
    assert "1 of 7" in message
    assert "quota" not in message


def next_wait(retry, error, left, draw=random.uniform):
    """A right one; `draw` can be replaced."""
    can_pass = error.status in (None, 408, 409, 429) or error.status >= 500
    if not can_pass or error.type == "insufficient_quota" or retry > 2:
        return None
    wait = error.retry_after
    if wait is None:
        wait = draw(0, 0.5 * 2 ** (retry - 1))
    return wait if wait <= left else None


def by_cases(retry, error, left):
    """Another right one."""
    if retry >= 3 or error.type == "insufficient_quota":
        return None
    if error.status in (400, 401, 403, 404, 413, 422):
        return None
    if error.retry_after is None:
        return random.random() * min(left, 0.5 * 2 ** (retry - 1))
    return error.retry_after if error.retry_after < left else None


def with_draw(draw):
    return lambda retry, error, left: next_wait(retry, error, left, draw)


def the_documents(retry, error, left):
    if error.status != 429 or retry > 2:
        return None
    return 2 ** (retry - 1) + random.uniform(0, 0.5)


def waits_only_where_a_wait_is_named(retry, error, left):
    named = error.status != 429 or error.retry_after is not None
    return next_wait(retry, error, left) if named else None


def sleeps_beyond_the_deadline(retry, error, left):
    return next_wait(retry, error, 1e9)


def repeats_what_has_a_status(retry, error, left):
    return None if error.status is None else next_wait(retry, error, left)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (next_wait, "Correct."),
        (by_cases, "Correct."),
        (with_draw(np.random.default_rng(1).uniform), "Correct."),
        (the_documents, "insufficient_quota"),
        (waits_only_where_a_wait_is_named, "429 that names no wait, retry 1: this can pass"),
        (sleeps_beyond_the_deadline, "after the deadline"),
        (repeats_what_has_a_status, "no answer, retry 2: this can pass"),
        (lambda *args: 0 if next_wait(*args) is not None else None, "asks for 7 s"),
        (with_draw(lambda low, high: high), "the same"),
        (with_draw(lambda low, high: random.uniform(high / 2, high)), "full jitter reaches from 0"),
        (with_draw(lambda low, high: random.uniform(0, 2 * high)), "is from 0 to 0.5 s"),
        (lambda *args: next_wait(*args) or None, "Correct."),
        (lambda error: 1, "TypeError"),
        (lambda *args: "a while", "can't read 'a while' as a number"),
    ],
)
def test_the_wait_before_a_retry(answer, message):
    assert message in verdict("11-wait", answer)
