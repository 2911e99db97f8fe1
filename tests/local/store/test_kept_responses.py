"""The rows of responses: what a chain inherits, what a removal leaves, and how much is kept."""

import pytest

from samplers.local.store import claims, responses
from samplers.local.store.files import LEAST_BYTES, StoreFull

NOW = 1_800_000_000.25


def item(item_id: str, **fields) -> dict:
    return {"id": item_id, "type": "message"} | fields


class Chat:
    """Responses of one owner, named by letters: r answers the item "r?" with the item "r!"."""

    def __init__(self, connection, owner="a"):
        self.connection = connection
        self.owner = owner

    def add(self, name: str, previous: str | None = None, now=NOW, size=1, **fields) -> dict:
        body = {
            "id": name,
            "previous_response_id": previous,
            "status": "completed",
            "output": [item(f"{name}!", text="x" * size)],
        } | fields
        inherited = [] if previous is None else responses.items_after(self.connection, previous)
        own = [item(f"{name}?")]
        responses.add(self.connection, self.owner, body, inherited, own, now)
        return body

    def get(self, name: str, now=NOW) -> dict | None:
        return responses.get(self.connection, self.owner, name, now)

    def delete(self, name: str) -> bool:
        return responses.delete(self.connection, self.owner, name, NOW)

    def knows(self, name: str) -> list[str]:
        """The ids of what one that goes on from it inherits."""
        return [each["id"] for each in responses.items_after(self.connection, name)]

    def reads(self, name: str) -> list[str]:
        return self.page(name, None, 1000, "asc")

    def page(self, name: str, after: str | None, limit: int, order: str) -> list[str] | None:
        which = (after, limit, order)
        read = responses.items_read(self.connection, self.owner, name, NOW, *which)
        return read and [each["id"] for each in read]

    def finds(self, item_id: str) -> bool:
        return item_id in responses.items(self.connection, self.owner, [item_id], 10**6)


@pytest.fixture
def chat(connection) -> Chat:
    return Chat(connection)


def rows(connection) -> tuple[int, int, int]:
    """How many responses, items and claims there are. What they take is counted right."""
    of_each = "SELECT COALESCE(SUM(bytes), 0) FROM"
    sums = [connection.execute(f"{of_each} {name}") for name in ("responses", "response_bytes")]
    assert sums[0].fetchone()[0] == sums[1].fetchone()[0]
    tables = ("responses", "response_items", "claims")
    counts = [connection.execute(f"SELECT COUNT(*) FROM {table}") for table in tables]
    return tuple(count.fetchone()[0] for count in counts)


def test_what_is_kept_comes_back(chat):
    body = chat.add("r", instructions="日本語 \x00 \u2028")
    assert chat.get("r") == body
    assert list(chat.get("r")) == list(body)
    assert chat.get("s") is None
    assert responses.get(chat.connection, "b", "r", NOW) is None


def test_a_chain_inherits_in_order(chat):
    """RE3."""
    for name, previous in (("r", None), ("s", "r"), ("t", "s"), ("u", "r")):
        chat.add(name, previous)
    assert chat.reads("t") == ["r?", "r!", "s?", "s!", "t?"]
    assert chat.knows("t") == ["r?", "r!", "s?", "s!", "t?", "t!"]
    assert chat.knows("u") == ["r?", "r!", "u?", "u!"]
    assert rows(chat.connection)[1] == 8  # each item once


def test_pages_of_what_was_read(chat):
    for name, previous in (("r", None), ("s", "r"), ("t", "s")):
        chat.add(name, previous)
    every = ["r?", "r!", "s?", "s!", "t?"]
    for order, ids in (("asc", every), ("desc", every[::-1])):
        for limit in (1, 2, 9):
            assert chat.page("t", None, limit, order) == ids[:limit]
            for number, after in enumerate(ids, 1):
                assert chat.page("t", after, limit, order) == ids[number : number + limit]
    for other in ("t!", "x"):
        with pytest.raises(LookupError):
            chat.page("t", other, 1, "asc")
    chat.delete("t")
    assert chat.page("t", None, 1, "asc") is None


def test_a_page_reads_only_its_items(chat):
    chat.add("r", size=5)
    chat.add("s", "r")
    chat.connection.execute("UPDATE response_items SET item = '{' WHERE id = 'r!'")  # no JSON
    assert chat.page("s", None, 1, "desc") == ["s?"]
    assert chat.page("s", None, 1, "asc") == ["r?"]


def test_a_deleted_one_is_gone_but_not_what_later_ones_inherited(chat):
    """RE5."""
    for name, previous in (("r", None), ("s", "r"), ("t", "s")):
        chat.add(name, previous)
    known = chat.knows("t")
    assert chat.delete("r")
    assert chat.get("r") is None
    assert not chat.delete("r")
    assert chat.delete("s")
    assert chat.get("t") is not None
    assert chat.knows("t") == known
    assert chat.finds("r?")

    assert chat.delete("t")
    assert rows(chat.connection) == (0, 0, 0)
    assert not chat.finds("r?")


def test_nobody_deletes_what_is_anothers(connection, chat):
    chat.add("r")
    other = Chat(connection, "b")
    assert not other.delete("r")
    assert not other.finds("r?")
    assert chat.get("r") is not None


def test_a_branch_stays_when_the_other_one_goes(chat):
    for name, previous in (("r", None), ("s", "r"), ("t", "r")):
        chat.add(name, previous)
    for name in ("r", "s"):
        chat.delete(name)
    assert chat.knows("t") == ["r?", "r!", "t?", "t!"]
    assert rows(chat.connection) == (2, 4, 0)


