"""The batches of each key, and their lines: functions on a connection of the Database.

Each is called in a transaction of its own. A batch's lines are copied out of its input file before
one of them is answered, and what answers them is kept with them until the batch ends: then it
becomes files, and the lines are removed.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields

from samplers.local.store import files
from samplers.local.store.files import UNFINISHED, StoredFile, StoreFull, is_id, new_id

MOST_BATCHES = 10_000  # that are kept, of all keys
MOST_UNFINISHED = 100  # of one key
DAYS = 30  # that a batch is kept after it was made, and the default of its results
DAY = 86_400  # seconds
PREFIX = "batch_"


class WrongInput(Exception):
    """A batch's input file is not there, or `file` has another purpose."""

    def __init__(self, file: StoredFile | None):
        super().__init__()
        self.file = file


@dataclass(frozen=True)
class Batch:
    """A batch. Times are in Unix seconds; None: that has not happened.

    `metadata` and `errors` are JSON. `total`, `completed` and `failed` count lines: one that was
    not executed is neither completed nor failed.
    """

    id: str
    owner: str
    endpoint: str
    input_file_id: str
    input_bytes: int
    completion_window: str
    metadata: str | None
    output_seconds: int
    status: str
    model: str | None
    errors: str | None
    output_file_id: str | None
    error_file_id: str | None
    created_at: int
    expires_at: int
    in_progress_at: int | None
    finalizing_at: int | None
    completed_at: int | None
    failed_at: int | None
    expired_at: int | None
    cancelling_at: int | None
    cancelled_at: int | None
    total: int
    completed: int
    failed: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    reasoning_tokens: int


@dataclass(frozen=True)
class Line:
    """A line of a batch: its `number` in the file, from 1, and the JSON that stands there."""

    number: int
    custom_id: str
    request: bytes


@dataclass(frozen=True)
class Answered:
    """The line that answers one: JSON with its line feed, for the error file or the output file."""

    content: bytes
    is_error: bool
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0


_FIELDS = ", ".join(field.name for field in fields(Batch))


