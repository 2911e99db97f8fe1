"""The responses of each owner, and what they go on from: functions on a connection of the Database.

A response has the items of its own input and its output; what it inherits is found by way of the
response that it goes on from. So one that is deleted, or is too old, stays as long as a later one
inherits from it, but without its body: only for the later ones. When these are gone, it goes, too.
"""

import json
import sqlite3
from collections.abc import Iterable

from samplers.local.store import claims
from samplers.local.store.files import LEAST_BYTES, StoreFull

MOST_BYTES = 200_000_000  # of all responses of all owners
SECONDS = 30 * 24 * 3600  # that a response is kept
MOST_UNFINISHED = 16  # responses in the background, of one owner
UNFINISHED = ("queued", "in_progress")  # states of a response in the background
_IS_UNFINISHED = "status IN ('queued', 'in_progress')"
# A response that can be asked for.
_THERE = "owner = ? AND body IS NOT NULL AND created_at > ?"
# The responses that one goes on from, itself the first, at depth 0.
_CHAIN = """
WITH RECURSIVE chain (id, previous, depth) AS (
    SELECT id, previous, 0 FROM responses WHERE id = ?
    UNION ALL
    SELECT responses.id, responses.previous, depth + 1
    FROM responses JOIN chain ON responses.id = chain.previous
)
"""


class TooMany(Exception):
    """An owner has MOST_UNFINISHED."""


class TooLarge(Exception):
    """What was asked for has too many bytes."""


def add(
    connection: sqlite3.Connection,
    owner: str,
    response: dict,
    inherited: list[dict],
    own: list[dict],
    now: float,
) -> None:
    """Keeps a response, which is OpenAI's object. It has read the `inherited` and its `own` items.

    Older ones make room for it: of the owner who has most, the oldest. StoreFull if that is not
    enough.
    """
    remove_old(connection, now)
    previous = response["previous_response_id"]
    query = "SELECT 1 FROM responses WHERE id = ? AND owner = ?"
    if connection.execute(query, (previous, owner)).fetchone() is None:
        own = inherited + own  # it was deleted since it was read, or there was none
        previous = None
    into = (
        "INSERT INTO responses (id, owner, previous, created_at, status, bytes)"
        " VALUES (?, ?, ?, ?, ?, 0)"
    )
    status = response["status"]
    connection.execute(into, (response["id"], owner, previous, int(now), status))
    _add_items(connection, response["id"], own, 0, False)
    _set_body(connection, response)
    _make_room(connection, response["id"])


def advance(connection: sqlite3.Connection, response: dict) -> bool:
    """Keeps the next state of a response that is unfinished. False if it is not."""
    query = f"SELECT 1 FROM responses WHERE id = ? AND {_IS_UNFINISHED}"
    if connection.execute(query, (response["id"],)).fetchone() is None:
        return False
    _set_body(connection, response)
    if response["status"] not in UNFINISHED:
        claims.give_up(connection, response["id"])
    return True


def get(connection: sqlite3.Connection, owner: str, response_id: str, now: float) -> dict | None:
    """The response, or None if the owner has none of this id."""
    query = f"SELECT body FROM responses WHERE id = ? AND {_THERE}"
    row = connection.execute(query, (response_id, owner, now - SECONDS)).fetchone()
    if row is None:
        return None
    output = "SELECT item FROM response_items WHERE response_id = ? AND is_output ORDER BY number"
    items = [json.loads(item) for (item,) in connection.execute(output, (response_id,))]
    return json.loads(row["body"]) | {"output": items}


def go_on(
    connection: sqlite3.Connection, owner: str, response_id: str, now: float
) -> tuple[str, list[dict]] | None:
    """The status of a response and what one that goes on from it inherits.

    None if the owner has none of this id.
    """
    query = f"SELECT status FROM responses WHERE id = ? AND {_THERE}"
    row = connection.execute(query, (response_id, owner, now - SECONDS)).fetchone()
    return None if row is None else (row["status"], items_after(connection, response_id))


