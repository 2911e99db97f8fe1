"""Each fault as it comes over HTTP."""

import json
import time

import httpx
import pytest

from samplers.local.conditions.faults import ERRORS

WITHOUT_A_WORD = "Server disconnected without sending a response"


@pytest.mark.parametrize("name", ERRORS)
def test_errors_have_openais_body(simulate, ask, name):
    answer = ask({"x-samplers-fault": name})
    status, message, kind, code, waits = ERRORS[name]
    assert answer.status_code == status
    assert answer.json() == {
        "error": {"message": message, "type": kind, "param": None, "code": code}
    }
    assert answer.headers["x-samplers-simulated"] == f"fault={name}"
    assert answer.headers["x-request-id"].startswith("req_")
    assert ("retry-after" in answer.headers) == waits
    assert "x-should-retry" not in answer.headers  # OpenAI is not known to send it


def test_the_one_body_that_was_seen(simulate, ask):
    """What a live call got from OpenAI in autumn 2026, word for word."""
    assert ask({"x-samplers-fault": "credit_balance_exhausted"}).json()["error"] == {
        "message": "You have no credits remaining. Add credits to continue using the API at "
        "https://platform.openai.com/settings/organization/billing/.",
        "type": "insufficient_quota",
        "param": None,
        "code": "credit_balance_exhausted",
    }


@pytest.mark.parametrize("stream", [False, True])
def test_drop(simulate, ask, wait_until_idle, stream):
    with pytest.raises(httpx.RemoteProtocolError, match=WITHOUT_A_WORD):
        ask({"x-samplers-fault": "drop"}, stream=stream)
    wait_until_idle()
    assert ask().status_code == 200


def test_timeout(simulate, ask, wait_until_idle):
    """The client gives up first, and then its place is free; or the connection is closed."""
    with pytest.raises(httpx.ReadTimeout):
        ask({"x-samplers-fault": "timeout"}, timeout=0.2)
    wait_until_idle()

    simulate(time_factor=1000)
    begin = time.monotonic()
    with pytest.raises(httpx.RemoteProtocolError, match=WITHOUT_A_WORD):
        ask({"x-samplers-fault": "timeout"})
    assert time.monotonic() - begin >= 0.6


@pytest.mark.parametrize("stream", [False, True])
def test_garbage(simulate, ask, stream):
    answer = ask({"x-samplers-fault": "garbage"}, stream=stream)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    with pytest.raises(ValueError):  # noqa: PT011  neither JSON nor UTF-8
        json.loads(answer.content)