def create(
    connection: sqlite3.Connection,
    owner: str,
    endpoint: str,
    input_file_id: str,
    metadata: dict | None,
    output_seconds: int,
    window: float,
    now: float,
) -> Batch:
    """A new batch, which ends in `window` seconds. WrongInput, or StoreFull if they are too many.

    Finished ones are removed after DAYS.
    """
    old = f"DELETE FROM batches WHERE created_at <= ? AND NOT {UNFINISHED}"
    connection.execute(old, (now - DAYS * DAY,))
    (kept,) = connection.execute("SELECT COUNT(*) FROM batches").fetchone()
    if kept >= MOST_BATCHES or len(unfinished(connection, owner)) >= MOST_UNFINISHED:
        raise StoreFull

    file = files.get(connection, owner, input_file_id, now)
    if file is None or file.purpose != "batch":
        raise WrongInput(file)
    row = {
        "id": new_id(PREFIX, now),
        "owner": owner,
        "endpoint": endpoint,
        "input_file_id": input_file_id,
        "input_bytes": file.bytes,
        "completion_window": "24h",
        "metadata": None if metadata is None else json.dumps(metadata),
        "output_seconds": output_seconds,
        "status": "validating",
        "created_at": int(now),
        "expires_at": -int(-(now + window) // 1),  # rounded up
    }
    places = ", ".join("?" * len(row))
    into = f"INSERT INTO batches ({', '.join(row)}) VALUES ({places})"
    connection.execute(into, tuple(row.values()))
    return get(connection, owner, row["id"])


def get(connection: sqlite3.Connection, owner: str, batch_id: str) -> Batch | None:
    """The batch, or None if the owner has none of this id."""
    query = f"SELECT {_FIELDS} FROM batches WHERE id = ? AND owner = ?"
    row = connection.execute(query, (batch_id, owner)).fetchone()
    return None if row is None else Batch(*row)


def page(connection: sqlite3.Connection, owner: str, after: str | None, limit: int) -> list[Batch]:
    """At most `limit` batches, the newest first; `after`: those that follow this id."""
    query = (
        f"SELECT {_FIELDS} FROM batches WHERE owner = ? AND (? IS NULL OR id < ?)"
        " ORDER BY id DESC LIMIT ?"
    )
    return [Batch(*row) for row in connection.execute(query, (owner, after, after, limit))]


def unfinished(connection: sqlite3.Connection, owner: str) -> list[Batch]:
    """Those that are still to be worked on, the oldest first."""
    query = f"SELECT {_FIELDS} FROM batches WHERE owner = ? AND {UNFINISHED} ORDER BY id"
    return [Batch(*row) for row in connection.execute(query, (owner,))]


def cancel(connection: sqlite3.Connection, owner: str, batch_id: str, now: float) -> Batch | None:
    """The batch, cancelling if it could still be cancelled; None if the owner has none."""
    change = (
        "UPDATE batches SET status = 'cancelling', cancelling_at = ?"
        " WHERE id = ? AND owner = ? AND status IN ('validating', 'in_progress')"
    )
    connection.execute(change, (int(now), batch_id, owner))
    return get(connection, owner, batch_id)


def forget_lines(connection: sqlite3.Connection, batch_id: str) -> None:
    """Removes a batch's lines and what answers them."""
    connection.execute("DELETE FROM batch_lines WHERE batch_id = ?", (batch_id,))


def add_lines(connection: sqlite3.Connection, batch_id: str, lines: Iterable[Line]) -> None:
    """Adds lines that were read from the batch's input file."""
    into = "INSERT INTO batch_lines (batch_id, number, custom_id, request) VALUES (?, ?, ?, ?)"
    rows = [(batch_id, line.number, line.custom_id, line.request) for line in lines]
    connection.executemany(into, rows)


def begin(
    connection: sqlite3.Connection, batch_id: str, total: int, model: str | None, now: float
) -> None:
    """All lines are there and right: the batch is in progress."""
    change = (
        "UPDATE batches SET status = 'in_progress', in_progress_at = ?, total = ?, model = ?"
        " WHERE id = ? AND status = 'validating'"
    )
    connection.execute(change, (int(now), total, model, batch_id))


def fail(connection: sqlite3.Connection, batch_id: str, errors: list[dict], now: float) -> None:
    """The input file is wrong: the batch has failed, and no line of it is executed."""
    change = (
        "UPDATE batches SET status = 'failed', failed_at = ?, errors = ?"
        " WHERE id = ? AND status = 'validating'"
    )
    if connection.execute(change, (int(now), json.dumps(errors), batch_id)).rowcount:
        forget_lines(connection, batch_id)


def next_line(connection: sqlite3.Connection, batch_id: str, after: int) -> Line | None:
    """The first line behind that number which has no answer."""
    query = (
        "SELECT number, custom_id, request FROM batch_lines"
        " WHERE batch_id = ? AND number > ? AND answer IS NULL ORDER BY number LIMIT 1"
    )
    row = connection.execute(query, (batch_id, after)).fetchone()
    return None if row is None else Line(*row)


def keep_answer(
    connection: sqlite3.Connection, batch_id: str, number: int, answered: Answered
) -> None:
    """Keeps what answers a line and counts it, unless the line has an answer already."""
    change = (
        "UPDATE batch_lines SET answer = ?, is_error = ?"
        " WHERE batch_id = ? AND number = ? AND answer IS NULL"
    )
    values = (answered.content, answered.is_error, batch_id, number)
    if not connection.execute(change, values).rowcount:
        return

    count = (
        "UPDATE batches SET completed = completed + ?, failed = failed + ?,"
        " input_tokens = input_tokens + ?, cached_tokens = cached_tokens + ?,"
        " output_tokens = output_tokens + ?, reasoning_tokens = reasoning_tokens + ? WHERE id = ?"
    )
    tokens = (
        answered.input_tokens,
        answered.cached_tokens,
        answered.output_tokens,
        answered.reasoning_tokens,
    )
    values = (not answered.is_error, answered.is_error, *tokens, batch_id)
    connection.execute(count, values)


def finalize(connection: sqlite3.Connection, batch_id: str, now: float) -> None:
    """If every line has an answer, the batch is finalizing: it cannot be cancelled any more."""
    change = (
        "UPDATE batches SET status = 'finalizing', finalizing_at = ?"
        " WHERE id = ? AND status = 'in_progress'"
        " AND NOT EXISTS (SELECT 1 FROM batch_lines WHERE batch_id = ? AND answer IS NULL)"
    )
    connection.execute(change, (int(now), batch_id, batch_id))


def finish(
    connection: sqlite3.Connection,
    owner: str,
    batch_id: str,
    not_executed: Callable[[str, str], bytes],
    now: float,
) -> None:
    """Ends a batch that is finalizing, cancelling or past its time: its files and its state.

    `not_executed(custom_id, state)` makes the error line of a line without an answer.
    """
    batch = get(connection, owner, batch_id)
    if batch.status == "finalizing":
        end = "completed"
    elif batch.status == "cancelling":
        end = "cancelled"
    elif batch.status == "in_progress" and batch.expires_at <= now:
        end = "expired"
    else:
        return

    if batch.in_progress_at is None:  # it was cancelled while its input was read
        forget_lines(connection, batch_id)
    _answer_the_rest(connection, batch_id, lambda custom_id: not_executed(custom_id, end))
    output = _result(connection, batch, False, now)
    errors = _result(connection, batch, True, now)
    change = (
        f"UPDATE batches SET status = ?, {end}_at = ?, output_file_id = ?, error_file_id = ?"
        " WHERE id = ?"
    )
    connection.execute(change, (end, int(now), output, errors, batch_id))
    forget_lines(connection, batch_id)


def is_batch_id(text: str) -> bool:
    """Whether a text has the form of a batch's id."""
    return is_id(PREFIX, text)


def _answer_the_rest(
    connection: sqlite3.Connection, batch_id: str, error_line: Callable[[str], bytes]
) -> None:
    query = "SELECT number, custom_id FROM batch_lines WHERE batch_id = ? AND answer IS NULL"
    rest = connection.execute(query, (batch_id,)).fetchall()
    change = "UPDATE batch_lines SET answer = ?, is_error = 1 WHERE batch_id = ? AND number = ?"
    rows = [(error_line(custom_id), batch_id, number) for number, custom_id in rest]
    connection.executemany(change, rows)


def _result(connection: sqlite3.Connection, batch: Batch, is_error: bool, now: float) -> str | None:
    """The id of the file with a batch's errors, or its other answers; None if there are none."""
    where = "FROM batch_lines WHERE batch_id = ? AND is_error = ?"
    total = f"SELECT COUNT(*), COALESCE(SUM(LENGTH(answer)), 0) {where}"
    count, size = connection.execute(total, (batch.id, is_error)).fetchone()
    if not count:
        return None

    rows = connection.execute(f"SELECT answer {where} ORDER BY number", (batch.id, is_error))
    answers: Iterator[bytes] = (row["answer"] for row in rows)
    name = f"{batch.id}_{'error' if is_error else 'output'}.jsonl"
    file = files.keep(
        connection,
        batch.owner,
        name,
        "batch_output",
        answers,
        size,
        batch.output_seconds,
        now,
    )
    return file.id
