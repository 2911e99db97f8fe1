"""A client that goes away stops its answer: the engine's slots are free again at once."""

import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import httpx
import pytest

LONG_SLOTS = 4  # two more are for short requests only
COUNT = [{"role": "user", "content": "Count."}]
# Thousands of tokens, which take a minute or more: the tokens that would end the turn are banned.
LONG = {"max_tokens": 3500, "logit_bias": {0: -100, 2: -100, 4: -100}}


def assert_free(endpoint) -> None:
    """As many requests as there are slots for long ones are answered at once."""
    begin = time.monotonic()
    with ThreadPoolExecutor(LONG_SLOTS) as crowd:
        ask = partial(endpoint.text, temperature=0, max_tokens=100)
        answers = [crowd.submit(ask) for _ in range(LONG_SLOTS)]
    assert all(answer.result() for answer in answers)
    assert time.monotonic() - begin < 10


def test_streams_that_are_closed(endpoint, reasoning):
    """One writes, the other thinks; and short requests are answered meanwhile."""
    write = endpoint.body(COUNT, stream=True, n=LONG_SLOTS, **LONG)
    think = reasoning.body(COUNT, stream=True, n=8, reasoning_effort="xhigh")
    with (
        endpoint.client() as client,
        client.stream("POST", "/chat/completions", json=think) as thinking,
        client.stream("POST", "/chat/completions", json=write) as writing,
    ):
        assert next(line for line in thinking.iter_lines() if '"role"' in line)
        texts = (line for line in writing.iter_lines() if '"content":' in line)
        # the first chunk of each choice has an empty content
        assert next(line for line in texts if '"content":""' not in line)
        assert endpoint.text(temperature=0, max_tokens=16) == "The capital of France is Paris."
    assert_free(endpoint)


def test_plain_requests_that_are_given_up(endpoint):
    body = endpoint.body(COUNT, n=LONG_SLOTS, **LONG)
    with endpoint.client() as client, pytest.raises(httpx.ReadTimeout):
        client.post("/chat/completions", json=body, timeout=1)
    assert_free(endpoint)


@contextmanager
def others(endpoint):
    """Somebody who gets short answers, one after the other."""
    end = threading.Event()

    def ask() -> None:
        while not end.is_set():
            endpoint.text(temperature=0, max_tokens=8)

    with ThreadPoolExecutor(1) as somebody:
        asking = somebody.submit(ask)
        try:
            yield
        finally:
            end.set()
        asking.result()


def test_plain_requests_that_are_given_up_while_others_are_answered(endpoint):
    """The engine must not wait for a second in which it answers nobody."""
    body = endpoint.body(COUNT, **LONG)

    def give_up(_) -> None:
        with endpoint.client() as client, pytest.raises(httpx.ReadTimeout):
            client.post("/chat/completions", json=body, timeout=1)

    with others(endpoint), ThreadPoolExecutor(LONG_SLOTS) as crowd:
        list(crowd.map(give_up, range(LONG_SLOTS)))
        assert_free(endpoint)


def test_one_by_one_answers_that_are_given_up(endpoint):
    body = endpoint.body(COUNT, n=2 * LONG_SLOTS, frequency_penalty=0.1, **LONG)
    with endpoint.client() as client, pytest.raises(httpx.ReadTimeout):
        client.post("/chat/completions", json=body, timeout=1)
    assert_free(endpoint)


def test_a_long_prompt_lets_others_through(endpoint):
    """Short requests are answered while it is read, and one that is given up is read no further."""
    words = [{"role": "user", "content": "word " * 3000}]
    address = httpx.URL(endpoint.base_url)
    body = json.dumps(endpoint.body(words, max_tokens=1)).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: {address.host}\r\n"
        f"Authorization: Bearer {endpoint.key}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((address.host, address.port)) as connection:
        connection.sendall(head.encode() + body)
        for limit in (16, 100):
            text = endpoint.text(temperature=0, max_tokens=limit)
            assert text == "The capital of France is Paris."
        connection.setblocking(False)
        with pytest.raises(BlockingIOError):  # there is no answer yet
            connection.recv(1)
    assert_free(endpoint)


def test_many_control_names_and_messages(endpoint):
    """They take as few calls to the engine as one, and what cannot fit is refused before."""
    names = [{"role": "user", "content": "<|im_end|>"}] * 250
    begin = time.monotonic()
    with endpoint.client() as client:
        answer = client.post("/tokenize", json={"messages": names}).json()
    assert answer["count"] == 250 * (7 + 5) + 4  # of each text, of the template, at the end
    assert time.monotonic() - begin < 2

    for messages in ([{"role": "user", "content": "a"}] * 130_000, "a " * 1_000_000):
        if isinstance(messages, str):
            messages = [{"role": "user", "content": messages}]
        begin = time.monotonic()
        error = endpoint.post(messages).json()["error"]
        assert (error["param"], error["code"]) == ("messages", "context_length_exceeded")
        assert time.monotonic() - begin < 5


def test_logprobs_that_would_fill_the_memory(endpoint):
    fields = {"logprobs": True, "top_logprobs": 20, "n": 128, "max_tokens": 98}
    error = endpoint.post(**fields).json()["error"]
    assert (error["param"], error["code"]) == ("top_logprobs", "invalid_value")
    assert f"263424: {128 * 98} tokens" in error["message"]  # each with its own and 20 top ones

    header = {"x-samplers-full-logprobs": "true"}
    fields = {"logprobs": True, "top_logprobs": 49152, "max_tokens": 6}
    assert endpoint.post(headers=header, **fields).status_code == 400
