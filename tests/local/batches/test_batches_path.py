"""/v1/batches as OpenAI's SDK and other clients use it, from the file to the results."""

import time

import openai
import pytest
import wirecheck
from sdk_batches import Batches, jsonl, moderation

from samplers.local.store import batches as store

DAY = 24 * 3600
EXPIRY = {"anchor": "created_at", "seconds": 3600}


@pytest.fixture
def factor(batches):
    """A function that makes simulated time faster until the test ends."""
    path = "/samplers/conditions"
    yield lambda value: batches.sdk.post(path, cast_to=object, body={"time_factor": value})
    batches.sdk.post(path, cast_to=object, body={"time_factor": None})


def error(raised) -> tuple:
    """The status, param and code of an error of the SDK."""
    return raised.value.status_code, raised.value.param, raised.value.code


def test_a_batch_from_its_file_to_its_results(batches):
    before = int(time.time())
    content = jsonl(moderation("c"), moderation("a", "You are an idiot"), moderation("b"))
    batch = batches.create(content, metadata={"class": "7b"})
    assert batch.object == "batch"
    assert batch.status == "validating"
    assert (batch.endpoint, batch.completion_window) == ("/v1/moderations", "24h")
    assert batch.metadata == {"class": "7b"}
    assert before <= batch.created_at <= time.time()
    assert batch.expires_at - batch.created_at == DAY
    assert batch.request_counts.total == 0

    batch = batches.follow(batch)
    assert batch.status == "completed"
    counts = batch.request_counts
    assert (counts.total, counts.completed, counts.failed) == (3, 3, 0)
    assert "error_file_id" not in batch.model_fields_set  # C33: absent, not ""
    assert batch.errors is None
    times = [batch.created_at, batch.in_progress_at, batch.finalizing_at, batch.completed_at]
    assert times == sorted(times)

    lines = batches.lines(batch.output_file_id)
    assert [line["custom_id"] for line in lines] == ["c", "a", "b"]
    assert len({line["id"] for line in lines}) == 3
    for line in lines:
        assert line["id"].startswith("batch_req_")
        assert line["error"] is None
        assert line["response"]["status_code"] == 200
        assert line["response"]["request_id"].startswith("req_")
        result = line["response"]["body"]["results"][0]
        assert result["flagged"] == (line["custom_id"] == "a")
        if wirecheck.FILE.exists():
            wirecheck.check("CreateModerationResponse", line["response"]["body"])

    file = batches.sdk.files.retrieve(batch.output_file_id)
    assert file.purpose == "batch_output"
    assert file.filename == f"{batch.id}_output.jsonl"


def test_a_wrong_request_in_a_right_line(batches):
    content = jsonl(
        moderation("right"),
        moderation("empty", ""),
        moderation("odd", body={"inputs": 1, "input": "a"}),
        moderation("half a pair", "\ud800"),
    )
    batch = batches.follow(batches.create(content))
    assert batch.status == "completed"
    counts = batch.request_counts
    assert (counts.total, counts.completed, counts.failed) == (4, 1, 3)
    assert [line["custom_id"] for line in batches.lines(batch.output_file_id)] == ["right"]

    wrong = batches.lines(batch.error_file_id)
    assert [line["custom_id"] for line in wrong] == ["empty", "odd", "half a pair"]
    for line, code in zip(
        wrong, ("empty_string", "unknown_parameter", "invalid_value"), strict=True
    ):
        assert line["error"] is None
        assert line["response"]["status_code"] == 400
        assert line["response"]["body"]["error"]["code"] == code


def test_wrong_requests_alone_leave_no_output_file(batches):
    batch = batches.run(moderation("a", ""))
    assert batch.status == "completed"
    assert batch.output_file_id is None
    assert len(batches.lines(batch.error_file_id)) == 1


def test_a_wrong_file_executes_nothing(batches):
    wrong = batches.errors(jsonl(moderation("a"), moderation("b"), moderation("a")) + b"{")
    assert wrong == [
        ("duplicate_custom_id", 3, "custom_id"),
        ("invalid_json_line", 4, None),
    ]
    assert batches.errors(b"") == [("empty_file", None, None)]
    chat = moderation("a", url="/v1/chat/completions", body={"model": "gpt-4o", "messages": []})
    assert batches.errors(jsonl(chat), "/v1/chat/completions") == [
        ("model_not_found", 1, "body.model")
    ]


def test_more_lines_than_one_piece(batches):
    text = "漢" * 30_000
    batch = batches.run(*[moderation(f"{i}", text) for i in range(15)])
    assert batch.request_counts.completed == 15


def test_what_is_not_done_in_time_expires(batches, factor):
    """C35: the lines that were not executed count as neither completed nor failed."""
    factor(100_000)
    long = "You are an idiot. " * 5_000
    requests = [moderation("0")] + [moderation(f"{i}", long) for i in range(1, 60)]
    batch = batches.create(jsonl(*requests))
    assert batch.expires_at - batch.created_at == 1
    batch = batches.follow(batch)
    assert batch.status == "expired"
    assert batch.expires_at <= batch.expired_at <= batch.expires_at + 2
    assert batch.completed_at is None

    output = batches.lines(batch.output_file_id)
    errors = batches.lines(batch.error_file_id)
    counts = batch.request_counts
    assert (counts.total, counts.failed) == (60, 0)
    assert counts.completed == len(output) < 60
    found = sorted(int(line["custom_id"]) for line in output + errors)
    assert found == list(range(60))
    for line in errors:
        assert line["response"] is None
        assert line["error"]["code"] == "batch_expired"


