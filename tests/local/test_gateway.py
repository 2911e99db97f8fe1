"""A client that goes away stops its answer: the engine's slots are free again at once."""

import time

import httpx
import pytest

SLOTS = 4
# Thousands of tokens, a minute or more: the tokens that would end the turn are banned.
LONG = {"max_tokens": 3500, "logit_bias": {0: -100, 2: -100, 4: -100}}


def body(endpoint, **fields) -> dict:
    return {"model": endpoint.model, "messages": [{"role": "user", "content": "Count."}], **fields}


def assert_free(endpoint) -> None:
    begin = time.monotonic()
    endpoint.choice(max_tokens=1)
    assert time.monotonic() - begin < 10


def test_streams_that_are_closed(endpoint):
    with endpoint.client() as client:
        request = body(endpoint, stream=True, n=SLOTS, **LONG)
        with client.stream("POST", "/chat/completions", json=request) as response:
            begun = (
                line
                for line in response.iter_lines()
                if '"content":' in line and '"content":""' not in line
            )
            assert next(begun)  # the answer grows
    assert_free(endpoint)


def test_plain_requests_that_are_given_up(endpoint):
    with endpoint.client() as client, pytest.raises(httpx.ReadTimeout):
        client.post("/chat/completions", json=body(endpoint, n=SLOTS, **LONG), timeout=1)
    assert_free(endpoint)


def test_step_by_step_answers_that_are_given_up(endpoint):
    request = body(endpoint, n=2 * SLOTS, frequency_penalty=0.1, **LONG)
    with endpoint.client() as client, pytest.raises(httpx.ReadTimeout):
        client.post("/chat/completions", json=request, timeout=1)
    assert_free(endpoint)
