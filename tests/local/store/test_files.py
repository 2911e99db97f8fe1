"""The rows of files: whose they are, their order, their age, and how much there is room for."""

import io

import pytest

from samplers.local.store import batches, files
from samplers.local.store.files import StoredFile, StoreFull

NOW = 1_800_000_000.25
HOUR = 3600
ALL = (None, None, "asc", 100, NOW)


@pytest.fixture
def add(connection):
    """A function that keeps a file of one owner."""

    def keep(
        content=b"{}\n", owner="a", purpose="batch", seconds=HOUR, now=NOW, **most: int
    ) -> StoredFile:
        content = io.BytesIO(content)
        return files.add(connection, owner, "x.jsonl", purpose, content, seconds, now, **most)

    return keep


def test_a_file_comes_back(connection, add):
    data = bytes(range(256)) * 5000  # more than one piece
    file = add(data)
    assert (file.bytes, file.created_at) == (1_280_000, 1_800_000_000)
    assert file.expires_at == 1_800_003_600
    assert files.get(connection, "a", file.id, NOW) == file

    first = files.piece(connection, "a", file.id, 0, NOW)
    rest = files.piece(connection, "a", file.id, len(first), NOW)
    assert first + rest == data
    assert files.piece(connection, "a", file.id, len(data), NOW) == b""


def test_another_owner_has_none_of_it(connection, add):
    file = add()
    assert files.get(connection, "b", file.id, NOW) is None
    assert files.page(connection, "b", *ALL) == []
    assert files.piece(connection, "b", file.id, 0, NOW) is None
    files.delete(connection, "b", file.id, NOW)
    assert files.page(connection, "a", *ALL) == [file]


def test_the_order_is_that_of_time(connection, add):
    kept = [
        add(now=NOW + second / 10, purpose="batch" if second % 2 else "vision")
        for second in range(5)
    ]
    assert files.page(connection, "a", *ALL) == kept
    assert files.page(connection, "a", None, None, "desc", 2, NOW) == [kept[4], kept[3]]
    assert files.page(connection, "a", None, kept[3].id, "desc", 2, NOW) == [kept[2], kept[1]]
    assert files.page(connection, "a", "batch", None, "asc", 9, NOW) == [kept[1], kept[3]]


def test_the_place_of_a_deleted_file_stays(connection, add):
    kept = [add(now=NOW + second) for second in range(3)]
    files.delete(connection, "a", kept[1].id, NOW)
    assert files.page(connection, "a", None, kept[1].id, "asc", 9, NOW) == [kept[2]]


def test_an_expired_file_is_gone(connection, add):
    file = add()
    late = NOW + HOUR
    assert files.get(connection, "a", file.id, late - 1) == file
    assert files.get(connection, "a", file.id, late) is None
    assert files.piece(connection, "a", file.id, 0, late) is None
    assert files.page(connection, "a", None, None, "asc", 9, late) == []

    other = add(owner="b", now=late)
    rows = connection.execute("SELECT id FROM files").fetchall()
    assert [row["id"] for row in rows] == [other.id]


def test_there_is_room_for_so_much_of_all_owners(connection, add, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 20_000)
    add(b"x" * 10_000)
    add(b"", owner="b")  # counts as 4 KiB
    with pytest.raises(StoreFull):
        add(b"x" * 8_000)
    add(b"x" * 5_000)
    add(b"x" * 20_000, now=NOW + HOUR)  # what has expired makes room


def test_there_is_room_for_so_much_of_one_owner(connection, add):
    """What unfinished batches have read counts; nothing of others does."""
    file = add(b"x" * 9_000, most=20_000)
    batches.create(connection, "a", "/v1/moderations", file.id, None, HOUR, HOUR, NOW, "run")
    with pytest.raises(StoreFull):
        add(b"", most=20_000)
    add(b"x" * 20_000, owner="b", most=20_000)
