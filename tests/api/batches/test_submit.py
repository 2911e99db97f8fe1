"""A batch is sent once, and none is lost: at failures, crashes, and on the second run."""

import json
from pathlib import Path

import httpx
import pytest
from batch_endpoint import DOWN, LIMITED, LOST, BatchEndpoint
from fake_endpoint import fake

from samplers.api import (
    APIError,
    ConnectionFailed,
    EndpointError,
    NotFoundError,
    RateLimitError,
    list_batches,
    submit_batch,
)

NAMES = {"x": "a", "y": "b"}
FILE = "POST /files"
BATCH = "POST /batches"


@pytest.fixture
def endpoint():
    return BatchEndpoint()


@pytest.fixture
def save(tmp_path):
    return tmp_path / "batch.json"


def ids(save) -> dict:
    return json.loads(save.read_bytes())["submission"]


def test_a_batch(endpoint, save):
    metadata = {"project": "seminar"}
    batch = submit_batch(fake(endpoint), NAMES, save=save, metadata=metadata)
    assert endpoint.calls == [FILE, BATCH]
    made = endpoint.batches[batch.id]
    assert made["endpoint"] == "/v1/chat/completions"
    assert made["completion_window"] == "24h"
    assert made["metadata"] == {"project": "seminar", "samplers_id": ids(save)["id"]}
    assert ids(save)["file_id"] == made["input_file_id"]
    assert ids(save)["batch_id"] == batch.id
    assert not batch.has_ended
    assert [listed.id for listed in list_batches(fake(endpoint))] == [batch.id]


def test_the_second_run_sends_nothing(endpoint, save):
    first = submit_batch(fake(endpoint), NAMES, save=save)
    endpoint.batches[first.id]["status"] = "completed"
    again = submit_batch(fake(endpoint), dict(NAMES), save=str(save))
    assert (again.id, again.status) == (first.id, "completed")
    assert endpoint.calls == [FILE, BATCH, "GET /batches/…"]


def test_a_batch_that_the_endpoint_has_lost(endpoint, save):
    """Another machine's, or one that was deleted."""
    submit_batch(fake(endpoint), NAMES, save=save)
    endpoint.batches.clear()
    with pytest.raises(NotFoundError) as caught:
        submit_batch(fake(endpoint), NAMES, save=save)
    assert caught.value.__notes__ == [
        f"{save} keeps this id. Delete that file to send the batch once more."
    ]


def test_without_a_file_each_run_is_another_batch(endpoint):
    batches = [submit_batch(fake(endpoint), NAMES) for _ in range(2)]
    assert batches[0].id != batches[1].id


class Killed(BaseException):
    """The process ends here."""


def killed_at(monkeypatch, moment: int, **arguments) -> None:
    """submit_batch in a process that ends when it is about to write the file, or has just done."""
    import samplers.api.batches.submission as submission

    write = submission.replace_file
    moments = iter(range(100))

    def tick() -> None:
        if next(moments) == moment:
            raise Killed

    def replace_file(path: Path, content: bytes) -> None:
        tick()
        write(path, content)
        tick()

    with monkeypatch.context() as patched:
        patched.setattr(submission, "replace_file", replace_file)
        with pytest.raises(Killed):
            submit_batch(**arguments)


@pytest.mark.parametrize("moment", range(6))
def test_a_crash_at_any_moment(endpoint, save, monkeypatch, moment):
    """Before and behind each write: one batch in the end, and the file is uploaded once."""
    arguments = {"client": fake(endpoint), "requests": NAMES, "save": save}
    killed_at(monkeypatch, moment, **arguments)
    batch = submit_batch(**arguments)
    assert list(endpoint.batches) == [batch.id]
    assert endpoint.calls.count(BATCH) == 1
    assert endpoint.calls.count(FILE) == 1
    assert submit_batch(**arguments).id == batch.id


