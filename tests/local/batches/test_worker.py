"""Who works on batches: one of several endpoints on a database, and the next one after its end."""

import asyncio
import errno
import io
import json
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from sdk_batches import END, Batches, jsonl, moderation

from samplers.local.batches import one_line, worker
from samplers.local.batches.worker import Worker
from samplers.local.engine.slots import Slots
from samplers.local.store import batch_lines, batches, file_lock, files
from samplers.local.store.database import Database

HOLDER = """
import sys
from pathlib import Path
from samplers.local.store.file_lock import take
lock = take(Path(sys.argv[1]))
print(lock is not None, flush=True)
sys.stdin.read()
"""


async def made(database: Database, content: bytes, window=3600.0) -> batches.Batch:
    """A new batch of moderations, of the owner "me"."""
    arguments = ("me", "a.jsonl", "batch", io.BytesIO(content), 3600, time.time())
    file = await database.write(files.add, *arguments)
    arguments = ("me", "/v1/moderations", file.id, None, 3600, window, time.time(), database.run)
    return await database.write(batches.create, *arguments)


async def ended(database: Database, batch: batches.Batch) -> batches.Batch:
    async with asyncio.timeout(30):
        while batch.status not in END:
            await asyncio.sleep(0.01)
            batch = await database.read(batches.get, batch.owner, batch.id)
    return batch


async def output(database: Database, batch: batches.Batch) -> list[str]:
    """The custom_ids of the output file."""
    arguments = ("me", batch.output_file_id, 0, time.time())
    content = await database.read(files.piece, *arguments)
    return [json.loads(line)["custom_id"] for line in content.splitlines()]


def test_the_lock_ends_with_its_process(tmp_path):
    path = tmp_path / "lock"
    command = [sys.executable, "-c", HOLDER, str(path)]
    pipes = dict.fromkeys(("stdin", "stdout"), subprocess.PIPE)
    with subprocess.Popen(command, **pipes, text=True) as process:
        assert process.stdout.readline() == "True\n"
        assert file_lock.take(path) is None
        process.kill()
        process.wait()
        with file_lock.take(path):
            assert file_lock.take(path) is None
    with file_lock.take(path):
        pass


def test_a_drive_without_locks_is_no_other_endpoint(tmp_path, monkeypatch):
    """Its batches would wait for ever, and nobody would know why."""
    fcntl = pytest.importorskip("fcntl")

    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(OSError, match="No locks"):
        file_lock.take(tmp_path / "lock")


def test_one_of_two_endpoints_works(tmp_path, serve, answered, monkeypatch):
    """Both take requests; the second takes over what is new, and nothing is answered twice."""
    monkeypatch.setattr(worker, "POLL", 0.05)
    first, second = (serve(tmp_path) for _ in range(2))
    one, other = (Batches(each.base_url, each.key) for each in (first, second))
    run = [
        each.create(jsonl(*[moderation(f"{name} {i}") for i in range(15)]))
        for each, name in ((one, "a"), (other, "b"))
    ]
    for batch in run:
        assert one.follow(batch) == other.follow(batch)
    first.end()
    assert other.run(moderation("c")).status == "completed"
    expected = [f"{name} {i}" for name in "ab" for i in range(15)]
    assert sorted(answered) == sorted([*expected, "c"])


def test_batches_take_turns(answered):
    async def both() -> None:
        database = Database(None)
        long = await made(database, jsonl(*[moderation(f"long {i}") for i in range(40)]))
        short = await made(database, jsonl(moderation("short")))
        working = Worker((), database, lambda: ["me"])
        working.wake()
        await ended(database, short)
        await ended(database, long)
        await working.end()

    asyncio.run(both())
    assert len(answered) == 41
    assert answered.index("short") < 20


def test_moderations_do_not_wait_for_the_engine(answered):
    """Only chats take it from live requests."""

    async def busy() -> None:
        slots = Slots()
        model = SimpleNamespace(id="m", engine=SimpleNamespace(slots=slots))
        database = Database(None)
        working = Worker((model,), database, lambda: ["me"])
        async with slots.hold([1], 1000):
            batch = await made(database, jsonl(*[moderation(f"{i}") for i in range(9)]))
            working.wake()
            async with asyncio.timeout(one_line.PATIENCE):
                await ended(database, batch)
        await working.end()

    asyncio.run(busy())
    assert len(answered) == 9


@pytest.mark.parametrize("url", ["/v1/chat/completions", "/v1/completions", "/v1/responses"])
def test_other_lines_wait_for_live_requests(url):
    """Whatever is in them: this one is refused, but not before the live request has its answer."""

    async def busy() -> batch_lines.Answered:
        slots = Slots()
        model = SimpleNamespace(id="m", engine=SimpleNamespace(slots=slots))
        batch = SimpleNamespace(endpoint=url, owner="me")
        line = batch_lines.Line(1, "a", b'{"body": {}}')
        async with slots.hold([1], 1000):
            answer = one_line.answer((model,), Database(None), batch, line)
            task = asyncio.create_task(answer)
            await asyncio.wait({task}, timeout=0.2)
            assert not task.done()
        return await task

    line = asyncio.run(busy())
    assert line.is_error


