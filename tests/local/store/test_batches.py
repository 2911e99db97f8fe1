"""The rows of batches: which state follows which, and that an end is all or nothing."""

import io

import pytest

from samplers.local.store import batches, files
from samplers.local.store.batch_end import finish
from samplers.local.store.batch_lines import Answered, Line, add_lines, keep_answer, next_line
from samplers.local.store.files import StoreFull

NOW = 1_800_000_000.25
HOUR = 3600


@pytest.fixture
def create(connection):
    """A function that makes a batch of one owner."""

    def make(owner="a", now=NOW, window=HOUR) -> batches.Batch:
        content = io.BytesIO(b"{}\n")
        file = files.add(connection, owner, "x.jsonl", "batch", content, HOUR, now)
        arguments = ("/v1/moderations", file.id, {"a": "b"}, HOUR, window, now, "run")
        return batches.create(connection, owner, *arguments)

    return make


@pytest.fixture
def begun(connection, create) -> str:
    """The id of a batch in progress, with two lines."""
    batch = create()
    add_lines(connection, batch.id, [Line(1, "x", b"{}"), Line(3, "y", b"{}")])
    batches.begin(connection, batch.id, 2, "m", NOW)
    return batch.id


def of(connection, batch_id: str) -> batches.Batch:
    return batches.get(connection, "a", batch_id)


def end(connection, batch_id: str, now=NOW) -> batches.Batch:
    finish(connection, "a", batch_id, lambda name, state: f"{name} {state}\n".encode(), now)
    return of(connection, batch_id)


def content(connection, file_id: str | None) -> bytes | None:
    return file_id and files.piece(connection, "a", file_id, 0, NOW)


def test_a_line_counts_once(connection, begun):
    for text in (b"first\n", b"second\n"):
        keep_answer(connection, begun, 1, Answered(text, False, 5, 1, 2, 0))
    batch = of(connection, begun)
    assert (batch.completed, batch.failed) == (1, 0)
    assert (batch.input_tokens, batch.cached_tokens, batch.output_tokens) == (5, 1, 2)
    assert next_line(connection, begun, 0) == Line(3, "y", b"{}")

    batches.finalize(connection, begun, NOW)
    assert of(connection, begun).status == "in_progress"  # a line has no answer
    keep_answer(connection, begun, 3, Answered(b"wrong\n", True))
    batches.finalize(connection, begun, NOW)
    assert of(connection, begun).status == "finalizing"
    assert batches.cancel(connection, "a", begun, NOW).status == "finalizing"

    batch = end(connection, begun)
    assert (batch.status, batch.completed, batch.failed) == ("completed", 1, 1)
    assert content(connection, batch.output_file_id) == b"first\n"
    assert content(connection, batch.error_file_id) == b"wrong\n"
    assert end(connection, begun) == batch


@pytest.mark.parametrize("state", ["cancelled", "expired"])
def test_what_was_not_executed(connection, begun, state):
    keep_answer(connection, begun, 3, Answered(b"done\n", False))
    if state == "cancelled":
        batches.cancel(connection, "a", begun, NOW)
    assert end(connection, begun).status in ("in_progress", state)
    batch = end(connection, begun, NOW + HOUR)
    assert batch.status == state
    assert content(connection, batch.output_file_id) == b"done\n"
    assert content(connection, batch.error_file_id) == f"x {state}\n".encode()
    keep_answer(connection, begun, 1, Answered(b"late\n", False))
    assert of(connection, begun) == batch


def test_an_end_is_all_or_nothing(connection, begun):
    keep_answer(connection, begun, 1, Answered(b"done\n", False))
    batches.cancel(connection, "a", begun, NOW)
    before = list(connection.iterdump())

    def broken(name: str, state: str) -> bytes:
        raise KeyError(name)

    connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(KeyError), connection:
        finish(connection, "a", begun, broken, NOW)
    assert list(connection.iterdump()) == before


def test_a_batch_that_is_cancelled_while_it_is_read(connection, create):
    batch = create()
    add_lines(connection, batch.id, [Line(1, "x", b"{}")])
    batches.cancel(connection, "a", batch.id, NOW)
    batches.begin(connection, batch.id, 1, "m", NOW)
    batches.fail(connection, batch.id, [], NOW)
    batch = end(connection, batch.id)
    assert (batch.status, batch.total) == ("cancelled", 0)
    assert (batch.output_file_id, batch.error_file_id) == (None, None)


def test_an_input_file_stays_until_it_is_read(connection, create):
    batch = create()
    files.delete(connection, "a", batch.input_file_id, NOW)
    files.remove_expired(connection, NOW + 2 * HOUR)
    assert files.get(connection, "a", batch.input_file_id, NOW) is None
    assert files.input_piece(connection, batch.input_file_id, 0) == b"{}\n"

    batches.begin(connection, batch.id, 1, "m", NOW)
    files.remove_expired(connection, NOW)
    assert connection.execute("SELECT COUNT(*) FROM files").fetchone()[0] == 0


def test_the_lines_of_unfinished_batches_take_room(connection, create, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 10_000)
    content = io.BytesIO(b"x" * 9_000)
    file = files.add(connection, "a", "x.jsonl", "batch", content, HOUR, NOW)
    batch = batches.create(
        connection, "a", "/v1/moderations", file.id, None, HOUR, HOUR, NOW, "run"
    )
    batches.begin(connection, batch.id, 1, "m", NOW)
    files.delete(connection, "a", file.id, NOW)
    with pytest.raises(StoreFull):
        create()
    batches.cancel(connection, "a", batch.id, NOW)
    end(connection, batch.id)
    create()


def test_old_batches_are_removed(connection, create):
    old, running = create(), create()
    batches.cancel(connection, "a", old.id, NOW)
    end(connection, old.id)
    create(now=NOW + batches.DAYS * batches.DAY)
    assert of(connection, old.id) is None
    assert of(connection, running.id) is not None


def test_so_many_unfinished_batches(connection, create, monkeypatch):
    monkeypatch.setattr(batches, "MOST_UNFINISHED", 2)
    create(), create()
    with pytest.raises(StoreFull):
        create()
    create(owner="b")


def test_of_many_finished_batches_the_newest_are_kept(connection, create, monkeypatch):
    """Who makes very many refuses nobody else's."""
    monkeypatch.setattr(batches, "MOST_FINISHED", 2)
    running, *finished = [create(now=NOW + second).id for second in range(5)]
    other = create(owner="b").id
    for batch_id in finished:
        batches.fail(connection, batch_id, [], NOW)
    new = create(now=NOW + 9).id
    kept = [batch.id for batch in batches.page(connection, "a", None, 99)]
    assert kept == [new, *finished[:1:-1], running]
    assert batches.get(connection, "b", other) is not None
