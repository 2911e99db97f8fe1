"""A client with a limiter: what is counted when, and what it learns."""

from contextlib import closing

import httpx
import pytest
from fake_endpoint import Recorded, completion, delta, event, fake, sse
from fake_time import Time

from samplers.api import APIError, APITimeoutError, Limiter, gather

USAGE = event(
    {
        "choices": [],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }
)
DOWN = httpx.Response(500, json={"error": {"message": "Down."}})


@pytest.fixture
def time():
    return Time()


def limited(time, answer, rpm=None, tpm=None, **options):
    limiter = Limiter(rpm, tpm, clock=time, wait=time.wait)
    return fake(answer, limiter=limiter, **options)


def test_requests_wait_for_the_limit(time):
    client = limited(time, completion(), rpm=2)
    moments = []
    for _ in range(5):
        client.chat("x", timeout=500)
        moments.append(time.now)
    assert moments == pytest.approx([0, 0, 60, 60, 120])


def test_each_attempt_counts(time):
    answers = iter([DOWN, DOWN, completion()])
    client = limited(time, lambda _: next(answers), rpm=2)
    assert client.chat("x").text == "hello"
    assert time.now == pytest.approx(60)


def test_tokens_count_as_in_the_usage_as_soon_as_it_is_there(time):
    client = limited(time, completion(usage=(10, 5)), tpm=400)
    moments = []
    for _ in range(10):
        client.chat("x", max_tokens=200)
        moments.append(time.now)
    assert moments[3] == 0  # though twice 200 and their prompts are more than 400
    assert moments[-1] == pytest.approx(60)


def test_a_stream_counts_when_it_ends(time):
    def stream(_):
        return sse(event(delta("a")), event(delta("b")), USAGE, event("[DONE]"))

    client = limited(time, stream, tpm=500)
    for _ in range(3):
        assert [chunk.text for chunk in client.stream("x", max_tokens=200)] == ["a", "b", ""]
    with closing(client.stream("x", max_tokens=200)) as chunks:
        next(chunks)
    assert time.now == 0
    list(client.stream("x", max_tokens=200))
    assert time.now == pytest.approx(60)  # what the closed one cost is not known


def test_an_errors_headers_are_learnt_as_well(time):
    headers = {
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "20s",
    }
    error = httpx.Response(429, headers=headers, json={"error": {"message": "Slowly."}})
    answers = iter([error, completion()])
    limited(time, lambda _: next(answers)).chat("x")
    assert time.now == pytest.approx(20)


def test_a_call_that_must_wait_for_too_long_is_not_sent(time):
    recorded = Recorded(completion())
    client = limited(time, recorded, rpm=1)
    client.chat("x")
    with pytest.raises(APITimeoutError, match="not sent: the limit") as caught:
        client.chat("x", timeout=30)
    assert not caught.value.sent
    assert len(recorded.requests) == 1
    assert time.now == 0


def test_clients_share_a_limiter(time):
    limiter = Limiter(2, clock=time, wait=time.wait)
    for client in [fake(completion(), limiter=limiter) for _ in range(3)]:
        client.chat("x")
    assert time.now == pytest.approx(60)


@pytest.mark.parametrize(("max_retries", "each"), [(2, 3), (0, 1)])
def test_gather_adds_no_retries_of_its_own(max_retries, each):
    limit = httpx.Response(429, json={"error": {"message": "Slowly."}})
    recorded = Recorded(limit)
    results = gather(fake(recorded, max_retries=max_retries), ["a", "b"], progress=False)
    assert len(recorded.requests) == 2 * each
    assert all(isinstance(result.error, APIError) for result in results)


@pytest.mark.parametrize("limiter", [60, Limiter])
def test_what_is_no_limiter_is_named(limiter):
    with pytest.raises(ValueError, match=r"limiter must be a Limiter, such as .*, got"):
        fake(completion(), limiter=limiter)


def test_a_key_in_the_wrong_place_is_not_shown():
    for name in ("limiter", "fallback"):
        with pytest.raises(ValueError, match=f"{name} must be") as caught:
            fake(completion(), **{name: f"sk-{26 * 'a'}"})
        assert "sk-aaa" not in str(caught.value)
