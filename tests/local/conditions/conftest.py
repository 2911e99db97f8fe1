"""An endpoint whose conditions a test names, and an HTTP client that takes every answer."""

import time

import httpx
import pytest

from samplers.api import start_local

OFF = {"tier": None, "fault": None, "latency": None, "fault_seed": None, "time_factor": 60}
FRANCE = [{"role": "user", "content": "What is the capital of France?"}]


@pytest.fixture(scope="session")
def flags() -> dict:
    """All of them."""
    names = {"tier": "2", "fault": "500:0.25", "latency": "ttft=0.1"}
    return names | {"time_factor": 60.0, "fault_seed": 7}


@pytest.fixture(scope="session")
def key() -> str:
    return "sk-of-these-tests"


@pytest.fixture(scope="session")
def simulated(flags, key):
    """A client of an endpoint that was started with the flags."""
    with start_local(api_key=key, **flags) as client:
        yield client


@pytest.fixture(scope="session")
def http(simulated, key):
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(
        base_url=simulated.base_url, headers=headers, timeout=60, trust_env=False
    ) as client:
        yield client


@pytest.fixture(scope="session")
def at_first(http) -> dict:
    """What GET tells before anything is changed."""
    return http.get("/samplers/conditions").json()


@pytest.fixture
def simulate(http, at_first):
    """A function that changes the conditions and gives what is told of them.

    They are off before and after the test, and time runs 60 times as fast.
    """

    def change(**fields) -> dict:
        response = http.post("/samplers/conditions", json=fields)
        assert response.status_code == 200, response.text
        return response.json()

    change(**OFF)
    yield change
    change(**OFF)


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
def body(simulated):
    """A function that makes the body of a chat request."""
    return lambda **fields: {"model": simulated.model, "messages": FRANCE, **fields}


@pytest.fixture
def ask(http, body):
    """A function that asks for a short chat completion."""

    def post(headers=None, timeout=60, **fields) -> httpx.Response:
        fields = {"max_tokens": 8, "temperature": 0} | fields
        return http.post("/chat/completions", json=body(**fields), headers=headers, timeout=timeout)

    return post
