"""Which failures are tried again, how often, and after which wait. Nothing is waited for here."""

import time

import httpx
import pytest
from fake_endpoint import Body, Recorded, completion, delta, event, fake, sse

from samplers.api import (
    APIError,
    APITimeoutError,
    ConnectionFailed,
    EndpointError,
    InternalServerError,
    QuotaError,
    RateLimitError,
    StreamBroken,
)
from samplers.api.retries.retries import BUDGET

FAILURES = [
    *(httpx.Response(status, json={}) for status in (408, 409, 429, 500, 501, 502, 503, 504, 529)),
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout("timed out"),
    httpx.ReadError("reset by peer"),
    httpx.RemoteProtocolError("incomplete chunked read"),
]
REFUSALS = [httpx.Response(status, json={}) for status in (301, 400, 401, 402, 403, 404, 413, 422)]
CALLS = {
    "chat": lambda client: client.chat("x"),
    "stream": lambda client: list(client.stream("x")),
    "stream_bytes": lambda client: list(client.stream_bytes("x")),
    "models": lambda client: client.models(),
}
QUOTA = [
    {"type": "insufficient_quota", "code": "insufficient_quota"},
    {"type": "insufficient_quota", "code": "credit_balance_exhausted"},
    {"code": "insufficient_quota"},
    {"code": "credit_balance_exhausted"},
    {"code": "organization_spend_limit_exceeded"},
    {"code": "project_spend_limit_exceeded"},
    {"code": "organization_usage_limit_exceeded"},
]


class Failing(Recorded):
    """Answers so many requests with a failure, and all that follow with a completion."""

    def __init__(self, failure, times=10**9):
        super().__init__(failure)
        self._times = times

    def __call__(self, request):
        failure = super().__call__(request)
        return failure if len(self.requests) <= self._times else completion()


def limited(**headers: str) -> httpx.Response:
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(429, json={"error": {"message": "slower"}}, headers=headers)


def failing_call(endpoint, call=CALLS["chat"], **options) -> EndpointError:
    with pytest.raises(EndpointError) as caught:
        call(fake(endpoint, **options))
    return caught.value


@pytest.mark.parametrize("failure", FAILURES, ids=repr)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_what_stays_down_is_asked_three_times(failure, call, slept):
    endpoint = Failing(failure)
    failing_call(endpoint, call, sleep=slept.append)
    assert len(endpoint.requests) == 3
    assert 0 <= slept[0] <= 0.5
    assert 0 <= slept[1] <= 1.0
    assert len({request.content for request in endpoint.requests}) == 1


@pytest.mark.parametrize("failure", FAILURES, ids=repr)
def test_what_passes_is_answered(failure):
    endpoint = Failing(failure, times=2)
    assert fake(endpoint).chat("x").text == "hello"
    assert len(endpoint.requests) == 3


@pytest.mark.parametrize("failure", REFUSALS, ids=repr)
def test_what_is_wrong_is_asked_once(failure, slept):
    endpoint = Failing(failure)
    error = failing_call(endpoint, sleep=slept.append)
    assert len(endpoint.requests) == 1
    assert slept == []
    assert not hasattr(error, "__notes__")


@pytest.mark.parametrize("body", QUOTA)
def test_an_empty_account_is_asked_once_whatever_the_header_says(body):
    error = {"message": "no credit", **body}
    headers = {"x-should-retry": "true", "retry-after": "1"}
    endpoint = Failing(httpx.Response(429, json={"error": error}, headers=headers))
    assert isinstance(failing_call(endpoint), QuotaError)
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize(
    ("status", "said", "requests"),
    [(400, "true", 3), (400, "yes", 1), (429, "false", 1), (503, "false", 1), (503, "no", 3)],
)
def test_the_endpoint_says_whether(status, said, requests):
    endpoint = Failing(httpx.Response(status, json={}, headers={"x-should-retry": said}))
    failing_call(endpoint)
    assert len(endpoint.requests) == requests


@pytest.mark.parametrize(("max_retries", "requests"), [(0, 1), (1, 2), (5, 6)])
def test_how_often_is_the_clients(max_retries, requests):
    endpoint = Failing(limited())
    error = failing_call(endpoint, max_retries=max_retries)
    assert len(endpoint.requests) == requests
    notes = [f"Tried {requests} times."] if max_retries else []
    assert getattr(error, "__notes__", []) == notes


@pytest.mark.parametrize("max_retries", [-1, 1.5, True, None, "2"])
def test_a_wrong_number_is_named(max_retries):
    with pytest.raises(ValueError, match="max_retries must be an int >= 0, got"):
        fake(completion(), max_retries=max_retries)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry_after": "7"}, 7),
        ({"retry_after": "120"}, 120),
        ({"retry_after_ms": "1500", "retry_after": "2"}, 1.5),
    ],
)
def test_it_waits_as_long_as_it_is_told(headers, wait, slept):
    endpoint = Failing(limited(**headers), times=2)
    fake(endpoint, sleep=slept.append).chat("x")
    assert slept == [wait, wait]