def test_one_that_is_deleted_while_a_later_one_is_made(chat):
    """What the later one has read is kept with it."""
    chat.add("r")
    inherited = responses.items_after(chat.connection, "r")
    chat.delete("r")
    body = {"id": "s", "previous_response_id": "r", "status": "completed", "output": []}
    responses.add(chat.connection, "a", body, inherited, [item("s?")], NOW)
    assert chat.knows("s") == ["r?", "r!", "s?"]
    assert chat.get("s")["previous_response_id"] == "r"


def test_one_to_go_on_from(chat):
    chat.add("r")
    assert responses.go_on(chat.connection, "a", "r", NOW) == (
        "completed",
        [item("r?"), item("r!", text="x")],
    )
    assert responses.go_on(chat.connection, "b", "r", NOW) is None
    chat.add("s", "r")
    chat.delete("r")
    assert responses.go_on(chat.connection, "a", "r", NOW) is None


def test_thirty_days(chat):
    chat.add("r")
    late = NOW + responses.SECONDS
    chat.add("s", "r", now=NOW + 100)
    assert chat.get("r", late - 1) is not None
    assert chat.get("r", late) is None
    chat.add("t", now=late)  # which removes it
    assert chat.get("r") is None
    assert chat.knows("s") == ["r?", "r!", "s?", "s!"]

    responses.remove_old(chat.connection, late + 100)
    assert rows(chat.connection) == (1, 2, 0)


def test_the_oldest_of_whoever_has_most_make_room(connection, chat, monkeypatch):
    monkeypatch.setattr(responses, "MOST_BYTES", 10 * LEAST_BYTES)
    other = Chat(connection, "b")
    other.add("r0")
    for number in range(1, 9):
        chat.add(f"r{number}")
    chat.add("r9", size=3 * LEAST_BYTES)
    assert [number for number in range(1, 10) if chat.get(f"r{number}")] == [4, 5, 6, 7, 8, 9]
    assert other.get("r0") is not None


def test_one_that_is_being_made_makes_no_room(chat, monkeypatch):
    monkeypatch.setattr(responses, "MOST_BYTES", 3 * LEAST_BYTES)
    chat.add("r1", status="queued")
    for number in range(2, 6):
        chat.add(f"r{number}")
    assert [number for number in range(1, 6) if chat.get(f"r{number}")] == [1, 4, 5]


def test_room_is_made_in_a_long_conversation_as_soon_as_in_a_short_one(chat, monkeypatch):
    """Those that left only what later ones inherit are not looked at again."""
    monkeypatch.setattr(responses, "MOST_BYTES", 20_000)
    monkeypatch.setattr(responses, "LEAST_BYTES", 1)
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    def add(number: int) -> int:
        """The steps of SQLite's machine."""
        nonlocal steps
        steps = 0
        previous = f"r{number - 1:04}" if number else None
        body = {"id": f"r{number:04}", "previous_response_id": previous, "status": "completed"}
        responses.add(chat.connection, "a", body | {"output": []}, [], [item("r?")], NOW)
        return steps

    chat.connection.set_progress_handler(count, 1)
    alone = add(0)
    for number in range(1, 600):
        last = add(number)
    assert chat.get("r0000") is None
    assert last < 10 * alone


def test_a_conversation_that_alone_is_too_large(chat, monkeypatch):
    monkeypatch.setattr(responses, "MOST_BYTES", 10 * LEAST_BYTES)
    chat.add("r", size=6 * LEAST_BYTES)
    with pytest.raises(StoreFull):
        chat.add("s", "r", size=6 * LEAST_BYTES)


def test_an_item_is_found_by_its_id_the_newest_first(chat):
    chat.add("r")
    chat.add("s", output=[item("r!", text="newer")])
    found = responses.items(chat.connection, "a", ["r!", "nothing", "s?"], 10**6)
    assert list(found) == ["r!", "s?"]
    assert found["r!"]["text"] == "newer"


def test_items_are_read_up_to_a_size(chat):
    ids = [f"{chat.add(name, size=1000)['id']}!" for name in "rst"]
    assert list(responses.items(chat.connection, "a", ids, 4000)) == ids
    with pytest.raises(responses.TooLarge):
        responses.items(chat.connection, "a", ids, 2000)


def test_the_states_of_one_in_the_background(chat):
    queued = chat.add("r", status="queued", output=[])
    claims.claim(chat.connection, "r", "run")
    assert responses.unfinished(chat.connection) == [{"id": "r", "owner": "a", "run": "run"}]
    assert responses.unfinished(chat.connection, "b") == []
    assert responses.advance(chat.connection, queued | {"status": "in_progress"})
    done = queued | {"status": "completed", "output": [item("r!")]}
    assert responses.advance(chat.connection, done)
    assert chat.get("r") == done
    assert chat.knows("r") == ["r?", "r!"]
    assert not responses.advance(chat.connection, queued | {"status": "cancelled"})
    assert chat.get("r") == done
    assert rows(chat.connection) == (1, 2, 0)


def test_one_in_the_background_that_is_deleted(chat):
    queued = chat.add("r", status="queued", output=[])
    claims.claim(chat.connection, "r", "run")
    chat.delete("r")
    assert not responses.advance(chat.connection, queued | {"status": "in_progress"})
    assert rows(chat.connection) == (0, 0, 0)


def test_long_chains_are_read_and_removed(chat):
    previous = None
    for number in range(2000):
        body = {"id": f"r{number}", "previous_response_id": previous, "status": "completed"}
        own = [item(f"r{number}?")]
        responses.add(chat.connection, "a", body | {"output": []}, [], own, NOW)
        previous = body["id"]
    assert chat.knows("r1999") == [f"r{number}?" for number in range(2000)]
    for number in range(2000):
        chat.delete(f"r{number}")
    assert rows(chat.connection) == (0, 0, 0)
