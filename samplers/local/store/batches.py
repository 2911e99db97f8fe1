"""The batches of each key: functions on a connection of the Database.

Each is called in a transaction of its own, and none leaves a state that another one has reached.
"""

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass, fields
from math import ceil

from samplers.local.store import claims, files
from samplers.local.store.batch_lines import forget_lines
from samplers.local.store.files import UNFINISHED, StoredFile, StoreFull, is_id, new_id

MOST_UNFINISHED = 100  # batches of one key
MOST_FINISHED = 10_000  # that are kept of one key, the newest
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
    not executed is neither completed nor failed. `output_bytes`: of the answers so far.
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
    output_bytes: int


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
    run: str,
) -> Batch:
    """A new batch of a run, which ends in `window` seconds.

    WrongInput, or StoreFull if they are too many.

    Finished ones are removed after DAYS, or if they are more than MOST_FINISHED.
    """
    if len(unfinished(connection, owner)) >= MOST_UNFINISHED:
        raise StoreFull
    old = f"DELETE FROM batches WHERE created_at <= ? AND NOT {UNFINISHED}"
    connection.execute(old, (now - DAYS * DAY,))
    newest = f"SELECT id FROM batches WHERE owner = ? AND NOT {UNFINISHED} ORDER BY id DESC"
    more = f"DELETE FROM batches WHERE id IN ({newest} LIMIT -1 OFFSET ?)"
    connection.execute(more, (owner, MOST_FINISHED))

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
        "expires_at": int(now) + ceil(window),
    }
    places = ", ".join("?" * len(row))
    into = f"INSERT INTO batches ({', '.join(row)}) VALUES ({places})"
    connection.execute(into, tuple(row.values()))
    claims.claim(connection, row["id"], run)
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


def unfinished_of(connection: sqlite3.Connection, owners: Collection[str]) -> list[Batch]:
    """The same of several owners together."""
    found = [batch for owner in owners for batch in unfinished(connection, owner)]
    return sorted(found, key=lambda batch: batch.id)


def cancel(connection: sqlite3.Connection, owner: str, batch_id: str, now: float) -> Batch | None:
    """The batch, cancelling if it could still be cancelled; None if the owner has none."""
    change = (
        "UPDATE batches SET status = 'cancelling', cancelling_at = ?"
        " WHERE id = ? AND owner = ? AND status IN ('validating', 'in_progress')"
    )
    connection.execute(change, (int(now), batch_id, owner))
    return get(connection, owner, batch_id)


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
        claims.give_up(connection, batch_id)


def finalize(connection: sqlite3.Connection, batch_id: str, now: float) -> None:
    """If every line has an answer, the batch is finalizing: it cannot be cancelled any more."""
    change = (
        "UPDATE batches SET status = 'finalizing', finalizing_at = ?"
        " WHERE id = ? AND status = 'in_progress'"
        " AND NOT EXISTS (SELECT 1 FROM batch_lines WHERE batch_id = ? AND answer IS NULL)"
    )
    connection.execute(change, (int(now), batch_id, batch_id))


def is_batch_id(text: str) -> bool:
    """Whether a text has the form of a batch's id."""
    return is_id(PREFIX, text)