def streamed(http, body, fault: str, **fields) -> tuple[list[str], Exception | None]:
    """The events of a stream without their blank lines, and how it broke off, if it did."""
    fields = body(stream=True, temperature=0, **fields)
    headers = {"x-samplers-fault": fault}
    events = []
    with http.stream("POST", "/chat/completions", json=fields, headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["x-samplers-simulated"] == f"fault={fault}"
        try:
            for line in filter(None, response.iter_lines()):
                events.append(line)
        except httpx.HTTPError as error:
            return events, error
    return events, None


def text_of(events: list[str]) -> str:
    chunks = [json.loads(event.removeprefix("data: ")) for event in events]
    return "".join(chunk["choices"][0]["delta"]["content"] for chunk in chunks)


@pytest.mark.parametrize("fault", ["cut", "stall"])
def test_a_stream_that_breaks_off(simulate, http, body, ask, wait_until_idle, fault):
    simulate(time_factor=2000)
    begin = time.monotonic()
    events, error = streamed(http, body, fault)
    assert isinstance(error, httpx.RemoteProtocolError)
    assert (time.monotonic() - begin >= 0.3) == (fault == "stall")
    assert 2 <= len(events) <= 5
    assert "The capital of France is Paris.".startswith(text_of(events))
    wait_until_idle()
    assert ask().status_code == 200


@pytest.mark.parametrize("fault", ["error_event", "error_data"])
def test_an_error_in_the_middle(simulate, http, body, fault):
    events, error = streamed(http, body, fault)
    assert error is None
    assert "data: [DONE]" not in events
    data = json.loads(events.pop().removeprefix("data: "))
    assert data["error"]["type"] == "server_error"
    if fault == "error_event":
        assert events.pop() == "event: error"
    assert 2 <= len(events) <= 5
    assert "The capital of France is Paris.".startswith(text_of(events))


def test_a_broken_event(simulate, http, body):
    events, error = streamed(http, body, "broken_event")
    assert error is None
    assert events.pop() == "data: [DONE]"
    broken = []
    for event in events:
        try:
            json.loads(event.removeprefix("data: "))
        except ValueError:
            broken.append(event)
    (event,) = broken
    assert event.startswith('data: {"id":"chatcmpl-')


@pytest.mark.parametrize("fault", ["cut", "error_event"])
def test_a_short_stream_goes_wrong_at_its_end(simulate, http, body, fault):
    events, error = streamed(http, body, fault, max_tokens=1)
    assert "data: [DONE]" not in events
    assert (error is not None) == (fault == "cut")
    assert len(events) >= 2


def test_half_of_an_answer_that_is_no_stream(simulate, ask, wait_until_idle):
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        ask({"x-samplers-fault": "cut"})
    wait_until_idle()


@pytest.mark.parametrize("fault", ["error_event", "error_data", "broken_event"])
def test_a_streams_fault_leaves_a_whole_answer_alone(simulate, ask, told, fault):
    answer = ask({"x-samplers-fault": fault})
    assert answer.json()["choices"][0]["message"]["content"] == "The capital of France is Paris."
    assert "x-samplers-simulated" not in answer.headers
    assert told("counts") == {"requests": 1}


FILTERED = {"x-samplers-fault": "content_filter"}


def test_a_content_filter_ends_a_whole_answer(simulate, ask, told):
    story = [{"role": "user", "content": "Tell me a long story."}]
    answer = ask(FILTERED, messages=story, max_tokens=30, n=2)
    assert answer.status_code == 200
    assert answer.headers["x-samplers-simulated"] == "fault=content_filter"
    body = answer.json()
    assert [choice["finish_reason"] for choice in body["choices"]] == ["content_filter"] * 2
    assert all(choice["message"]["content"] for choice in body["choices"])
    assert body["usage"]["completion_tokens"] == 16
    assert told("counts") == {"requests": 1, "fault=content_filter": 1}


def test_a_content_filter_ends_a_stream(simulate, http, body):
    """Here the answer ends before the filter does, and still it is the filter that ended it."""
    events, error = streamed(http, body, "content_filter", stream_options={"include_usage": True})
    assert error is None
    assert events.pop() == "data: [DONE]"
    usage = json.loads(events.pop().removeprefix("data: "))["usage"]
    assert 0 < usage["completion_tokens"] <= 8
    (last,) = json.loads(events.pop().removeprefix("data: "))["choices"]
    assert (last["delta"], last["finish_reason"]) == ({}, "content_filter")
    assert text_of(events)


def test_a_content_filter_leaves_other_paths_alone(simulate, http, ask):
    answer = http.post("/moderations", json={"input": "a"}, headers=FILTERED)
    assert answer.status_code == 200
    assert "x-samplers-simulated" not in answer.headers
    assert "x-samplers-simulated" not in ask(FILTERED, temperature=9).headers


def test_an_error_of_its_own_comes_whole(simulate, ask):
    answer = ask({"x-samplers-fault": "cut"}, temperature=9)
    assert answer.json()["error"]["code"] == "decimal_above_max_value"
    assert "x-samplers-simulated" not in answer.headers


def test_the_rates_of_the_key(simulate, ask, told):
    """The same seed, the same sequence; and a request can be spared."""

    def statuses() -> list[int]:
        # without a fault it is a 400, which takes the model no time
        return [ask(temperature=9).status_code for _ in range(20)]

    rates = "429:0.3,500:0.3"
    simulate(fault=rates, fault_seed=5)
    first = statuses()
    assert set(first) == {400, 429, 500}
    counts = {"requests": 20, "fault=429": first.count(429), "fault=500": first.count(500)}
    assert told("counts") == counts

    simulate(fault=rates)
    assert statuses() == first
    simulate(fault=rates, fault_seed=6)
    assert statuses() != first

    simulate(fault="500:1")
    assert ask(max_tokens=1).status_code == 500
    assert ask({"x-samplers-fault": "none"}, max_tokens=1).status_code == 200


@pytest.mark.parametrize("name", ["", "501", "500:0.5", "NONE", "x" * 500])
def test_a_header_that_names_no_fault(simulate, ask, told, name):
    answer = ask({"x-samplers-fault": name})
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["param"], error["code"]) == ("x-samplers-fault", "invalid_value")
    assert "Supported values are: 'none', '403'," in error["message"]
    assert len(error["message"]) < 700


def test_a_request_to_an_exempt_path_can_name_its_fault(simulate, http, told):
    """Else no client could try what it does when the list of models does not come."""
    simulate(fault="500:1", tier="rpm=1")
    assert [http.get("/models").status_code for _ in range(2)] == [200, 200]
    answer = http.get("/models", headers={"x-samplers-fault": "503"})
    assert answer.status_code == 503
    assert answer.headers["x-samplers-simulated"] == "fault=503"
    assert told("counts") == {"requests": 1, "fault=503": 1}
