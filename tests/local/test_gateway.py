"""A client that goes away stops its answer: the engine's slots are free again at once."""

import time

import httpx
import pytest

SLOTS = 4
COUNT = [{"role": "user", "content": "Count."}]
# Thousands of tokens, which take a minute or more: the tokens that would end the turn are banned.
LONG = {"max_tokens": 3500, "logit_bias": {0: -100, 2: -100, 4: -100}}


def assert_free(endpoint) -> None:
    begin = time.monotonic()
    endpoint.choice(max_tokens=1)
    assert time.monotonic() - begin < 10


def test_streams_that_are_closed(endpoint):
    body = endpoint.body(COUNT, stream=True, n=SLOTS, **LONG)
    with (
        endpoint.client() as client,
        client.stream("POST", "/chat/completions", json=body) as response,
    ):
        texts = (line for line in response.iter_lines() if '"content":' in line)
        # the first chunk of each choice has an empty content
        assert next(line for line in texts if '"content":""' not in line)
    assert_free(endpoint)


def test_plain_requests_that_are_given_up(endpoint):
    body = endpoint.body(COUNT, n=SLOTS, **LONG)
    with endpoint.client() as client, pytest.raises(httpx.ReadTimeout):
        client.post("/chat/completions", json=body, timeout=1)
    assert_free(endpoint)


def test_one_by_one_answers_that_are_given_up(endpoint):
    body = endpoint.body(COUNT, n=2 * SLOTS, frequency_penalty=0.1, **LONG)
    with endpoint.client() as client, pytest.raises(httpx.ReadTimeout):
        client.post("/chat/completions", json=body, timeout=1)
    assert_free(endpoint)