def items_after(connection: sqlite3.Connection, response_id: str) -> list[dict]:
    """What a response that goes on from this one inherits: all items that it read, and its output.

    Instructions are none of them.
    """
    query = f"{_CHAIN} SELECT item FROM chain JOIN response_items ON response_id = chain.id"
    rows = connection.execute(f"{query} ORDER BY depth DESC, number", (response_id,))
    return [json.loads(item) for (item,) in rows]


def items_read(
    connection: sqlite3.Connection,
    owner: str,
    response_id: str,
    now: float,
    after: str | None,
    limit: int,
    order: str,
) -> list[dict] | None:
    """At most `limit` items that the response's model read; the oldest is the first by "asc".

    `after`: those that follow the item of this id. None if the owner has no such response;
    LookupError if its model read no such item.
    """
    query = f"SELECT 1 FROM responses WHERE id = ? AND {_THERE}"
    if connection.execute(query, (response_id, owner, now - SECONDS)).fetchone() is None:
        return None

    read = (
        "FROM chain JOIN response_items ON response_id = chain.id"
        " WHERE (depth > 0 OR NOT is_output)"
    )
    place = (None, None)
    if after is not None:
        query = f"{_CHAIN} SELECT depth, number {read} AND response_items.id = ?"
        place = connection.execute(query, (response_id, after)).fetchone()
        if place is None:
            raise LookupError(after)

    depth, number = ("DESC", "ASC") if order == "asc" else ("ASC", "DESC")
    is_next = "(-depth, number) > (-?, ?)" if order == "asc" else "(-depth, number) < (-?, ?)"
    # the page is found by its places: to sort the items themselves would read all of them
    query = (
        f"{_CHAIN}, page AS (SELECT depth, response_id, number {read}"
        f" AND (? OR {is_next}) ORDER BY depth {depth}, number {number} LIMIT ?)"
        " SELECT item FROM page JOIN response_items USING (response_id, number)"
        f" ORDER BY depth {depth}, number {number}"
    )
    values = (response_id, after is None, *place, limit)
    return [json.loads(item) for (item,) in connection.execute(query, values)]


def items(
    connection: sqlite3.Connection, owner: str, item_ids: Iterable[str], most_bytes: int
) -> dict[str, dict]:
    """The owner's newest kept item of each id that has one, of deleted responses, too.

    TooLarge if their JSON has more than `most_bytes` together.
    """
    query = (
        "SELECT item FROM response_items JOIN responses ON responses.id = response_id"
        " WHERE response_items.id = ? AND owner = ? ORDER BY response_id DESC LIMIT 1"
    )
    found = {}
    for item_id in item_ids:
        row = connection.execute(query, (item_id, owner)).fetchone()
        if row is not None:
            most_bytes -= len(row["item"])
            if most_bytes < 0:
                raise TooLarge
            found[item_id] = json.loads(row["item"])
    return found


def delete(connection: sqlite3.Connection, owner: str, response_id: str, now: float) -> bool:
    """Removes a response, but not what later ones inherited. False if the owner has none."""
    query = f"SELECT 1 FROM responses WHERE id = ? AND {_THERE}"
    if connection.execute(query, (response_id, owner, now - SECONDS)).fetchone() is None:
        return False
    _forget(connection, response_id)
    return True


def remove_old(connection: sqlite3.Connection, now: float) -> None:
    """Removes the responses that were kept long enough, whosever they were."""
    query = "SELECT id FROM responses WHERE created_at <= ? AND body IS NOT NULL"
    for row in connection.execute(query, (now - SECONDS,)).fetchall():
        _forget(connection, row["id"])


def unfinished(connection: sqlite3.Connection, owner: str | None = None) -> list[dict]:
    """The id, owner and run of each unfinished response of this owner; None: of all."""
    query = (
        "SELECT id, owner, run FROM responses LEFT JOIN claims ON work_id = id"
        f" WHERE {_IS_UNFINISHED} AND (? IS NULL OR owner = ?)"
    )
    return [dict(row) for row in connection.execute(query, (owner, owner))]


