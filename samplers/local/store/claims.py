"""Which run works on what: functions on a connection of the Database.

A claim is of a batch, or of another work with an id, until that has ended.
"""

import sqlite3
from collections.abc import Iterable


def claim(connection: sqlite3.Connection, work_id: str, run: str) -> None:
    """This run works on it, which is new."""
    connection.execute("INSERT INTO claims (work_id, run) VALUES (?, ?)", (work_id, run))


def run_of(connection: sqlite3.Connection, work_ids: Iterable[str]) -> dict[str, str]:
    """The run of each of these works that has one."""
    query = "SELECT run FROM claims WHERE work_id = ?"
    rows = ((work_id, connection.execute(query, (work_id,)).fetchone()) for work_id in work_ids)
    return {work_id: row["run"] for work_id, row in rows if row is not None}


def take_over(connection: sqlite3.Connection, work_id: str, before: str | None, run: str) -> bool:
    """This run works on it from now on, unless it is not that of `before` any more."""
    if run_of(connection, [work_id]).get(work_id) != before:
        return False
    connection.execute("INSERT OR REPLACE INTO claims (work_id, run) VALUES (?, ?)", (work_id, run))
    return True


def give_up(connection: sqlite3.Connection, work_id: str) -> None:
    """Nobody works on it any more."""
    connection.execute("DELETE FROM claims WHERE work_id = ?", (work_id,))
