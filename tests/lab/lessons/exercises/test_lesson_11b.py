"""Lesson 11b's checks take right answers, and name the mistakes that they are written for."""

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


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("11b-reset", (40, 60), "Correct."),
        ("11b-reset", (40, 40), "all three places"),
        ("11b-reset", (60, 40), "Not yet."),
        ("11b-bucket", 119, "Correct."),
        ("11b-bucket", 120, "60 s ago counts no longer"),
        ("11b-bucket", 60, "Not yet."),
        ("11b-herd", 1050, "Correct."),
        ("11b-herd", 2000, "Not yet."),
        ("11b-jitter", (2, 4), "Correct."),
        ("11b-jitter", (4, 4), "Not yet."),
        ("11b-jitter", (2, 8), "mind the cap"),
    ],
)
def test_predictions(name, answer, message):
    assert message in verdict(name, answer)


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
    assert message in verdict("11b-window", answer)


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
    assert message in verdict("11b-worth", answer)