def check_unfinished(connection: sqlite3.Connection, owner: str) -> None:
    """TooMany if the owner can have no other response in the background."""
    if len(unfinished(connection, owner)) >= MOST_UNFINISHED:
        raise TooMany


def _add_items(
    connection: sqlite3.Connection,
    response_id: str,
    items: Iterable[dict],
    first: int,
    is_output: bool,
) -> None:
    into = (
        "INSERT INTO response_items (response_id, number, id, is_output, item)"
        " VALUES (?, ?, ?, ?, ?)"
    )
    rows = [
        (response_id, number, item["id"], is_output, _json(item))
        for number, item in enumerate(items, first)
    ]
    connection.executemany(into, rows)


def _set_body(connection: sqlite3.Connection, response: dict) -> None:
    """Keeps a state of the response: its body, and its output as items."""
    response_id = response["id"]
    output = "DELETE FROM response_items WHERE response_id = ? AND is_output"
    connection.execute(output, (response_id,))
    count = "SELECT COUNT(*) FROM response_items WHERE response_id = ?"
    (first,) = connection.execute(count, (response_id,)).fetchone()
    _add_items(connection, response_id, response["output"], first, True)
    update = "UPDATE responses SET status = ?, body = ? WHERE id = ?"
    body = _json(response | {"output": []})
    connection.execute(update, (response["status"], body, response_id))
    _count(connection, response_id)


def _count(connection: sqlite3.Connection, response_id: str) -> None:
    """Notes how much of the store a response takes."""
    size = (
        "SELECT COALESCE(LENGTH(body), 0) + (SELECT COALESCE(SUM(LENGTH(item)), 0)"
        " FROM response_items WHERE response_id = :id) FROM responses WHERE id = :id"
    )
    (taken,) = connection.execute(size, {"id": response_id}).fetchone()
    _set_bytes(connection, response_id, max(LEAST_BYTES, taken))


def _set_bytes(connection: sqlite3.Connection, response_id: str, size: int) -> None:
    """The same, and how much its owner takes: to add up all rows anew would take 7 ms."""
    query = "SELECT owner, bytes FROM responses WHERE id = ?"
    owner, before = connection.execute(query, (response_id,)).fetchone()
    connection.execute("UPDATE responses SET bytes = ? WHERE id = ?", (size, response_id))
    count = (
        "INSERT INTO response_bytes (owner, bytes) VALUES (?, ?)"
        " ON CONFLICT (owner) DO UPDATE SET bytes = bytes + excluded.bytes"
    )
    connection.execute(count, (owner, size - before))


def _make_room(connection: sqlite3.Connection, newest: str) -> None:
    # one that is being made stays: nobody would hear of its end
    query = (
        "SELECT id FROM responses WHERE owner = ? AND body IS NOT NULL AND id <> ?"
        f" AND NOT {_IS_UNFINISHED} ORDER BY id LIMIT 1"
    )
    while True:
        used = dict(connection.execute("SELECT owner, bytes FROM response_bytes").fetchall())
        if sum(used.values()) <= MOST_BYTES:
            return
        owner = max(used, key=used.get)
        row = connection.execute(query, (owner, newest)).fetchone()
        if row is None:
            raise StoreFull
        _forget(connection, row["id"])


def _forget(connection: sqlite3.Connection, response_id: str) -> None:
    """Removes a response, and what nobody can reach any more: the one before it, and so on."""
    update = "UPDATE responses SET body = NULL, status = 'deleted' WHERE id = ?"
    connection.execute(update, (response_id,))
    claims.give_up(connection, response_id)
    _count(connection, response_id)
    query = (
        "SELECT previous FROM responses WHERE id = :id AND body IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM responses WHERE previous = :id)"
    )
    while row := connection.execute(query, {"id": response_id}).fetchone():
        _set_bytes(connection, response_id, 0)
        connection.execute("DELETE FROM response_items WHERE response_id = ?", (response_id,))
        connection.execute("DELETE FROM responses WHERE id = ?", (response_id,))
        response_id = row["previous"]


def _json(value: dict) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
