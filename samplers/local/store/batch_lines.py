"""The lines of batches, and what answers them: functions on a connection of the Database.

A batch's lines are copied out of its input file before one of them is answered. What answers them
is kept with them until the batch ends (`batch_end.py`).
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass


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
