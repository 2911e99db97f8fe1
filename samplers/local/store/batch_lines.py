"""The lines of batches, and what answers them: functions on a connection of the Database.

A batch's lines are copied out of its input file before one of them is answered. What answers them
is kept with them until the batch ends (`batch_end.py`).
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

# Bytes of answers with which a batch is full. Its file must stay below SQLite's limit, 1 GB, with
# the answers that are made at that moment (each of LONGEST_ANSWER at most).
MOST_OUTPUT = 512 << 20
LONGEST_ANSWER = 64 << 20  # bytes


@dataclass(frozen=True)
class Line:
    """A line of a batch: its `number` in the file, from 1, and the JSON that stands there.

    `tries`: how often the process ended while the line was worked on.
    """

    number: int
    custom_id: str
    request: bytes
    tries: int = 0


@dataclass(frozen=True)
class Answered:
    """The line that answers one: JSON with its line feed, for the error file or the output file."""

    content: bytes
    is_error: bool
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0


def forget_lines(connection: sqlite3.Connection, batch_id: str) -> None:
    """Removes a batch's lines and what answers them."""
    connection.execute("DELETE FROM batch_lines WHERE batch_id = ?", (batch_id,))


def add_lines(connection: sqlite3.Connection, batch_id: str, lines: Iterable[Line]) -> None:
    """Adds lines that were read from the batch's input file."""
    into = "INSERT INTO batch_lines (batch_id, number, custom_id, request) VALUES (?, ?, ?, ?)"
    rows = [(batch_id, line.number, line.custom_id, line.request) for line in lines]
    connection.executemany(into, rows)


def next_line(connection: sqlite3.Connection, batch_id: str, after: int) -> Line | None:
    """The first line behind that number which has no answer."""
    query = (
        "SELECT number, custom_id, request, tries FROM batch_lines"
        " WHERE batch_id = ? AND number > ? AND answer IS NULL ORDER BY number LIMIT 1"
    )
    row = connection.execute(query, (batch_id, after)).fetchone()
    return None if row is None else Line(*row)


def begin_line(connection: sqlite3.Connection, batch_id: str, number: int) -> bool:
    """Counts a try of a line before it is made; False if the batch has no room for its answer."""
    query = "SELECT output_bytes < ? FROM batches WHERE id = ?"
    (has_room,) = connection.execute(query, (MOST_OUTPUT, batch_id)).fetchone()
    change = "UPDATE batch_lines SET tries = tries + 1 WHERE batch_id = ? AND number = ?"
    connection.execute(change, (batch_id, number))
    return bool(has_room)


def forget_try(connection: sqlite3.Connection, batch_id: str, line: Line) -> None:
    """A try of `line` has ended without an answer, and the process has not: it does not count.

    Nor does it matter whether it was counted already.
    """
    change = "UPDATE batch_lines SET tries = ? WHERE batch_id = ? AND number = ?"
    connection.execute(change, (line.tries, batch_id, line.number))


def tried_lines(connection: sqlite3.Connection, batch_id: str) -> list[Line]:
    """The lines that have been tried, and have no answer."""
    query = (
        "SELECT number, custom_id, request, tries FROM batch_lines"
        " WHERE batch_id = ? AND tries > 0 AND answer IS NULL ORDER BY number"
    )
    return [Line(*row) for row in connection.execute(query, (batch_id,))]


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
        " output_tokens = output_tokens + ?, reasoning_tokens = reasoning_tokens + ?,"
        " output_bytes = output_bytes + ? WHERE id = ?"
    )
    tokens = (
        answered.input_tokens,
        answered.cached_tokens,
        answered.output_tokens,
        answered.reasoning_tokens,
    )
    size = 0 if answered.is_error else len(answered.content)
    values = (not answered.is_error, answered.is_error, *tokens, size, batch_id)
    connection.execute(count, values)
