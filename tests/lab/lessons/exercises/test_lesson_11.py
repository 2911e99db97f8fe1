"""Lesson 11's checks take right answers, and name the mistakes that they are written for."""

import random

import pytest

from samplers.api import (
    ConflictError,
    ConnectionFailed,
    InternalServerError,
    QuotaError,
    RateLimitError,
    RequestTimeoutError,
)
from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.exercises.lesson_11 import AGAIN


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("11-quota", (3, 7), "Correct."),
        ("11-quota", (3, 3), "Not yet."),
        ("11-quota", (4, 7), "Not yet."),
        ("11-handler", "AttributeError", "Correct."),
        ("11-handler", AttributeError, "Correct."),
        ("11-handler", "APIConnectionError", "Not yet."),
        ("11-product", 9, "Correct."),
        ("11-product", 6, "Not yet."),
        ("11-reset", (40, 60), "Correct."),
        ("11-reset", (40, 40), "all three places"),
        ("11-reset", (60, 40), "Not yet."),
        ("11-bucket", 119, "Correct."),
        ("11-bucket", 120, "60 s ago counts no longer"),
        ("11-bucket", 60, "Not yet."),
        ("11-herd", 1050, "Correct."),
        ("11-herd", 2000, "Not yet."),
        ("11-jitter", (2, 4), "Correct."),
        ("11-jitter", (4, 4), "Not yet."),
        ("11-jitter", (2, 8), "mind the cap"),
    ],
)
def test_predictions(name, answer, message):
    assert message in verdict(name, answer)


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
        (the_documents, "insufficient_quota"),
        (waits_only_where_a_wait_is_named, "429 that names no wait, retry 1: this can pass"),
        (sleeps_beyond_the_deadline, "after the deadline"),
        (repeats_what_has_a_status, "no answer, retry 2: this can pass"),
        (lambda *args: 0 if next_wait(*args) is not None else None, "asks for 7 s"),
        (with_draw(lambda low, high: high), "the same"),
        (with_draw(lambda low, high: random.uniform(high / 2, high)), "full jitter reaches from 0"),
        (with_draw(lambda low, high: random.uniform(0, 2 * high)), "is from 0 to 0.5 s"),
        (lambda error: 1, "TypeError"),
    ],
)
def test_the_wait_before_a_retry(answer, message):
    assert message in verdict("11-wait", answer)


def wait_for(sent, now, tokens, rpm, tpm, minute=60):
    """A right one; with another `minute` it counts too short or too long."""
    ends = sorted(t + minute for t, _ in sent if t + minute > now)
    for moment in [now, *ends]:
        counted = [n for t, n in sent if t + minute > moment]
        if len(counted) < rpm and sum(counted) + tokens <= tpm:
            return moment - now
    return None


def without_tokens(sent, now, tokens, rpm, tpm):
    return wait_for(sent, now, 0, rpm, 10**9)


def at_an_even_pace(sent, now, tokens, rpm, tpm):
    return max(0, sent[-1][0] + 60 / min(rpm, tpm // tokens) - now) if sent else 0


def with_oldest_first(sent, now, tokens, rpm, tpm):
    """Another right one: it lets the oldest go until there is room."""
    counted = [(t, n) for t, n in sent if now - t < 60]
    wait = 0
    while counted and (len(counted) >= rpm or sum(n for _, n in counted) + tokens > tpm):
        wait = counted.pop(0)[0] + 60 - now
    return wait


def in_minutes_from(begin):
    """As a limit that is reset each minute: twice as many may go around its end."""

    def wait_for(sent, now, tokens, rpm, tpm):
        start = now - (now - begin) % 60
        counted = [n for t, n in sent if t >= start]
        fits = len(counted) < rpm and sum(counted) + tokens <= tpm
        return 0 if fits else start + 60 - now

    return wait_for


def in_minutes_from_the_first(sent, *args):
    return in_minutes_from(sent[0][0] if sent else 0)(sent, *args)


def until_all_is_free(sent, now, tokens, rpm, tpm):
    wait = wait_for(sent, now, tokens, rpm, tpm)
    return wait and sent[-1][0] + 61 - now


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (wait_for, "Correct."),
        (with_oldest_first, "Correct."),
        (in_minutes_from(1000), "wait_for([(10, 1)"),
        (in_minutes_from_the_first, "wait_for([(10, 1)"),
        (lambda *args: wait_for(*args, minute=59), "more than 60 of them are in one minute"),
        (without_tokens, "more than 3 of them are in one minute"),
        (at_an_even_pace, "could go after 0 s"),
        (until_all_is_free, "could go after 60 s"),
        (lambda *args: None, "must wait some seconds, not None"),
        (lambda *args: float("nan"), "must wait some seconds, not nan"),
    ],
)
def test_the_sliding_window(answer, message):
    assert message in verdict("11-window", answer)


PASSING = (
    ConnectionFailed,
    RequestTimeoutError,
    ConflictError,
    RateLimitError,
    InternalServerError,
)


def worth_asking(results, passing=PASSING, but=QuotaError):
    found = [result for result in results if isinstance(result.error, passing)]
    return [result.request for result in found if not isinstance(result.error, but)]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (worth_asking, "Correct."),
        (lambda results: worth_asking(results, but=()), "'no credit' does not belong"),
        (lambda results: worth_asking(results, RateLimitError), "'server' is missing"),
        (lambda results: [one.request for one in results if one.error], "'no credit'"),
        (lambda results: [one for one in results if one.error], "These are results"),
        (lambda results: 2 * worth_asking(results), "each request once"),
    ],
)
def test_what_is_worth_asking_again(answer, message):
    assert message in verdict("11-worth", answer)