@pytest.mark.parametrize("call", [FILE, BATCH])
def test_a_crash_before_the_answer_comes(endpoint, save, call):
    endpoint.lose[call] = [Killed()]
    with pytest.raises(Killed):
        submit_batch(fake(endpoint), NAMES, save=save)
    batch = submit_batch(fake(endpoint), NAMES, save=save)
    assert list(endpoint.batches) == [batch.id]
    assert (endpoint.calls.count(FILE), endpoint.calls.count(BATCH)) == (1, 1)


GARBAGE = httpx.Response(200, content=b"<html>")


@pytest.mark.parametrize("call", [FILE, BATCH])
@pytest.mark.parametrize("answer", [DOWN, LOST, GARBAGE])
def test_what_arrived_although_its_answer_failed_is_found(endpoint, call, answer):
    endpoint.lose[call] = [answer]
    batch = submit_batch(fake(endpoint), NAMES)
    assert list(endpoint.batches) == [batch.id]
    assert (endpoint.calls.count(FILE), endpoint.calls.count(BATCH)) == (1, 1)


@pytest.mark.parametrize("call", [FILE, BATCH])
@pytest.mark.parametrize("answer", [DOWN, LOST, GARBAGE])
def test_what_may_have_arrived_is_not_sent_again_by_itself(endpoint, save, call, answer):
    """It is looked for once; the second run, which looks first, sends it."""
    endpoint.refuse[call] = [answer]
    with pytest.raises(EndpointError) as caught:
        submit_batch(fake(endpoint), NAMES, save=save)
    assert any("may have arrived" in note for note in caught.value.__notes__)
    assert endpoint.calls.count(call) == 1
    assert endpoint.batches == {}

    batch = submit_batch(fake(endpoint), NAMES, save=save)
    assert list(endpoint.batches) == [batch.id]
    keys = [
        request.headers["idempotency-key"]
        for request, its in zip(endpoint.requests, endpoint.calls, strict=True)
        if its == call
    ]
    assert len(keys) == 2
    assert keys[0] == keys[1]


@pytest.mark.parametrize("call", [FILE, BATCH])
@pytest.mark.parametrize("answer", [LIMITED, httpx.ConnectError("refused")])
@pytest.mark.parametrize("retries", [0, 2])
def test_layers_of_retries_do_not_multiply(endpoint, call, answer, retries):
    """What certainly did not arrive is sent 1 + max_retries times."""
    endpoint.refuse[call] = [answer] * 100
    with pytest.raises((RateLimitError, ConnectionFailed)):
        submit_batch(fake(endpoint, max_retries=retries), NAMES)
    assert endpoint.calls.count(call) == 1 + retries

    endpoint.refuse[call] = [answer] * retries
    batch = submit_batch(fake(endpoint, max_retries=retries), NAMES)
    assert list(endpoint.batches) == [batch.id]
    assert len(endpoint.sent(batch.id)) == 2  # each upload sends the whole file


@pytest.mark.parametrize("field", ["metadata", "input_file_id"])
def test_an_endpoint_that_does_not_give_all_back(endpoint, save, field):
    """Its batch is found by what is left; and a much older one that is listed first is not."""
    submit_batch(fake(endpoint), ["old"])
    endpoint.lose[BATCH] = [Killed()]
    with pytest.raises(Killed):
        submit_batch(fake(endpoint), NAMES, save=save)
    endpoint.batches["batch_1"].pop(field)
    endpoint.batches["batch_0"]["created_at"] = 1
    endpoint.batches = dict(reversed(endpoint.batches.items()))
    assert submit_batch(fake(endpoint), NAMES, save=save).id == "batch_1"
    assert len(endpoint.batches) == 2


def test_a_batch_that_a_later_look_finds(endpoint, save):
    """The endpoint is down when it is looked for, too; and another's batch is not taken for it."""
    endpoint.lose[BATCH] = [LOST]
    endpoint.refuse["GET /batches"] = [DOWN] * 3
    with pytest.raises(ConnectionFailed):
        submit_batch(fake(endpoint), NAMES, save=save)
    other = submit_batch(fake(endpoint), NAMES)
    batch = submit_batch(fake(endpoint), NAMES, save=save)
    assert sorted(endpoint.batches) == sorted([batch.id, other.id])


