"""A batch's results: joined by their ids, whatever their files look like."""

import httpx
import pytest
from batch_endpoint import BatchEndpoint
from fake_endpoint import completion, fake

from samplers.api import (
    APIError,
    BadRequestError,
    Completion,
    EndpointError,
    NotFoundError,
    RateLimitError,
    UnansweredError,
    batch_results,
    submit_batch,
)

CONTENT = "GET /files/…/…"


@pytest.fixture
def endpoint():
    return BatchEndpoint()


def answered(custom_id, text=None, **fields) -> dict:
    """A line of the output file."""
    response = {"status_code": 200, "request_id": "req_1", "body": completion(text).json()}
    return {
        "id": "batch_req_1",
        "custom_id": custom_id,
        "response": response,
        "error": None,
    } | fields


def refused(custom_id, status=400, **error) -> dict:
    """A line of the error file: the request got an error."""
    error = {"message": "No.", "type": "invalid_request_error", "code": None, "param": None} | error
    response = {"status_code": status, "request_id": "req_2", "body": {"error": error}}
    return {"id": "batch_req_2", "custom_id": custom_id, "response": response, "error": None}


def not_executed(custom_id, code="batch_expired") -> dict:
    error = {"code": code, "message": "This request could not be executed in time."}
    return {"id": "batch_req_3", "custom_id": custom_id, "response": None, "error": error}


def results_of(endpoint, ids, status="completed", **files):
    client = fake(endpoint, key="key-of-nobody")
    batch = submit_batch(client, {custom_id: f"say {custom_id}" for custom_id in ids})
    endpoint.end(batch.id, status, **files)
    return batch_results(client, batch)


def test_answers_stand_in_the_order_of_the_requests(endpoint):
    """C37."""
    lines = [answered("c", "C"), answered("a", "A"), answered("b", "B")]
    results = results_of(endpoint, "abc", output=lines)
    assert list(results) == ["a", "b", "c"]
    assert [answer.text for answer in results.values()] == ["A", "B", "C"]
    assert isinstance(results["a"], Completion)
    assert results["a"].usage.prompt_tokens == 10
    assert len(results) == 3
    assert results.problems == ()
    assert results.unanswered == []
    assert results.left() == {}
    assert repr(results) == f"<BatchResults of {results.batch.id}, completed: 3 answered>"
    with pytest.raises(KeyError):
        results["d"]


@pytest.mark.parametrize("none", ["", " ", None, 5, [], {}])
def test_an_empty_string_is_no_file(endpoint, none):
    """C33, and its neighbours."""
    client = fake(endpoint)
    batch = submit_batch(client, {"a": "b"})
    endpoint.end(batch.id, "completed", output=[answered("a", "A")], error_file_id=none)
    assert batch_results(client, batch.id)["a"].text == "A"
    assert endpoint.calls.count(CONTENT) == 2  # what went in, and the answers


def test_an_expired_batch(endpoint):
    """C35: what was answered is kept, and the rest can be sent again."""
    ids = "abcdefghij"
    counts = {"total": 10, "completed": 1, "failed": 0}
    results = results_of(
        endpoint,
        ids,
        "expired",
        output=[answered("d", "D")],
        error=[not_executed(custom_id) for custom_id in "jihgfecba"],
        request_counts=counts,
    )
    assert results["d"].text == "D"
    assert results.unanswered == list("abcefghij")
    error = results["a"]
    assert isinstance(error, UnansweredError)
    assert isinstance(error, EndpointError)
    assert (error.code, str(error)) == (
        "batch_expired",
        "This request could not be executed in time.",
    )
    assert "expired: 9 UnansweredError, 1 answered" in repr(results)

    batch = submit_batch(fake(endpoint), results.left())
    sent = {line["custom_id"]: line["body"] for line in endpoint.sent(batch.id)}
    assert sent == {custom_id: results.requests[custom_id] for custom_id in results.unanswered}


@pytest.mark.parametrize("status", ["cancelled", "expired", "failed", "completed"])
def test_requests_without_a_line(endpoint, status):
    data = (
        {"data": [{"line": 1, "message": "Too many enqueued tokens."}]}
        if status == "failed"
        else None
    )
    results = results_of(endpoint, "ab", status, output=[answered("b", "B")], errors=data)
    assert results["b"].text == "B"
    assert results.unanswered == ["a"]
    assert f"the batch ended ({status}) without an answer to this" in str(results["a"])
    assert ("line 1: Too many enqueued tokens" in str(results["a"])) is (status == "failed")