@pytest.mark.parametrize("text", ["0", "-5", "nan", "1e400", "", "soon", "2814, 2"])
def test_what_names_no_time_leaves_it_to_the_client(text, slept):
    fake(Failing(limited(retry_after=text), times=1), sleep=slept.append).chat("x")
    assert 0 <= slept[0] <= 0.5


@pytest.mark.parametrize("text", ["120.1", "600", "411000", "9" * 400])
def test_a_long_wait_is_left_to_the_caller(text, slept):
    endpoint = Failing(limited(retry_after=text))
    error = failing_call(endpoint, sleep=slept.append)
    assert len(endpoint.requests) == 1
    assert slept == []
    assert error.retry_after == min(float(text), 1e9)
    asked = f"the endpoint asks to wait {error.retry_after:,.10g} s"
    assert error.__notes__ == [f"Not tried again: {asked}, and 120 s are the most that is waited."]


@pytest.mark.parametrize("call", ["chat", "stream"])
def test_no_wait_goes_beyond_the_calls_time(call, slept):
    endpoint = Failing(limited(retry_after="20"))
    calls = {
        "chat": lambda client: client.chat("x", timeout=10),
        "stream": lambda client: list(client.stream("x", timeout=10)),
    }
    error = failing_call(endpoint, calls[call], sleep=slept.append)
    assert isinstance(error, RateLimitError)
    assert error.retry_after == 20
    assert error.__notes__ == ["Not tried again: 20 s later the call's 10 s would be over."]
    assert len(endpoint.requests) == 1
    assert slept == []


def test_the_time_is_that_of_all_attempts_together():
    endpoint = Failing(limited(retry_after_ms="60"))
    with pytest.raises(RateLimitError):
        fake(endpoint, sleep=time.sleep).chat("x", timeout=0.1)
    assert len(endpoint.requests) == 2


def test_a_service_that_is_down_is_soon_asked_once_a_call():
    endpoint = Failing(httpx.Response(503, json={}))
    client = fake(endpoint)
    for _ in range(BUDGET):
        with pytest.raises(InternalServerError) as caught:
            client.chat("x")
    assert len(endpoint.requests) == 2 * BUDGET
    assert "retries of what is down are used up" in caught.value.__notes__[0]

    endpoint.answer = completion()
    client.chat("x")
    endpoint.answer = httpx.ConnectError("refused")
    endpoint.requests.clear()
    with pytest.raises(ConnectionFailed):
        client.chat("x")
    assert len(endpoint.requests) == 2  # the call that succeeded gave one retry back


def test_a_service_that_is_up_and_limits_is_asked_three_times_always():
    endpoint = Failing(limited())
    client = fake(endpoint)
    for _ in range(BUDGET):
        with pytest.raises(RateLimitError):
            client.chat("x")
    assert len(endpoint.requests) == 3 * BUDGET


@pytest.mark.parametrize("line", [b"event: error\n", b""])
def test_a_stream_that_has_begun_is_not_repeated(line):
    error = event({"error": {"message": "boom", "type": "server_error"}})
    begun = event(delta("a")) + event(delta("b"))
    endpoint = Recorded(sse(begun + line + error))
    broken = failing_call(endpoint, CALLS["stream"])
    assert isinstance(broken, StreamBroken)
    assert broken.text == "ab"
    assert "boom" in str(broken)
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize("call", ["stream", "stream_bytes"])
def test_a_stream_that_is_cut_is_not_repeated(call):
    endpoint = Recorded(sse(event(delta("a")), httpx.ReadError("gone")))
    failing_call(endpoint, CALLS[call])
    assert len(endpoint.requests) == 1


def test_a_timeout_has_a_class_of_its_own():
    assert isinstance(failing_call(Failing(httpx.ReadTimeout("late"))), APITimeoutError)
    assert type(failing_call(Failing(httpx.ReadError("gone")))) is ConnectionFailed


def test_an_interrupt_is_not_tried_again():
    endpoint = Recorded(completion())

    def interrupted(request):
        endpoint(request)
        raise KeyboardInterrupt

    client = fake(interrupted)
    with pytest.raises(KeyboardInterrupt):
        client.chat("x")
    assert len(endpoint.requests) == 1
    assert client.attempts[0].outcome == "KeyboardInterrupt"


def test_an_answer_that_cannot_be_read_is_not_tried_again():
    """It has been made, and is billed; it would be the same again."""
    endpoint = Recorded(httpx.Response(200, content=b"<html>"))
    assert isinstance(failing_call(endpoint), APIError)
    assert len(endpoint.requests) == 1


def test_what_a_stream_waits_before_it_begins_is_no_silence():
    left = []

    def answer(request):
        deadline = request.extensions["timeout"]["read"]
        while deadline.allows(9.9):
            pass
        return sse(Silent(deadline))

    class Silent(Body):
        def __init__(self, deadline):
            super().__init__(event(delta("a")), event("[DONE]"))
            self._deadline = deadline

        def __iter__(self):
            left.append(self._deadline.left())
            return super().__iter__()

    assert [chunk.text for chunk in fake(answer).stream("x", timeout=10)] == ["a"]
    assert left[0] > 9.9
