"""The endpoint's database: in the user's data folder, or for this process alone."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, TypeVar

from platformdirs import user_data_path
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_random

from samplers.local.store import runs

FILE = "store-2.sqlite"  # another layout of the tables takes another number
BUSY_SECONDS = 30  # until another endpoint on the same database has written
BIGGEST_LOG = 16 << 20  # bytes that the write-ahead log keeps between two writes
TABLES = """
CREATE TABLE IF NOT EXISTS files (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    filename TEXT NOT NULL,
    purpose TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    content BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS files_of_owner ON files (owner, id);
CREATE INDEX IF NOT EXISTS files_by_expiry ON files (expires_at);
CREATE TABLE IF NOT EXISTS batches (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    input_file_id TEXT NOT NULL,
    input_bytes INTEGER NOT NULL,
    completion_window TEXT NOT NULL,
    metadata TEXT,
    output_seconds INTEGER NOT NULL,
    status TEXT NOT NULL,
    model TEXT,
    errors TEXT,
    output_file_id TEXT,
    error_file_id TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    in_progress_at INTEGER,
    finalizing_at INTEGER,
    completed_at INTEGER,
    failed_at INTEGER,
    expired_at INTEGER,
    cancelling_at INTEGER,
    cancelled_at INTEGER,
    total INTEGER NOT NULL DEFAULT 0,
    completed INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    input_tokens INTEGER NOT NULL DEFAULT 0,
    cached_tokens INTEGER NOT NULL DEFAULT 0,
    output_tokens INTEGER NOT NULL DEFAULT 0,
    reasoning_tokens INTEGER NOT NULL DEFAULT 0,
    output_bytes INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS batches_of_owner ON batches (owner, id);
CREATE TABLE IF NOT EXISTS batch_lines (
    batch_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    custom_id TEXT NOT NULL,
    request BLOB NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    answer BLOB,
    is_error INTEGER,
    PRIMARY KEY (batch_id, number)
);
CREATE TABLE IF NOT EXISTS responses (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    previous TEXT,
    created_at INTEGER NOT NULL,
    status TEXT NOT NULL,
    body BLOB,
    bytes INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS responses_kept ON responses (owner, id) WHERE body IS NOT NULL;
CREATE INDEX IF NOT EXISTS responses_by_previous ON responses (previous);
CREATE INDEX IF NOT EXISTS responses_by_age ON responses (created_at);
CREATE INDEX IF NOT EXISTS responses_unfinished ON responses (owner)
    WHERE status IN ('queued', 'in_progress');
CREATE TABLE IF NOT EXISTS response_bytes (
    owner TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS response_items (
    response_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    id TEXT NOT NULL,
    is_output INTEGER NOT NULL,
    item BLOB NOT NULL,
    PRIMARY KEY (response_id, number)
);
CREATE INDEX IF NOT EXISTS response_items_by_id ON response_items (id);
CREATE TABLE IF NOT EXISTS claims (
    work_id TEXT PRIMARY KEY,
    run TEXT NOT NULL
);
"""

log = logging.getLogger("samplers.local")
Result = TypeVar("Result")
Work = Callable[..., Result]  # of a connection, and of what else is given


class StoreError(Exception):
    """The database cannot be read or written. The message is SQLite's or the system's."""


def data_folder() -> Path:
    """The user's data folder for this project; it need not exist yet."""
    return user_data_path("samplers", appauthor=False)


class Database:
    """SQLite in a `folder`, which several endpoints can share; it is made by the first write.

    None: a temporary database, which SQLite removes when the process ends, however it ends.

    All work is done in one thread of its own, one piece after the other, never in the event loop.
    A write is one transaction. What is written outlives the end of the process at any moment
    (kill -9), but the last writes perhaps not the end of the machine's power.

    `run` is this use of it, from here to the end of the process: rows say which one works on them.
    """

    def __init__(self, folder: Path | None):
        self.run = runs.new_id()
        self._folder = folder
        self._lock: BinaryIO | None = None  # of the run
        self._connection: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(1, "store")

    async def read(self, work: Work, *arguments) -> Result:
        """What `work(connection, *arguments)` returns, which sees one state of the database.

        StoreError if the database fails.
        """
        return await self._in_the_thread(self._read, work, arguments)

    async def write(self, work: Work, *arguments) -> Result:
        """The same in a transaction, which an exception of `work` undoes."""
        return await self._in_the_thread(self._write, work, arguments)

    async def goes_on(self, run: str | None) -> bool:
        """Whether a run of this database, which has written, has not ended. None has."""
        if run == self.run:
            return True
        if run is None or self._folder is None:
            return False
        return await asyncio.to_thread(runs.goes_on, self._folder, run)

    def exists(self) -> bool:
        """Whether there is a database already: of this process, or of an earlier one."""
        if self._connection is not None:
            return True
        return self._folder is not None and (self._folder / FILE).exists()

    def close(self) -> None:
        """Ends the run, when no work is under way: the process may go on, but not use it again."""
        self._thread.submit(self._close).result()

    def _close(self) -> None:
        for open_thing in (self._connection, self._lock):
            if open_thing is not None:
                open_thing.close()
        self._connection = None
        self._lock = None

    async def _in_the_thread(self, step, work: Work, arguments: tuple):
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, step, work, arguments)
        except (sqlite3.Error, OSError) as error:
            log.warning("the store in %s failed: %s", self._folder, error)
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise StoreError(reason or type(error).__name__) from error

    def _read(self, work: Work, arguments: tuple):
        if self.exists():
            return _in_a_transaction("BEGIN", self._opened(), work, arguments)
        with closing(_connect(":memory:")) as empty:
            return work(empty, *arguments)

    def _write(self, work: Work, arguments: tuple):
        return _in_a_transaction("BEGIN IMMEDIATE", self._opened(), work, arguments)

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            if self._folder is None:
                self._connection = _connect("")  # SQLite's name for a temporary database
            else:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._lock = self._lock or runs.begin(self._folder, self.run)
                self._connection = _connect(self._folder / FILE)
        return self._connection


def _in_a_transaction(begin: str, connection: sqlite3.Connection, work: Work, arguments: tuple):
    with connection:  # commits, or rolls back
        connection.execute(begin)
        return work(connection, *arguments)


# Two endpoints that open a new database at once: SQLite does not wait before it changes the mode.
@retry(
    retry=retry_if_exception_type(sqlite3.OperationalError),
    stop=stop_after_delay(2),
    wait=wait_random(0.01, 0.1),
    reraise=True,
)
def _connect(name: str | Path) -> sqlite3.Connection:
    connection = sqlite3.connect(name, timeout=BUSY_SECONDS, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("PRAGMA auto_vacuum = FULL")  # a deleted file gives its space back
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA journal_size_limit = {BIGGEST_LOG}")
        connection.executescript(TABLES)
    except sqlite3.Error:
        connection.close()
        raise
    return connection
