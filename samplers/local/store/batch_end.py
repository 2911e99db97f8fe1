"""The end of a batch: its answers become two files, in one transaction with its state."""

import sqlite3
from collections.abc import Callable

from samplers.local.store import files
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
    _answer_the_rest(connection, batch_id, lambda custom_id: not_executed(custom_id, end))
    output = _result(connection, batch, False, now)
    errors = _result(connection, batch, True, now)
    change = (
        f"UPDATE batches SET status = ?, {end}_at = ?, output_file_id = ?, error_file_id = ?"
        " WHERE id = ?"
    )
    connection.execute(change, (end, int(now), output, errors, batch_id))
    forget_lines(connection, batch_id)


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
    answers = (row["answer"] for row in rows)
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
