"""The end of a batch: its answers become two files, in one transaction with its state."""

import sqlite3
from collections.abc import Callable
from itertools import chain

from samplers.local.store import claims, files
from samplers.local.store.batch_lines import forget_lines
from samplers.local.store.batches import Batch, get


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
    unanswered = "SELECT custom_id FROM batch_lines WHERE batch_id = ? AND answer IS NULL"
    rows = connection.execute(unanswered, (batch_id,))
    rest = [not_executed(row["custom_id"], end) for row in rows]
    output = _result(connection, batch, False, [], now)
    errors = _result(connection, batch, True, rest, now)
    change = (
        f"UPDATE batches SET status = ?, {end}_at = ?, output_file_id = ?, error_file_id = ?"
        " WHERE id = ?"
    )
    connection.execute(change, (end, int(now), output, errors, batch_id))
    forget_lines(connection, batch_id)
    claims.give_up(connection, batch_id)


def _result(
    connection: sqlite3.Connection, batch: Batch, is_error: bool, rest: list[bytes], now: float
) -> str | None:
    """The id of the file with a batch's errors, or its other answers, and with the `rest`.

    None if there are none.
    """
    where = "FROM batch_lines WHERE batch_id = ? AND is_error = ?"
    total = f"SELECT COALESCE(SUM(LENGTH(answer)), 0) {where}"
    (size,) = connection.execute(total, (batch.id, is_error)).fetchone()
    size += sum(map(len, rest))
    if not size:
        return None

    rows = connection.execute(f"SELECT answer {where} ORDER BY number", (batch.id, is_error))
    pieces = chain((row["answer"] for row in rows), rest)
    name = f"{batch.id}_{'error' if is_error else 'output'}.jsonl"
    seconds = batch.output_seconds
    file = files.keep(connection, batch.owner, name, "batch_output", pieces, size, seconds, now)
    return file.id
