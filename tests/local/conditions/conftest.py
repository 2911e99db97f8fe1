"""An endpoint whose conditions a test names, and an HTTP client that takes every answer."""

import time

import httpx
import pytest

OFF = {"tier": None, "fault": None, "latency": None, "fault_seed": None}


@pytest.fixture
def http(hastened):
    headers = {"Authorization": f"Bearer {hastened.key}"}
    with httpx.Client(
        base_url=hastened.base_url, headers=headers, timeout=60, trust_env=False
    ) as client:
        yield client


@pytest.fixture
def simulate(http):
    """A function that changes the conditions and gives what is told of them.

    They are off before and after the test.
    """

    def change(**fields) -> dict:
        response = http.post("/samplers/conditions", json=fields)
        assert response.status_code == 200, response.text
        return response.json()

    change(**OFF, time_factor=60)
    yield change
    change(**OFF, time_factor=60)


@pytest.fixture
def told(http):
    """A function that gives what GET tells of one field."""
    return lambda name: http.get("/samplers/conditions").json()[name]


@pytest.fixture
def wait_until_idle(told):
    """A function that returns when no request is being answered any more."""

    def wait() -> None:
        deadline = time.monotonic() + 5
        while told("running") and time.monotonic() < deadline:
            time.sleep(0.01)
        assert told("running") == 0

    return wait


@pytest.fixture
def ask(hastened, http):
    """A function that asks for a short chat completion."""

    def post(headers=None, timeout=60, **fields) -> httpx.Response:
        body = hastened.body(**{"max_tokens": 8, "temperature": 0} | fields)
        return http.post("/chat/completions", json=body, headers=headers, timeout=timeout)

    return post