def test_a_file_that_was_deleted_meanwhile_is_sent_again(endpoint, save):
    endpoint.refuse[BATCH] = [httpx.Response(400, json={"error": {"message": "Not today."}})]
    with pytest.raises(APIError, match=r"Not today\."):
        submit_batch(fake(endpoint), NAMES, save=save)
    endpoint.files.clear()
    submit_batch(fake(endpoint), NAMES, save=save)
    assert len(endpoint.files) == 1


@pytest.mark.parametrize(
    "others", [{"x": "a"}, {"y": "b", "x": "a"}, {"x": "a", "z": "b"}, ["a", "b"]]
)
def test_another_batchs_file(endpoint, save, others):
    submit_batch(fake(endpoint), NAMES, save=save)
    content = save.read_bytes()
    message = rf"save must name a file of these {len(others)} .* holds another batch, of 2 requests"
    with pytest.raises(ValueError, match=message):
        submit_batch(fake(endpoint), others, save=save)
    with pytest.raises(ValueError, match=r"the model n, or a new one; .* to the model m"):
        submit_batch(fake(endpoint, "n"), NAMES, save=save)
    assert save.read_bytes() == content
    assert endpoint.calls == [FILE, BATCH]


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"Dear diary", b'{"purpose": 1}'])
def test_a_file_of_something_else(endpoint, save, content):
    save.write_bytes(content)
    with pytest.raises(ValueError, match=r"holds something else\. Name another file"):
        submit_batch(fake(endpoint), NAMES, save=save)
    assert save.read_bytes() == content
    assert endpoint.calls == []


def test_a_file_that_cannot_be_written(endpoint, tmp_path):
    """Nothing is sent."""
    with pytest.raises(OSError, match="missing"):
        submit_batch(fake(endpoint), NAMES, save=tmp_path / "missing" / "batch.json")
    assert endpoint.calls == []


def test_neither_keys_nor_requests_are_in_the_file(endpoint, save):
    submit_batch(fake(endpoint, key="key-of-nobody"), {"x": "secret thought"}, save=save)
    content = save.read_text()
    assert "nobody" not in content
    assert "secret" not in content


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"save": ""}, "save must be"),
        ({"save": 5}, "save must be"),
        ({"metadata": []}, "metadata must be at most 15 pairs"),
        ({"metadata": dict.fromkeys(map(str, range(16)), "")}, "metadata must be at most 15"),
        ({"metadata": {"a": 1}}, "metadata must be pairs of str"),
        ({"metadata": {"a" * 65: "b"}}, "metadata must be pairs"),
        ({"metadata": {"a": "b" * 513}}, "metadata must be pairs"),
        ({"metadata": {"samplers_id": "b"}}, "none named samplers_id"),
    ],
)
def test_wrong_options(endpoint, options, message):
    with pytest.raises(ValueError, match=message):
        submit_batch(fake(endpoint), NAMES, **options)
    assert endpoint.calls == []


@pytest.mark.parametrize(
    "body",
    [
        {"detail": "Not Found"},
        {"error": {"message": "File Not Found", "type": "not_found_error", "code": 404}},
        {"error": {"message": "Not Found", "type": "NotFoundError", "param": None, "code": 404}},
    ],
)
def test_an_endpoint_without_files(body):
    """A 404 of FastAPI's, of llama.cpp's server, and one in OpenAI's form."""
    client = fake(httpx.Response(404, json=body))
    with pytest.raises(NotFoundError, match="this endpoint has no /v1/files; gather") as caught:
        submit_batch(client, NAMES)
    assert caught.value.code == "unsupported"
    with pytest.raises(NotFoundError, match="this endpoint has no /v1/batches"):
        list_batches(client)
    with pytest.raises(NotFoundError, match="usually ends in /v1"):
        list_batches(fake(httpx.Response(404, json=body), base_url="http://127.0.0.1:9/api"))