def test_errors_are_those_of_live_calls(endpoint):
    lines = [
        refused("a", message="'temperature' is too high.", param="temperature", code="bad_value"),
        refused("b", 429, code="rate_limit_exceeded"),
        refused("c", 500),
        refused("d", 429, code="insufficient_quota"),
        not_executed("e", "batch_cancelled"),
    ]
    results = results_of(endpoint, "abcde", error=lines)
    bad = results["a"]
    assert isinstance(bad, BadRequestError)
    assert (bad.status, bad.code, bad.param) == (400, "bad_value", "temperature")
    assert bad.request_id == "req_2"
    assert isinstance(results["b"], RateLimitError)
    assert results["e"].code == "batch_cancelled"
    assert results.unanswered == list("bcde")  # the first would get the same error again


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"{torn", "line 2 of the output file: it cannot be read, or has no custom_id"),
        (b"[1]", "line 2 of the output file: it cannot be read"),
        (b'{"custom_id": 5}', "line 2 of the output file: it cannot be read"),
        (answered("z"), "line 2 of the output file: 'z' is the id of no request"),
        (answered("a", "again"), "line 2 of the output file: 'a' is answered already"),
    ],
)
def test_odd_lines_are_reported_and_the_others_count(endpoint, line, problem):
    lines = [answered("a", "A"), line, b"", answered("b", "B\u2028")]
    results = results_of(endpoint, "ab", output=lines)
    assert [answer.text for answer in results.values()] == ["A", "B\u2028"]
    assert len(results.problems) == 1
    assert problem in results.problems[0]
    assert repr(results).endswith(", 1 problems>")


def test_an_answer_in_both_files(endpoint):
    lines = {"output": [answered("a", "A")], "error": [not_executed("a")]}
    results = results_of(endpoint, "a", **lines)
    assert results["a"].text == "A"
    assert results.problems == ("line 1 of the error file: 'a' is answered already",)


@pytest.mark.parametrize(
    "response",
    [
        {"status_code": 200, "body": None},
        {"status_code": 200, "body": {"choices": []}},
        {"status_code": 200, "body": "text"},
        {"status_code": 200, "body": {"error": {"message": "key-of-nobody was here"}}},
        {"status_code": "503", "body": [[[]]]},
        {"status_code": 404},
    ],
)
def test_odd_answers_are_errors(endpoint, response):
    results = results_of(endpoint, "a", output=[answered("a", response=response)])
    assert isinstance(results["a"], APIError)
    assert "nobody" not in str(results["a"])


@pytest.mark.parametrize("error", [None, {}, "text", {"code": 5, "message": ["x"]}])
@pytest.mark.parametrize("response", [None, {}, "text", {"status_code": "x"}, {"status_code": 0}])
def test_odd_lines_without_an_answer(endpoint, response, error):
    line = answered("a", response=response, error=error)
    results = results_of(endpoint, "a", error=[line])
    assert isinstance(results["a"], UnansweredError)
    assert results.unanswered == ["a"]


@pytest.mark.parametrize("status", [400, 403, 404])
def test_the_file_of_the_requests_cannot_be_read(endpoint, status):
    client = fake(endpoint)
    batch = submit_batch(client, ["a", "b"])
    lines = [answered("request-1", "B"), answered("request-0", "A")]
    endpoint.end(batch.id, "expired", output=lines, error=[not_executed("request-2")])
    endpoint.refuse[CONTENT] = [httpx.Response(status, json={"error": {"message": "No."}})]
    results = batch_results(client, batch)
    assert list(results) == ["request-1", "request-0", "request-2"]
    assert "the requests cannot be read" in results.problems[0]
    assert results.unanswered == ["request-2"]
    with pytest.raises(ValueError, match="submit them yourself"):
        results.left()


def test_the_answers_are_deleted(endpoint):
    client = fake(endpoint)
    batch = submit_batch(client, ["a"])
    endpoint.end(batch.id, "completed", output=[])
    del endpoint.files[endpoint.batches[batch.id]["output_file_id"]]
    with pytest.raises(NotFoundError):
        batch_results(client, batch)


def test_a_batch_that_still_runs(endpoint):
    client = fake(endpoint)
    batch = submit_batch(client, ["a"])
    with pytest.raises(EndpointError, match=r"has not ended, it is in_progress: follow_batch\(\)"):
        batch_results(client, batch)


def test_a_batch_of_something_else(endpoint):
    client = fake(endpoint)
    batch = submit_batch(client, ["a"])
    endpoint.end(batch.id, "completed", endpoint="/v1/moderations")
    with pytest.raises(EndpointError, match=r"is one of /v1/moderations, not of chats"):
        batch_results(client, batch)


def test_a_response_that_is_a_proxys_page(endpoint):
    client = fake(endpoint)
    batch = submit_batch(client, ["a"])
    endpoint.end(batch.id, "completed", output=[answered("request-0", "A")])
    endpoint.refuse[CONTENT] = [httpx.Response(502, content=b"<html>Bad gateway</html>")] * 2
    assert batch_results(client, batch)["request-0"].text == "A"
