"""Lesson 11b's checks take right answers, and name the mistakes that they are written for."""

import numpy as np
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
        ("11b-reset", [40.0, 60], "Correct."),
        ("11b-reset", np.array([40, 60]), "Correct."),
        ("11b-reset", ("40 s", "60 s"), "Correct."),
        ("11b-reset", (20, 60), "When is the first one old"),
        ("11b-reset", (40, 40), "all three places"),
        ("11b-reset", (60, 40), "Not yet."),
        ("11b-bucket", 119, "Correct."),
        ("11b-bucket", 119.0, "Correct."),
        ("11b-bucket", np.int64(119), "Correct."),
        ("11b-bucket", "119 requests", "Correct."),
        ("11b-bucket", 61, "How full is it"),
        ("11b-bucket", 120, "60 s ago counts no longer"),
        ("11b-bucket", 60, "Not yet."),
        ("11b-herd", 1050, "Correct."),
        ("11b-herd", 1050.0, "Correct."),
        ("11b-herd", np.arange(5, 101, 5).sum(), "Correct."),
        ("11b-herd", "1,050", "Correct."),
        ("11b-herd", 100, "Not yet."),
        ("11b-herd", 10_000, "Not yet."),
        ("11b-herd", 2000, "Not yet."),
        ("11b-jitter", (2, 4), "Correct."),
        ("11b-jitter", [2.0, 4.0], "Correct."),
        ("11b-jitter", np.array([2, 4]), "Correct."),
        ("11b-jitter", "(2, 4)", "Correct."),
        ("11b-jitter", (1, 4), "upper end"),
        ("11b-jitter", (4, 4), "Not yet."),
        ("11b-jitter", (2, 8), "mind the cap"),
    ],
)
def test_predictions(name, answer, message):
    assert message in verdict(name, answer)


@pytest.mark.parametrize(
    "name", ["11b-reset", "11b-bucket", "11b-window", "11b-herd", "11b-jitter", "11b-worth"]
)
@pytest.mark.parametrize("odd", [None, "a text", (), float("nan"), {"a": 1}])
def test_an_odd_answer_is_not_right_and_no_error(name, odd):
    assert verdict(name, odd).startswith("Not yet")


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
        (lambda *args: np.float64(wait_for(*args)), "Correct."),
        (in_minutes_from(1000), "wait_for([(10, 1)"),
        (in_minutes_from_the_first, "wait_for([(10, 1)"),
        (lambda *args: wait_for(*args, minute=59), "more than 60 of them are in one minute"),
        (without_tokens, "more than 3 of them are in one minute"),
        (at_an_even_pace, "could go after 0 s"),
        (until_all_is_free, "could go after 60 s"),
        (lambda *args: None, "must wait some seconds, not None"),
        (lambda *args: float("nan"), "must wait some seconds, not nan"),
        (lambda *args: "soon", "must wait some seconds, not 'soon'"),
        (lambda sent: 0, "your function raised TypeError"),
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


def one_by_one(results):
    """Another right one: it gives them as it finds them."""
    for result in results:
        if type(result.error) is not QuotaError and isinstance(result.error, PASSING):
            yield result.request


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (worth_asking, "Correct."),
        (one_by_one, "Correct."),
        (lambda results: tuple(worth_asking(results)), "Correct."),
        (lambda results: worth_asking(results, but=()), "'no credit' does not belong"),
        (lambda results: worth_asking(results, RateLimitError), "'server' is missing"),
        (lambda results: [one.request for one in results if one.error], "'no credit'"),
        (lambda results: [one for one in results if one.error], "These are results"),
        (lambda results: 2 * worth_asking(results), "each request once"),
        (lambda results: 6, "Give a list of requests, not 6"),
        (lambda results: results[0].error.code, "your function raised AttributeError"),
    ],
)
def test_what_is_worth_asking_again(answer, message):
    assert message in verdict("11b-worth", answer)
