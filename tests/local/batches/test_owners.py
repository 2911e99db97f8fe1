"""A worker for several owners: the batches of one whose key is removed stand still."""

import asyncio
import io
import time

from sdk_batches import END, jsonl, moderation

from samplers.local.batches.worker import Worker
from samplers.local.store import batches, files
from samplers.local.store.database import Database


async def made(database: Database, content: bytes, owner: str = "me") -> batches.Batch:
    """A new batch of moderations."""
    arguments = (owner, "a.jsonl", "batch", io.BytesIO(content), 3600, time.time())
    file = await database.write(files.add, *arguments)
    arguments = (owner, "/v1/moderations", file.id, None, 3600, 3600.0, time.time(), database.run)
    return await database.write(batches.create, *arguments)


async def ended(database: Database, batch: batches.Batch) -> batches.Batch:
    async with asyncio.timeout(60):
        while batch.status not in END:
            await asyncio.sleep(0.01)
            batch = await database.read(batches.get, batch.owner, batch.id)
    return batch


def test_a_batch_whose_owner_is_gone_waits_until_there_is_one_again(answered):
    """Those of others go on."""

    async def come_back() -> None:
        owners = ["me"]
        database = Database(None)
        content = jsonl(*[moderation(f"mine {i}") for i in range(60)])
        mine = await made(database, content)
        working = Worker((), database, lambda: owners)
        working.wake()
        while not answered:
            await asyncio.sleep(0)
        owners[:] = ["you"]
        yours = await made(database, jsonl(moderation("yours")), owner="you")
        working.wake()
        await ended(database, yours)
        stopped = sum(name.startswith("mine") for name in answered)
        more = jsonl(*[moderation(f"yours {i}") for i in range(20)])
        await ended(database, await made(database, more, owner="you"))
        assert sum(name.startswith("mine") for name in answered) == stopped
        waiting = await database.read(batches.get, "me", mine.id)
        assert waiting.status == "in_progress"

        owners[:] = ["me", "you"]
        working.wake()
        assert (await ended(database, mine)).completed == 60
        await working.end()

    asyncio.run(come_back())
    assert len(set(answered)) == 81


def test_a_batch_is_another_endpoints_only_after_its_own_has_ended(tmp_path, answered):
    """The other one may have other models and flags."""

    async def wait() -> batches.Batch:
        first, second = Database(tmp_path), Database(tmp_path)
        batch = await made(first, jsonl(moderation("a")))
        others = Worker((), second, lambda: ["me"])
        others.wake()
        await ended(second, await made(second, jsonl(moderation("b"))))
        assert answered == ["b"]
        assert (await second.read(batches.get, "me", batch.id)).status == "validating"

        first.close()
        others.wake()
        batch = await ended(second, batch)
        await others.end()
        return batch

    assert asyncio.run(wait()).completed == 1
    assert answered == ["b", "a"]
