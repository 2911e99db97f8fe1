"""/v1/batches as OpenAI's SDK uses it, from the file to the results."""

import time

from sdk_batches import jsonl, moderation

DAY = 24 * 3600


def test_a_batch_from_its_file_to_its_results(batches):
    before = int(time.time())
    content = jsonl(moderation("c"), moderation("a", "You are an idiot"), moderation("b"))
    batch = batches.create(content, metadata={"class": "7b"})
    assert batch.object == "batch"
    assert batch.status == "validating"
    assert (batch.endpoint, batch.completion_window) == ("/v1/moderations", "24h")
    assert batch.metadata == {"class": "7b"}
    assert before <= batch.created_at <= time.time()
    assert DAY <= batch.expires_at - batch.created_at <= DAY + 1
    assert batch.request_counts.total == 0

    batch = batches.follow(batch)
    assert batch.status == "completed"
    counts = batch.request_counts
    assert (counts.total, counts.completed, counts.failed) == (3, 3, 0)
    assert batch.error_file_id is None
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

    file = batches.sdk.files.retrieve(batch.output_file_id)
    assert file.purpose == "batch_output"
    assert file.filename == f"{batch.id}_output.jsonl"
