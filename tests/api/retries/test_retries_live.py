"""Retries against the real endpoint, whose faults and limits are switched on; it counts."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

import samplers.api
from samplers.api import (
    APITimeoutError,
    Client,
    ConnectionFailed,
    EndpointError,
    RateLimitError,
    StreamBroken,
)

OFF = {"tier": None, "fault": None}
CLASSES = {
    "403": "PermissionDeniedError",
    "408": "RequestTimeoutError",
    "409": "ConflictError",
    "429": "RateLimitError",
    "slow_down": "SlowDownError",
    "insufficient_quota": "QuotaError",
    "credit_balance_exhausted": "QuotaError",
    "organization_spend_limit_exceeded": "QuotaError",
    "project_spend_limit_exceeded": "QuotaError",
    "organization_usage_limit_exceeded": "QuotaError",
    "500": "InternalServerError",
    "502": "InternalServerError",
    "503": "InternalServerError",
    "504": "InternalServerError",
    "garbage": "APIError",
    "drop": "ConnectionFailed",
    "cut": "ConnectionFailed",
}


@pytest.fixture(scope="module")
def hastened(start_shallow):
    """A client of an endpoint whose time runs 60 times as fast."""
    with start_shallow(time_factor=60) as client:
        yield client


@pytest.fixture
def conditions(hastened):
    """A function that changes some conditions, if any, and gives all of them."""
    path = f"{hastened.base_url}/samplers/conditions"

    def change(**fields) -> dict:
        response = httpx.post(path, json=fields, auth=hastened.auth, trust_env=False)
        assert response.status_code == 200, response.text
        return response.json()

    def told() -> dict:
        return httpx.get(path, auth=hastened.auth, trust_env=False).json()

    change(**OFF, time_factor=60)
    change.counts = lambda: told()["counts"]
    yield change
    change(**OFF, time_factor=60)


@pytest.fixture
def client_of(hastened):
    """A function that makes a client of that endpoint with other options."""
    clients = []

    def make(**options) -> Client:
        clients.append(Client(hastened.base_url, hastened.auth, hastened.model, **options))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


def chat(client: Client, **options):
    return client.chat("Hi", max_tokens=4, temperature=0, **options)


@pytest.mark.parametrize("fault", CLASSES)
def test_each_fault_has_its_class(conditions, client_of, fault):
    conditions(fault=f"{fault}:1")
    with pytest.raises(EndpointError) as caught:
        chat(client_of(max_retries=0))
    assert type(caught.value) is getattr(samplers.api, CLASSES[fault])
    assert conditions.counts()["requests"] == 1


@pytest.mark.parametrize(
    ("fault", "requests"), [("429", 3), ("slow_down", 3), ("503", 3), ("403", 1), ("garbage", 1)]
)
def test_it_asks_as_often_as_it_should(hastened, conditions, fault, requests):
    conditions(fault=f"{fault}:1")
    with pytest.raises(EndpointError):
        chat(hastened)
    assert conditions.counts() == {"requests": requests, f"fault={fault}": requests}
    last = [attempt.number for attempt in hastened.attempts[-requests:]]
    assert last == list(range(1, requests + 1))


def test_it_waits_as_it_is_told_and_is_let_in(conditions, client_of):
    """Two a minute, which is two seconds here; three ask at the same time."""
    conditions(tier="rpm=2", time_factor=30)
    client = client_of()
    begin = time.monotonic()
    with ThreadPoolExecutor(3) as crowd:
        list(crowd.map(lambda _: chat(client), range(3)))
    assert time.monotonic() - begin >= 2
    assert client.attempts[-1].outcome == "answered"
    assert client.attempts[-1].waited > 0


def test_it_gives_up_where_the_wait_is_long(conditions, client_of):
    conditions(tier="rpd=1")
    client = client_of()
    chat(client)
    with pytest.raises(RateLimitError) as caught:
        chat(client)
    assert caught.value.retry_after > 1000
    assert conditions.counts()["requests"] == 2


def test_a_stream_that_has_begun_is_not_repeated(hastened, conditions):
    conditions(fault="error_event:1")
    with pytest.raises(StreamBroken) as caught:
        list(hastened.stream("Hi", max_tokens=8, temperature=0))
    assert caught.value.error["code"] == "internal_error"
    assert conditions.counts()["requests"] == 1


@pytest.mark.parametrize("fault", ["cut", "error_event", "broken_event"])
def test_a_stream_of_responses_that_has_begun_breaks_likewise(hastened, conditions, fault):
    conditions(fault=f"{fault}:1")
    with pytest.raises(StreamBroken) as caught:
        list(hastened.respond_stream("Hi", max_output_tokens=16, temperature=0))
    assert (caught.value.error is not None) == (fault == "error_event")
    assert caught.value.completion.status == "in_progress"
    assert conditions.counts()["requests"] == 1


@pytest.mark.parametrize(("fault", "requests"), [("429", 3), ("503", 3), ("403", 1)])
def test_responses_are_asked_as_often_as_chat(hastened, conditions, fault, requests):
    conditions(fault=f"{fault}:1")
    with pytest.raises(EndpointError) as caught:
        hastened.respond("Hi", max_output_tokens=16)
    assert type(caught.value) is getattr(samplers.api, CLASSES[fault])
    assert conditions.counts()["requests"] == requests


def test_a_stream_that_has_not_begun_is(hastened, conditions):
    conditions(fault="503:1")
    with pytest.raises(EndpointError):
        list(hastened.stream("Hi", max_tokens=8))
    assert conditions.counts()["requests"] == 3


def test_silence_ends_with_the_calls_time(hastened, conditions):
    conditions(fault="timeout:1")
    with pytest.raises(APITimeoutError):
        chat(hastened, timeout=0.3)
    assert conditions.counts()["requests"] == 1


def test_a_lost_connection_is_made_again(conditions, client_of):
    conditions(fault="drop:1")
    with pytest.raises(ConnectionFailed) as caught:
        chat(client_of(max_retries=1))
    assert caught.value.sent
    assert conditions.counts()["requests"] == 2


def test_another_model_answers(hastened, conditions, client_of):
    """With this seed the fourth request is the first without a fault."""
    fallback = f"{hastened.model}-reasoning"
    conditions(fault="503:0.5", fault_seed=15)
    answer = client_of(fallback=fallback).chat("Hi", max_completion_tokens=4)
    assert answer.model == fallback
    assert conditions.counts() == {"requests": 4, "fault=503": 3}
