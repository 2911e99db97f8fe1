"""Lines that are given up: with one the process ends each time, and others have no room."""

import asyncio
import io
import json
import os
import subprocess
import sys
import threading
import time

import pytest
from sdk_batches import END, jsonl, moderation

from samplers.local.answer.stored import batches as answers
from samplers.local.batches.worker import MOST_TRIES, Worker
from samplers.local.store import batch_lines, batches, files
from samplers.local.store.database import Database

# Works on the batches in a folder until they end; a line named "crash" ends the process.
CRASHES = """
import asyncio, os, sys
from pathlib import Path
from samplers.local.batches import one_line
from samplers.local.batches.worker import Worker
from samplers.local.store import batches
from samplers.local.store.database import Database

real = one_line.answer

async def answer(models, database, batch, line):
    if line.custom_id == "crash":
        os._exit(9)
    if line.custom_id == "neighbour":
        await asyncio.sleep(0.5)
    return await real(models, database, batch, line)

async def run():
    database = Database(Path(sys.argv[1]))
    worker = Worker((), database, lambda: ["me"])
    worker.wake()
    while await database.read(batches.unfinished, "me"):
        await asyncio.sleep(0.02)
    await worker.end()

one_line.answer = answer
asyncio.run(run())
"""


async def made(database: Database, *custom_ids: str) -> batches.Batch:
    """A new batch of moderations, of the owner "me"."""
    content = io.BytesIO(jsonl(*map(moderation, custom_ids)))
    arguments = ("me", "a.jsonl", "batch", content, 3600, time.time())
    file = await database.write(files.add, *arguments)
    arguments = ("me", "/v1/moderations", file.id, None, 3600, 3600, time.time(), database.run)
    return await database.write(batches.create, *arguments)


async def results(database: Database, batch: batches.Batch) -> tuple[list[str], dict[str, str]]:
    """The ids of the output file, and {id: code} of the error file."""
    found = []
    for file_id in (batch.output_file_id, batch.error_file_id):
        piece = await database.read(files.piece, "me", file_id, 0, time.time()) or b""
        found.append([json.loads(line) for line in piece.splitlines()])
    codes = {line["custom_id"]: line["error"]["code"] for line in found[1] if line["error"]}
    return [line["custom_id"] for line in found[0]], codes


async def ended(database: Database, batch: batches.Batch) -> batches.Batch:
    """The batch, when a worker in this process has ended it."""
    working = Worker((), database, lambda: ["me"])
    working.wake()
    async with asyncio.timeout(30):
        while batch.status not in END:
            await asyncio.sleep(0.01)
            batch = await database.read(batches.get, "me", batch.id)
    await working.end()
    return batch


def test_a_line_that_ends_the_process_is_given_up(tmp_path):
    """All others are answered: the neighbour, too, which was under way the first time."""

    async def first() -> batches.Batch:
        return await made(Database(tmp_path), "neighbour", "crash", *"abcdef")

    async def last(batch: batches.Batch):
        database = Database(tmp_path)
        batch = await database.read(batches.get, "me", batch.id)
        return batch, await results(database, batch)

    batch = asyncio.run(first())
    command = [sys.executable, "-c", CRASHES, str(tmp_path)]
    path = os.pathsep.join(sys.path)
    codes = []
    while len(codes) < 10 and 0 not in codes:
        codes.append(subprocess.run(command, env=os.environ | {"PYTHONPATH": path}).returncode)
    assert codes == [9] * MOST_TRIES + [0]

    batch, (output, errors) = asyncio.run(last(batch))
    assert (batch.status, batch.completed, batch.failed) == ("completed", 7, 1)
    assert output == ["neighbour", *"abcdef"]
    assert errors == {"crash": "request_given_up"}


def test_a_try_that_ends_without_the_process_does_not_count(monkeypatch):
    """A normal end of the endpoint, however often it comes."""

    async def run() -> list[int]:
        database = Database(None)
        batch = await made(database, "a", "b")
        waiting = asyncio.Event()

        async def never(*_):
            waiting.set()
            await asyncio.Event().wait()

        monkeypatch.setattr("samplers.local.batches.one_line.answer", never)
        tries = []
        for _ in range(2):
            waiting.clear()
            working = Worker((), database, lambda: ["me"])
            working.wake()
            await waiting.wait()
            tries.append((await database.read(batch_lines.next_line, batch.id, 0)).tries)
            await working.end()
            tries.append((await database.read(batch_lines.next_line, batch.id, 0)).tries)
        return tries

    assert asyncio.run(run()) == [1, 0, 1, 0]


def test_a_batch_whose_answers_are_too_much(monkeypatch):
    """It completes; what had no room was not executed, and says so."""
    monkeypatch.setattr(batch_lines, "MOST_OUTPUT", 1)

    async def run():
        database = Database(None)
        batch = await ended(database, await made(database, *map(str, range(9))))
        return batch, await results(database, batch)

    batch, (output, errors) = asyncio.run(run())
    assert (batch.status, batch.total) == ("completed", 9)
    assert 1 <= batch.completed == len(output) <= 2  # at the same time
    assert batch.failed == len(errors) == 9 - len(output)
    assert set(errors.values()) == {"output_too_large"}


def test_an_answer_that_is_too_large(monkeypatch):
    monkeypatch.setattr(answers, "LONGEST_ANSWER", 500)
    answer = answers.answered("a", 200, {"x": "y" * 500, "usage": None})
    assert answer.is_error
    assert answer.output_tokens == 0
    response = json.loads(answer.content)["response"]
    assert response["status_code"] == 400
    assert response["body"]["error"]["code"] == "answer_too_large"


@pytest.mark.parametrize("is_error", [False, True])
def test_only_answers_make_a_batch_full(is_error):
    async def run() -> int:
        database = Database(None)
        batch = await made(database, "a")
        line = batch_lines.Line(1, "a", b"{}")
        await database.write(batch_lines.add_lines, batch.id, [line])
        answer = batch_lines.Answered(b"12345\n", is_error)
        for _ in range(2):  # it is counted once
            await database.write(batch_lines.keep_answer, batch.id, 1, answer)
        return (await database.read(batches.get, "me", batch.id)).output_bytes

    assert asyncio.run(run()) == (0 if is_error else 6)


def test_a_line_that_is_stopped_while_its_try_is_counted_was_not_tried(monkeypatch):
    begun, may_end = threading.Event(), threading.Event()
    real = batch_lines.begin_line

    def slowly(connection, *arguments):
        begun.set()
        assert may_end.wait(30)
        return real(connection, *arguments)

    async def tried() -> list:
        database = Database(None)
        batch = await made(database, "a")
        monkeypatch.setattr(batch_lines, "begin_line", slowly)
        working = Worker((), database, lambda: ["me"])
        working.wake()
        assert await asyncio.to_thread(begun.wait, 30)
        ending = asyncio.create_task(working.end())
        await asyncio.sleep(0)  # now its task is cancelled
        may_end.set()
        await ending
        return await database.read(batch_lines.tried_lines, batch.id)

    assert asyncio.run(tried()) == []
