"""What is simulated holds for /v1/completions as for chats."""

import json
import time

import pytest

PROMPTS = ["The capital of Norway is", [504, 3575, 282]]


@pytest.fixture
def complete(http, simulated):
    """A function that asks for a short completion."""

    def post(headers=None, **fields):
        fields = {"prompt": PROMPTS, "max_tokens": 4, "temperature": 0} | fields
        return http.post("/completions", json={"model": simulated.model, **fields}, headers=headers)

    return post


def test_tokens_of_all_prompts_and_choices_are_counted(simulate, complete):
    """The most that they can be at first, and then those that they were."""
    simulate(tier="rpm=100,tpm=1000")
    answer = complete(n=2, max_tokens=16)
    used = answer.json()["usage"]["total_tokens"]
    assert used < 5 + 3 + 4 * 16 + 1
    assert answer.headers["x-ratelimit-limit-tokens"] == "1000"
    assert int(answer.headers["x-ratelimit-remaining-tokens"]) >= 1000 - used
    refused = complete(n=2, max_tokens=250)  # 1008 tokens
    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "rate_limit_exceeded"
    assert refused.headers["x-samplers-simulated"] == "limit=tpm"


def test_faults(simulate, complete):
    answer = complete({"x-samplers-fault": "503"})
    assert answer.status_code == 503
    answer = complete({"x-samplers-fault": "content_filter"}, max_tokens=30, logprobs=1)
    body = answer.json()
    assert [choice["finish_reason"] for choice in body["choices"]] == ["content_filter"] * 2
    assert body["usage"]["completion_tokens"] == 16
    one = {"echo": True, "logprobs": 1, "max_tokens": 1}
    body = complete({"x-samplers-fault": "content_filter"}, **one).json()
    assert {choice["finish_reason"] for choice in body["choices"]} == {"content_filter"}


def test_an_error_in_the_middle_of_a_stream(simulate, complete):
    answer = complete({"x-samplers-fault": "error_data"}, stream=True, max_tokens=12)
    *events, last = [line for line in answer.text.splitlines() if line]
    assert json.loads(last.removeprefix("data: "))["error"]["type"] == "server_error"
    first = json.loads(events[0].removeprefix("data: "))
    assert first["object"] == "text_completion"


def test_latency(simulate, complete):
    simulate(latency="ttft=30")  # half a second, at 60 times the speed
    begin = time.monotonic()
    answer = complete(max_tokens=1)
    assert time.monotonic() - begin >= 0.5
    assert answer.headers["x-samplers-simulated"] == "latency"