def test_a_batch_is_cancelled(batches):
    long = "You are an idiot. " * 5_000
    batch = batches.create(jsonl(*[moderation(f"{i}", long) for i in range(100)]))
    cancelling = batches.sdk.batches.cancel(batch.id)
    assert cancelling.status == "cancelling"
    batch = batches.follow(batch)
    assert batch.status == "cancelled"
    assert batch.cancelled_at >= batch.cancelling_at

    errors = batches.lines(batch.error_file_id)
    assert {line["error"]["code"] for line in errors} <= {"batch_cancelled"}
    assert len(errors) + batch.request_counts.completed == batch.request_counts.total
    assert batches.sdk.batches.cancel(batch.id) == batch  # by a client that lost the first answer


def test_an_ended_batch_cannot_be_cancelled(batches):
    batch = batches.run(moderation("a"))
    with pytest.raises(openai.ConflictError, match="Cannot cancel a batch with status 'completed'"):
        batches.sdk.with_options(max_retries=3).batches.cancel(batch.id)


def test_the_input_file_can_be_deleted(batches):
    for _ in range(5):
        batch = batches.create(jsonl(*[moderation(f"{i}") for i in range(20)]))
        batches.sdk.files.delete(batch.input_file_id)
        with pytest.raises(openai.NotFoundError):
            batches.sdk.files.retrieve(batch.input_file_id)
        assert batches.follow(batch).request_counts.completed == 20


def test_the_results_can_expire(batches):
    batch = batches.follow(batches.create(jsonl(moderation("a")), output_expires_after=EXPIRY))
    file = batches.sdk.files.retrieve(batch.output_file_id)
    assert file.expires_at == file.created_at + 3600


def test_pages(serve):
    served = serve()
    batches = Batches(served.base_url, served.key)
    assert list(batches.sdk.batches.list()) == []
    made = [batches.create(jsonl(moderation("a"))).id for _ in range(5)]
    assert [batch.id for batch in batches.sdk.batches.list(limit=2)] == made[::-1]
    page = batches.sdk.batches.list(limit=3)
    assert page.has_more
    assert not page.get_next_page().has_more


def test_another_learner_sees_nothing(serve, two_learners, tmp_path):
    keys, *of_each = two_learners
    mine, yours = (serve(tmp_path, key, keys) for key in of_each)
    me, you = Batches(mine.base_url, mine.key), Batches(yours.base_url, yours.key)
    batch = me.run(moderation("a"))
    assert list(you.sdk.batches.list()) == []
    for call in (you.sdk.batches.retrieve, you.sdk.batches.cancel):
        with pytest.raises(openai.NotFoundError, match=f"No batch found with id '{batch.id}'"):
            call(batch.id)
    with pytest.raises(openai.NotFoundError):
        you.sdk.files.content(batch.output_file_id)
    with pytest.raises(openai.BadRequestError, match="No such File object"):
        you.sdk.batches.create(
            input_file_id=batch.input_file_id, endpoint="/v1/moderations", completion_window="24h"
        )


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({"endpoint": ...}, "endpoint", "missing_required_parameter"),
        ({"endpoint": "/v1/embeddings"}, "endpoint", "invalid_value"),
        ({"endpoint": ["/v1/moderations"]}, "endpoint", "invalid_type"),
        ({"completion_window": "1h"}, "completion_window", "invalid_value"),
        ({"completion_window": None}, "completion_window", "missing_required_parameter"),
        ({"input_file_id": 7}, "input_file_id", "invalid_type"),
        ({"input_file_id": "file-none"}, "input_file_id", None),
        ({"metadata": {"a": 1}}, "metadata.a", "invalid_type"),
        ({"metadata": {"a": "x" * 513}}, "metadata.a", "string_above_max_length"),
        ({"metadata": dict.fromkeys(map(str, range(17)), "")}, "metadata", None),
        ({"output_expires_after": {"seconds": 3600}}, "output_expires_after.anchor", None),
        (
            {"output_expires_after": EXPIRY | {"seconds": 3599}},
            "output_expires_after.seconds",
            None,
        ),
        ({"window": "24h"}, "window", "unknown_parameter"),
    ],
)
def test_a_wrong_field(batches, fields, param, code):
    file = batches.sdk.files.create(file=("a.jsonl", b"{}"), purpose="batch")
    right = {"input_file_id": file.id, "endpoint": "/v1/moderations", "completion_window": "24h"}
    body = {name: value for name, value in (right | fields).items() if value is not ...}
    with pytest.raises(openai.BadRequestError) as raised:
        batches.sdk.post("/batches", cast_to=object, body=body)
    assert raised.value.param == param
    assert code in (None, raised.value.code)


def test_an_endpoint_that_is_not_here_is_told_what_is(batches):
    with pytest.raises(
        openai.BadRequestError, match=r"'/v1/chat/completions', .* and '/v1/moderations'"
    ):
        batches.create(b"", "/v1/embeddings")


def test_a_file_of_another_purpose(batches):
    file = batches.sdk.files.create(file=("a.jsonl", b"{}"), purpose="fine-tune")
    with pytest.raises(openai.BadRequestError, match="it is 'fine-tune'") as raised:
        batches.sdk.batches.create(
            input_file_id=file.id, endpoint="/v1/moderations", completion_window="24h"
        )
    assert error(raised) == (400, "input_file_id", "invalid_value")


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"after": "batch_x"}])
def test_a_wrong_query(batches, query):
    with pytest.raises(openai.BadRequestError) as raised:
        batches.sdk.batches.list(**query)
    assert raised.value.param == next(iter(query))


def test_so_many_batches_are_unfinished(batches, monkeypatch):
    monkeypatch.setattr(store, "MOST_UNFINISHED", 0)
    with pytest.raises(openai.BadRequestError) as raised:
        batches.create(jsonl(moderation("a")))
    assert error(raised) == (400, None, "batch_limit_exceeded")
