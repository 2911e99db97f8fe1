"""Runs of endpoints on one database: which of them goes on."""

import asyncio
import subprocess
import sys

from samplers.local.store import claims, runs
from samplers.local.store.database import Database

WRITES = """
import asyncio, sys
from pathlib import Path
from samplers.local.store import claims
from samplers.local.store.database import Database

database = Database(Path(sys.argv[1]))
asyncio.run(database.write(claims.claim, "work", database.run))
print(database.run, flush=True)
sys.stdin.read()
"""


def test_a_run_ends_with_its_process(tmp_path):
    database = Database(tmp_path)

    async def run() -> None:
        pipes = dict.fromkeys(("stdin", "stdout"), subprocess.PIPE)
        command = [sys.executable, "-c", WRITES, str(tmp_path)]
        with subprocess.Popen(command, **pipes, text=True) as process:
            other = process.stdout.readline().strip()
            assert await database.goes_on(other)
            assert await database.read(claims.run_of, ["work"]) == {"work": other}
            process.kill()
            process.wait()
            assert not await database.goes_on(other)
        assert await database.goes_on(database.run)
        assert await database.write(claims.take_over, "work", other, database.run)
        assert not await database.write(claims.take_over, "work", other, "a third one")

    asyncio.run(run())
    # the first test of whether it goes on has removed what the other one left
    assert [path.name for path in tmp_path.glob("*.lock")] == [f"run-{database.run}.lock"]


def test_a_new_run_removes_what_ended_ones_left_and_nothing_else(tmp_path):
    ended = runs.begin(tmp_path, "ended")
    with runs.begin(tmp_path, "first"):
        ended.close()
        with runs.begin(tmp_path, "second"):
            names = {path.name for path in tmp_path.iterdir()}
            assert names == {"run-first.lock", "run-second.lock"}
            assert runs.goes_on(tmp_path, "first")
            assert not runs.goes_on(tmp_path, "ended")
        assert not runs.goes_on(tmp_path, "second")


def test_a_file_that_is_swept_while_its_run_begins_is_made_again(tmp_path, monkeypatch):
    """Two endpoints start at the same time."""
    real = runs.file_lock.take
    swept = []

    def take(path):
        lock = real(path)
        if not swept:
            swept.append(path)
            path.unlink()
        return lock

    monkeypatch.setattr(runs.file_lock, "take", take)
    with runs.begin(tmp_path, "new"):
        assert runs.goes_on(tmp_path, "new")
    assert swept == [tmp_path / "run-new.lock"]
