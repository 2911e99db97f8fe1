"""The database: when it is made, who shares it, and what a sudden end leaves of it."""

import asyncio
import io
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest

from samplers.local.store import files
from samplers.local.store.database import FILE, Database, StoreError
from samplers.local.store.forget import forget_expired

WRITER = """
import asyncio, io, sys, time
from pathlib import Path
from samplers.local.store import files
from samplers.local.store.database import Database

async def main():
    database = Database(Path(sys.argv[1]))
    for number in range(int(sys.argv[2])):
        content = io.BytesIO(b"%d\\n" % number * 100_000)
        file = await database.write(files.add, "a", "x", "batch", content, 3600, time.time())
        print(file.id, number, flush=True)

asyncio.run(main())
"""


def writer(folder, count: int) -> subprocess.Popen:
    """A process that writes `count` files and prints the id of each one that is kept."""
    command = [sys.executable, "-c", WRITER, str(folder), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def page(database: Database) -> list[files.StoredFile]:
    arguments = ("a", None, None, "asc", 10_000, time.time())
    return asyncio.run(database.read(files.page, *arguments))


async def add(database: Database, content=b"{}"):
    arguments = ("a", "x", "batch", io.BytesIO(content), 3600, time.time())
    return await database.write(files.add, *arguments)


@pytest.mark.parametrize("kept", [1, 4, 9])
def test_a_kill_loses_nothing_that_was_kept(tmp_path, kept):
    with writer(tmp_path, 1000) as process:
        said = [process.stdout.readline().split() for _ in range(kept)]
        process.kill()
        said += [line.split() for line in process.stdout]

    database = Database(tmp_path)
    found = page(database)
    assert len(said) <= len(found) <= len(said) + 1  # one that was kept and not yet said
    assert [file.id for file in found][: len(said)] == [file_id for file_id, _ in said]
    for number, file in enumerate(found):
        arguments = ("a", file.id, 0, time.time())
        content = asyncio.run(database.read(files.piece, *arguments))
        assert content == b"%d\n" % number * 100_000


def test_two_endpoints_share_one(tmp_path):
    writers = [writer(tmp_path, 20), writer(tmp_path, 20)]
    said = [
        line.split()[0] for process in writers for line in process.communicate()[0].splitlines()
    ]
    assert [process.returncode for process in writers] == [0, 0]
    assert len(said) == 40
    assert {file.id for file in page(Database(tmp_path))} == set(said)


def test_it_is_made_while_another_endpoint_makes_it(tmp_path):
    """For a database that is not in WAL mode yet, SQLite itself does not wait: it refuses."""
    options = {"isolation_level": None, "check_same_thread": False}
    with closing(sqlite3.connect(tmp_path / FILE, **options)) as other:
        other.execute("CREATE TABLE others (x)")
        other.execute("BEGIN IMMEDIATE")
        threading.Timer(0.2, other.execute, ("COMMIT",)).start()
        database = Database(tmp_path)
        file = asyncio.run(add(database))
    assert page(database) == [file]


def test_reading_makes_no_database(tmp_path):
    database = Database(tmp_path / "data")
    assert page(database) == []
    asyncio.run(forget_expired(database))
    assert not database.exists()
    assert list(tmp_path.iterdir()) == []
    asyncio.run(add(database))
    assert (tmp_path / "data" / FILE).exists()


def test_a_deleted_file_gives_its_space_back(tmp_path):
    async def fill_and_empty() -> None:
        database = Database(tmp_path)
        file = await add(database, b"x" * 5_000_000)
        await database.write(files.delete, "a", file.id, time.time())

    asyncio.run(fill_and_empty())
    with closing(sqlite3.connect(tmp_path / FILE)) as other:
        other.execute("PRAGMA wal_checkpoint")
    assert (tmp_path / FILE).stat().st_size < 100_000


def test_what_expired_while_nothing_ran_is_removed(tmp_path):
    async def leave_and_return() -> list:
        arguments = ("a", "x", "batch", io.BytesIO(b"{}"), 3600, time.time() - 3600)
        await Database(tmp_path).write(files.add, *arguments)
        later = Database(tmp_path)
        await forget_expired(later)
        return await later.read(
            lambda connection: connection.execute("SELECT * FROM files").fetchall()
        )

    assert asyncio.run(leave_and_return()) == []


def test_a_temporary_one_keeps_files_too():
    database = Database(None)
    file = asyncio.run(add(database))
    assert page(database) == [file]
    assert page(Database(None)) == []


def test_a_read_sees_one_state(tmp_path):
    """Another endpoint's write between two looks: a file's row could be another key's by then."""
    database = Database(tmp_path)
    asyncio.run(add(database))

    def two_looks(connection) -> list:
        look = "SELECT rowid, owner FROM files"
        before = list(map(tuple, connection.execute(look)))
        with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
            other.execute("UPDATE files SET owner = 'b'")
        return [before, list(map(tuple, connection.execute(look)))]

    before, after = asyncio.run(database.read(two_looks))
    assert before == after == [(1, "a")]
    assert page(database) == []


def test_a_failed_write_leaves_nothing(tmp_path):
    database = Database(tmp_path)

    def half(connection) -> None:
        files.add(connection, "a", "x", "batch", io.BytesIO(b"{}"), 3600, time.time())
        raise KeyError("half")

    with pytest.raises(KeyError):
        asyncio.run(database.write(half))
    assert page(database) == []


def test_a_broken_database_says_so(tmp_path):
    (tmp_path / FILE).write_bytes(b"not a database, " * 100)
    with pytest.raises(StoreError, match="not a database"):
        page(Database(tmp_path))

    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"exists|directory"):
        asyncio.run(add(Database(tmp_path / "file")))
