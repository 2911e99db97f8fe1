"""When a response is kept: before its last event leaves, or not at all."""

import asyncio
import threading
import time
from types import SimpleNamespace

import pytest

from samplers.local.dialects.responses.state import kept
from samplers.local.dialects.responses.state.kept import Keeper
from samplers.local.request.errors import ApiError
from samplers.local.store import responses
from samplers.local.store.database import Database

ITEM = {"id": "msg_1", "type": "message"}
MADE = {"id": "resp_1", "previous_response_id": None, "status": "completed", "output": []}
LAST = {"type": "response.completed", "sequence_number": 7, "response": MADE}


@pytest.fixture
def draft(monkeypatch):
    """A draft whose response is MADE, by two events or as a whole."""

    async def events(draft, settle):
        yield {"type": "response.created", "sequence_number": 6}
        yield LAST

    async def whole(draft, settle):
        return MADE

    monkeypatch.setattr(kept, "events", events)
    monkeypatch.setattr(kept, "whole", whole)
    return SimpleNamespace(asked=SimpleNamespace(store=True, items=(ITEM,)))


async def found(database: Database) -> dict | None:
    return await database.read(responses.get, "me", "resp_1", time.time())


def test_it_is_there_with_the_last_event_and_not_before(draft, tmp_path):
    async def read() -> None:
        database = Database(tmp_path)
        stream = Keeper(database, "me", [ITEM]).events(draft, None)
        await anext(stream)
        assert await found(database) is None
        assert await anext(stream) == LAST
        assert await found(database) == MADE

    asyncio.run(read())


def test_nothing_is_kept_that_is_not_to_be(draft, tmp_path):
    draft.asked.store = False
    database = Database(tmp_path)
    assert asyncio.run(Keeper(database, "me", [ITEM]).whole(draft, None)) == MADE
    assert not database.exists()


def test_what_cannot_be_kept_has_failed(draft, tmp_path):
    (tmp_path / "file").touch()
    keeper = Keeper(Database(tmp_path / "file"), "me", [ITEM])

    async def last() -> dict:
        return [event async for event in keeper.events(draft, None)][-1]

    event = asyncio.run(last())
    assert (event["type"], event["sequence_number"]) == ("response.failed", 7)
    assert event["response"]["status"] == "failed"
    assert event["response"]["error"]["code"] == "server_error"
    assert "store failed" in event["response"]["error"]["message"]
    with pytest.raises(ApiError, match="store failed") as raised:
        asyncio.run(keeper.whole(draft, None))
    assert raised.value.status == 500


def test_a_client_that_goes_while_it_is_kept_leaves_nothing(draft, tmp_path, monkeypatch):
    begun, may_end = threading.Event(), threading.Event()
    real = responses.add

    def slowly(*arguments):
        begun.set()
        assert may_end.wait(30)
        real(*arguments)

    async def leave() -> None:
        database = Database(tmp_path)
        monkeypatch.setattr(responses, "add", slowly)
        work = asyncio.create_task(Keeper(database, "me", [ITEM]).whole(draft, None))
        assert await asyncio.to_thread(begun.wait, 30)
        work.cancel()
        await asyncio.sleep(0)
        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert await found(database) is None

    asyncio.run(leave())


def test_so_many_in_the_background_though_they_come_together(draft, tmp_path):
    database = Database(tmp_path)

    async def keep(number: int) -> None:
        queued = MADE | {"id": f"resp_{number}", "status": "queued"}
        keeper = Keeper(database, "me", [ITEM | {"id": f"msg_{number}"}])
        await keeper.keep(draft, queued, database.run)

    async def together() -> list:
        each = (keep(number) for number in range(24))
        return await asyncio.gather(*each, return_exceptions=True)

    refused = [error for error in asyncio.run(together()) if error is not None]
    assert [(error.status, error.body["error"]["code"]) for error in refused] == (
        [(429, "rate_limit_exceeded")] * 8
    )