def test_what_was_answered_is_not_answered_again(answered):
    async def twice() -> list[str]:
        database = Database(None)
        batch = await made(database, jsonl(*[moderation(f"{i}") for i in range(30)]))
        first = Worker((), database, lambda: ["me"])
        first.wake()
        while len(answered) < 10:
            await asyncio.sleep(0)
        await first.end()
        second = Worker((), database, lambda: ["me"])
        second.wake()
        batch = await ended(database, batch)
        await second.end()
        assert batch.completed == 30
        return await output(database, batch)

    assert asyncio.run(twice()) == [f"{i}" for i in range(30)]
    assert 30 <= len(answered) <= 30 + worker.LINES  # those that were stopped half-way


def test_lines_that_a_killed_run_had_read_are_read_anew():
    async def again() -> list[str]:
        database = Database(None)
        batch = await made(database, jsonl(moderation("a"), moderation("b")))
        line = batch_lines.Line(1, "a", b"half of what was read")
        await database.write(batch_lines.add_lines, batch.id, [line])
        working = Worker((), database, lambda: ["me"])
        working.wake()
        batch = await ended(database, batch)
        await working.end()
        return await output(database, batch)

    assert asyncio.run(again()) == ["a", "b"]


def test_a_batch_that_ended_since_it_was_found(answered, monkeypatch):
    """The worker may have been busy with the end of another one."""

    async def stale() -> tuple[batches.Batch, batches.Batch]:
        database = Database(None)
        batch = await made(database, jsonl(moderation("a")))
        working = Worker((), database, lambda: ["me"])
        working.wake()
        first = await ended(database, batch)
        monkeypatch.setattr(batches, "unfinished", lambda connection, owner: [batch])
        working.wake()
        await asyncio.sleep(0.2)
        await working.end()
        return first, await database.read(batches.get, "me", batch.id)

    first, then = asyncio.run(stale())
    assert first == then
    assert answered == ["a"]


def test_what_expired_while_no_endpoint_ran():
    async def late() -> batches.Batch:
        database = Database(None)
        batch = await made(database, jsonl(moderation("a"), moderation("b")), window=-5)
        working = Worker((), database, lambda: ["me"])
        working.wake()
        batch = await ended(database, batch)
        await working.end()
        return batch

    batch = asyncio.run(late())
    assert (batch.status, batch.total) == ("expired", 2)
    assert batch.error_file_id is not None


def test_a_batch_waits_for_its_model():
    """The endpoint was started again with another profile: that is no reason for lines to fail."""

    async def without() -> batches.Batch:
        database = Database(None)
        batch = await made(database, b"")
        line = batch_lines.Line(1, "a", jsonl(moderation("a")))
        await database.write(batch_lines.add_lines, batch.id, [line])
        await database.write(batches.begin, batch.id, 1, "another", time.time())
        working = Worker((), database, lambda: ["me"])
        working.wake()
        await asyncio.sleep(0.2)
        waiting = await database.read(batches.get, "me", batch.id)
        assert (waiting.status, waiting.failed) == ("in_progress", 0)
        await database.write(batches.cancel, "me", batch.id, time.time())
        working.wake()
        batch = await ended(database, waiting)
        await working.end()
        return batch

    assert asyncio.run(without()).status == "cancelled"


def test_another_owners_batches_are_left_alone():
    async def other() -> batches.Batch:
        database = Database(None)
        batch = await made(database, jsonl(moderation("a")))
        working = Worker((), database, lambda: ["somebody else"])
        working.wake()
        await asyncio.sleep(0.2)
        await working.end()
        return await database.read(batches.get, "me", batch.id)

    assert asyncio.run(other()).status == "validating"


def test_a_failure_of_the_database_is_outlived(monkeypatch):
    """The disk is full for a while: the lines are answered later, and none is given up."""
    monkeypatch.setattr(worker, "PAUSE", 0.05)
    monkeypatch.setattr(worker, "POLL", 0.05)
    real = batch_lines.keep_answer
    failures = []

    def full(connection, *arguments):
        if len(failures) < 10:
            failures.append(1)
            raise OSError(28, "No space left on device")
        return real(connection, *arguments)

    async def run() -> batches.Batch:
        database = Database(None)
        batch = await made(database, jsonl(*[moderation(f"{i}") for i in range(5)]))
        monkeypatch.setattr(batch_lines, "keep_answer", full)
        working = Worker((), database, lambda: ["me"])
        working.wake()
        batch = await ended(database, batch)
        await working.end()
        return batch

    batch = asyncio.run(run())
    assert failures
    assert (batch.status, batch.completed, batch.failed) == ("completed", 5, 0)
