"""The files of each key: functions on a connection of the Database.

`owner` is whose rows a function sees and changes, `now` the time in Unix seconds. A file that has
expired is as good as deleted, and the next file that comes removes it.
"""

import re
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

MOST_BYTES = 2 << 30  # of all files of all keys
LEAST_BYTES = 4 << 10  # that a file counts as, however small it is
PIECE = 1 << 20  # bytes that are copied at once
UNFINISHED = "status IN ('validating', 'in_progress', 'finalizing', 'cancelling')"  # a batch's
_FIELDS = "id, filename, purpose, bytes, created_at, expires_at"


class StoreFull(Exception):
    """No room for a file: all files, or those of its owner, would take too much."""


@dataclass(frozen=True)
class StoredFile:
    """A file without its content. Times are in Unix seconds."""

    id: str
    filename: str
    purpose: str
    bytes: int
    created_at: int
    expires_at: int


def add(
    connection: sqlite3.Connection,
    owner: str,
    filename: str,
    purpose: str,
    content: BinaryIO,
    seconds: int,
    now: float,
    most: int = MOST_BYTES,
) -> StoredFile:
    """Keeps what `content` holds from its start, for so many seconds.

    StoreFull if all files would take more than MOST_BYTES, or the owner's more than `most`. What
    unfinished batches have read of their files counts, too.
    """
    remove_expired(connection, now)
    size = content.seek(0, 2)
    content.seek(0)
    taken = (
        "SELECT (SELECT COALESCE(SUM(MAX(bytes, :least)), 0) FROM files WHERE {whose})"
        " + (SELECT COALESCE(SUM(input_bytes), 0) FROM batches"
        f" WHERE {{whose}} AND {UNFINISHED})"
    )
    for whose, limit in (("TRUE", MOST_BYTES), ("owner = :owner", most)):
        values = {"least": LEAST_BYTES, "owner": owner}
        (used,) = connection.execute(taken.format(whose=whose), values).fetchone()
        if used + max(size, LEAST_BYTES) > limit:
            raise StoreFull
    return keep(connection, owner, filename, purpose, _pieces(content), size, seconds, now)


def keep(
    connection: sqlite3.Connection,
    owner: str,
    filename: str,
    purpose: str,
    pieces: Iterable[bytes],
    size: int,
    seconds: int,
    now: float,
) -> StoredFile:
    """Keeps `size` bytes that come in pieces, however full the store is.

    Ids are in the order of time, so that a deleted file's id still names a place in the list.
    """
    created_at = int(now)
    file = StoredFile(
        new_id("file-", now), filename, purpose, size, created_at, created_at + seconds
    )
    row = (*vars(file).values(), owner, size)
    into = (
        f"INSERT INTO files ({_FIELDS}, owner, content) VALUES (?, ?, ?, ?, ?, ?, ?, zeroblob(?))"
    )
    number = connection.execute(into, row).lastrowid
    with connection.blobopen("files", "content", number) as blob:
        for piece in pieces:
            blob.write(piece)
    return file


def get(connection: sqlite3.Connection, owner: str, file_id: str, now: float) -> StoredFile | None:
    """The file, or None if the owner has none of this id."""
    query = f"SELECT {_FIELDS} FROM files WHERE id = ? AND owner = ? AND expires_at > ?"
    row = connection.execute(query, (file_id, owner, now)).fetchone()
    return None if row is None else StoredFile(*row)


def page(
    connection: sqlite3.Connection,
    owner: str,
    purpose: str | None,
    after: str | None,
    order: str,
    limit: int,
    now: float,
) -> list[StoredFile]:
    """At most `limit` files of a purpose (None: of all), in the `order` "asc" or "desc" by time.

    `after`: those that follow this id.
    """
    comes_after = ">" if order == "asc" else "<"
    query = (
        f"SELECT {_FIELDS} FROM files WHERE owner = ? AND expires_at > ?"
        " AND (? IS NULL OR purpose = ?)"
        f" AND (? IS NULL OR id {comes_after} ?)"
        f" ORDER BY id {'ASC' if order == 'asc' else 'DESC'} LIMIT ?"
    )
    values = (owner, now, purpose, purpose, after, after, limit)
    return [StoredFile(*row) for row in connection.execute(query, values)]


def piece(
    connection: sqlite3.Connection, owner: str, file_id: str, start: int, now: float
) -> bytes | None:
    """The content from a byte on, at most PIECE bytes; None if the file is gone."""
    query = "SELECT rowid FROM files WHERE id = ? AND owner = ? AND expires_at > ?"
    row = connection.execute(query, (file_id, owner, now)).fetchone()
    if row is None:
        return None
    with connection.blobopen("files", "content", row["rowid"], readonly=True) as blob:
        blob.seek(start)
        return blob.read(PIECE)


def input_piece(connection: sqlite3.Connection, file_id: str, start: int) -> bytes:
    """The same for a batch that reads its input, which is kept for it although it was deleted."""
    row = connection.execute("SELECT rowid FROM files WHERE id = ?", (file_id,)).fetchone()
    with connection.blobopen("files", "content", row["rowid"], readonly=True) as blob:
        blob.seek(start)
        return blob.read(PIECE)


def delete(connection: sqlite3.Connection, owner: str, file_id: str, now: float) -> None:
    """Removes the file, if it is there; at once, unless a batch still has to read it."""
    gone = "UPDATE files SET expires_at = 0 WHERE id = ? AND owner = ?"
    connection.execute(gone, (file_id, owner))
    remove_expired(connection, now)


def remove_expired(connection: sqlite3.Connection, now: float) -> None:
    """Removes what has expired, whosever it was, but for what a batch still has to read."""
    unread = "SELECT input_file_id FROM batches WHERE status = 'validating'"
    connection.execute(f"DELETE FROM files WHERE expires_at <= ? AND id NOT IN ({unread})", (now,))


def new_id(beginning: str, now: float) -> str:
    """An id that nobody can guess; the ids of one kind are in the order of time."""
    return f"{beginning}{int(1e6 * now):014x}{secrets.token_hex(4)}"


def is_id(beginning: str, text: str) -> bool:
    """Whether a text has the form of such an id."""
    return re.fullmatch(re.escape(beginning) + "[0-9a-f]{22}", text) is not None


def _pieces(content: BinaryIO) -> Iterator[bytes]:
    while data := content.read(PIECE):
        yield data
