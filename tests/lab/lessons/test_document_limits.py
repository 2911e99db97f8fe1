"""The document's bucket and handler do what the document's do, on a clock of ours."""

import httpx
import pytest
from openai import APIConnectionError, APITimeoutError, BadRequestError, RateLimitError

from samplers.lab import SimulatedClock, document_bucket, document_handler

REQUEST = httpx.Request("POST", "http://localhost/v1")


def status_error(kind, status: int):
    return kind("no", response=httpx.Response(status, request=REQUEST), body=None)


def handled(clock, *outcomes):
    """What the decorated function returns or raises; errors of `outcomes` are raised in turn."""
    left = iter(outcomes)

    @document_handler(clock).handle_api_error
    def call():
        outcome = next(left)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return call()


def test_the_clock_moves_when_somebody_sleeps():
    clock = SimulatedClock()
    clock.sleep(2)
    clock.sleep(0.5)
    assert clock.time() == 2.5
    assert clock.sleeps == [2, 0.5]
    with pytest.raises(ValueError, match="at least 0, got -1"):
        clock.sleep(-1)


def test_the_bucket_lets_its_capacity_go_at_once_and_then_its_rate():
    clock = SimulatedClock()
    bucket = document_bucket(clock)(rpm=30)
    went = []
    for _ in range(33):
        bucket.wait_if_needed(estimated_tokens=10**9)
        went.append(clock.time())
    assert went == [0.0] * 30 + [2.0, 4.0, 6.0]


def test_the_handler_waits_and_returns_what_came_at_last():
    clock = SimulatedClock()
    limit = status_error(RateLimitError, 429)
    assert handled(clock, limit, APITimeoutError(request=REQUEST), "yes") == "yes"
    assert clock.sleeps == [2, 2]


def test_the_handler_raises_at_once_what_it_does_not_repeat():
    clock = SimulatedClock()
    with pytest.raises(BadRequestError):
        handled(clock, status_error(BadRequestError, 400))
    assert clock.sleeps == []


def test_the_handler_breaks_on_a_lost_connection():
    with pytest.raises(AttributeError, match="status_code"):
        handled(SimulatedClock(), APIConnectionError(request=REQUEST))
