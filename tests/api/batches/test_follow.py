"""Following a batch to its end, and past an endpoint that is down for a while."""

from types import SimpleNamespace

import httpx
import pytest
from batch_endpoint import DOWN, LIMITED, LOST, BatchEndpoint
from fake_endpoint import fake

from samplers.api import APIError, APITimeoutError, EndpointError, follow_batch, submit_batch
from samplers.api.batches import follow

LOOK = "GET /batches/…"
COUNTS = {"total": 4, "completed": 0, "failed": 0}


@pytest.fixture
def endpoint():
    return BatchEndpoint()


@pytest.fixture
def naps(monkeypatch):
    """The waits between the looks; only they take time, and none really."""
    waits = []
    clock = SimpleNamespace(sleep=waits.append, monotonic=lambda: sum(waits))
    monkeypatch.setattr(follow, "time", clock)
    return waits


def submitted(endpoint):
    client = fake(endpoint)
    return client, submit_batch(client, list("abcd"))


def states(endpoint, batch, *statuses):
    """The batch has one of these states at each look, with one more request done."""
    done = iter(statuses)
    shown = endpoint._shown

    def next_state(kind, some_id):
        if kind == "batches" and (status := next(done, None)):
            counts = endpoint.batches[batch.id].get("request_counts", COUNTS)
            counts = counts | {"completed": counts["completed"] + 1}
            endpoint.batches[batch.id].update(status=status, request_counts=counts)
        return shown(kind, some_id)

    endpoint._shown = next_state


@pytest.mark.parametrize("end", ["completed", "failed", "expired", "cancelled"])
def test_every_end_ends_it(endpoint, naps, capsys, end):
    client, batch = submitted(endpoint)
    states(endpoint, batch, "validating", "in_progress", "finalizing", "cancelling", end)
    ended = follow_batch(client, batch)
    assert (ended.status, ended.has_ended) == (end, True)
    assert endpoint.calls.count(LOOK) == 5
    shown = capsys.readouterr().err
    assert f"{end}:" in shown
    assert "/4" in shown


def test_without_a_bar(endpoint, naps, capsys):
    client, batch = submitted(endpoint)
    states(endpoint, batch, "completed")
    assert follow_batch(client, batch.id, progress=False).status == "completed"
    assert capsys.readouterr().err == ""


def test_the_looks_come_more_and_more_rarely(endpoint, naps):
    client, batch = submitted(endpoint)
    states(endpoint, batch, *["in_progress"] * 40, "completed")
    follow_batch(client, batch, every=10, progress=False)
    assert len(naps) == 40
    assert naps[0] <= 0.2
    assert all(5 <= nap <= 10 for nap in naps[-20:])
    assert len(set(naps[-20:])) > 10  # thirty learners do not look together


def test_a_restart_of_the_endpoint(endpoint, naps):
    """A look that fails is not tried again by itself: the next one does it."""
    client, batch = submitted(endpoint)
    endpoint.refuse[LOOK] = [LOST, httpx.ConnectError("refused"), DOWN, LIMITED]
    states(endpoint, batch, "in_progress", "completed")
    assert follow_batch(client, batch, progress=False).status == "completed"
    assert endpoint.calls.count(LOOK) == 6
    assert len(naps) == 5


def test_what_the_endpoint_asks_to_wait(endpoint, naps):
    client, batch = submitted(endpoint)
    error = {"error": {"message": "Slow."}}
    endpoint.refuse[LOOK] = [httpx.Response(429, json=error, headers={"retry-after": "17"})]
    states(endpoint, batch, "completed")
    follow_batch(client, batch, progress=False)
    assert naps == [17]

    endpoint.refuse[LOOK] = [httpx.Response(429, json=error, headers={"retry-after": "411000"})]
    with pytest.raises(APIError) as caught:
        follow_batch(client, batch, progress=False)
    assert caught.value.retry_after == 411_000


def test_an_endpoint_that_stays_down(endpoint, naps):
    client, batch = submitted(endpoint)
    endpoint.refuse[LOOK] = [DOWN] * 1000
    with pytest.raises(APIError, match="The server had an error"):
        follow_batch(client, batch, progress=False)
    assert 120 <= sum(naps) < 180
    assert endpoint.calls.count(LOOK) == len(naps) + 1 < 30


def test_an_endpoint_that_is_down_now_and_then(endpoint, naps):
    """Each time for less than two minutes."""
    client, batch = submitted(endpoint)
    endpoint.refuse[LOOK] = [None, *[DOWN] * 10] * 4
    states(endpoint, batch, *["in_progress"] * 4, "completed")
    assert follow_batch(client, batch, every=10, progress=False).status == "completed"
    assert sum(naps) > 120


def test_an_error_that_stays_is_raised_at_once(endpoint, naps):
    client, batch = submitted(endpoint)
    with pytest.raises(APIError, match="No such object: batch_9"):
        follow_batch(client, "batch_9", progress=False)
    endpoint.refuse[LOOK] = [httpx.Response(401, json={"error": {"message": "Who?"}})]
    with pytest.raises(APIError, match=r"Who\?"):
        follow_batch(client, batch, progress=False)
    assert naps == []


def test_a_timeout(endpoint):
    client, batch = submitted(endpoint)
    message = rf"batch {batch.id} has not ended in 0\.01 s\. It goes on"
    with pytest.raises(APITimeoutError, match=message):
        follow_batch(client, batch, timeout=0.01, progress=False)


@pytest.mark.parametrize("options", [{"every": 0}, {"every": None}, {"timeout": 0}])
@pytest.mark.parametrize("batch", ["batch_0"])
def test_wrong_options(endpoint, options, batch):
    with pytest.raises(ValueError, match=f"{next(iter(options))} must be a number of seconds"):
        follow_batch(fake(endpoint), batch, **options)


@pytest.mark.parametrize("batch", [None, "", 5, "..", {"id": "batch_0"}])
def test_what_is_no_batch(endpoint, batch):
    with pytest.raises(ValueError, match="id must be a str, such as"):
        follow_batch(fake(endpoint), batch)
    assert endpoint.calls == []


def test_why_it_failed(endpoint, naps):
    """C28's body, and odd ones."""
    client, batch = submitted(endpoint)
    data = [
        {"code": "duplicate_custom_id", "line": 3, "message": "Duplicate.", "param": "custom_id"},
        {"code": "empty_file", "line": None, "message": None},
        {"message": "Too many."},
    ]
    endpoint.end(batch.id, "failed", errors={"object": "list", "data": data})
    ended = follow_batch(client, batch, progress=False)
    assert ended.errors == ("line 3: Duplicate. (duplicate_custom_id)", "empty_file", "Too many.")


def test_odd_bodies(endpoint, naps):
    client, batch = submitted(endpoint)
    endpoint.batches[batch.id] = {"id": batch.id, "status": "COMPLETED", "error_file_id": ""}
    ended = follow_batch(client, batch, progress=False)
    assert (ended.total, ended.error_file_id, ended.errors, ended.metadata) == (0, None, (), {})
    endpoint.batches[batch.id] = {"id": batch.id}
    with pytest.raises(EndpointError, match="cannot be read"):
        follow_batch(client, batch, progress=False)
