"""Responses that are made in the background, while their clients poll."""

import asyncio
import logging
import time
from dataclasses import replace

from samplers.local.chats import Settle
from samplers.local.dialects.responses.answer.draft import Draft
from samplers.local.dialects.responses.answer.events import whole
from samplers.local.dialects.responses.answer.response import failed, response
from samplers.local.dialects.responses.state.kept import Keeper
from samplers.local.engine.fair import Places
from samplers.local.request.errors import ApiError, server_error
from samplers.local.store import responses
from samplers.local.store.database import Database, StoreError

AT_ONCE = 2  # that are made at the same time, of all owners, who take turns
PATIENCE = 5.0  # seconds that one waits for a moment without live requests
PAUSE = 10.0  # seconds after a failure of the database
ENDED = ApiError(500, "The endpoint ended while it worked on this response.")

log = logging.getLogger("samplers.local")


class Background:
    """Makes responses that `database` keeps, as long as this process lives."""

    def __init__(self, database: Database):
        self._database = database
        self._places = Places({"any": AT_ONCE})
        self._tasks: dict[str, asyncio.Task] = {}

    async def begin(self, keeper: Keeper, draft: Draft, settle: Settle) -> dict:
        """The queued response, which is kept; it is made from now on. ApiError as of `keep`."""
        draft = replace(draft, job=replace(draft.job, background=True))
        queued = response(draft, "queued", [])
        await keeper.keep(draft, queued, self._database.run)
        task = asyncio.create_task(self._make(draft, settle))
        self._tasks[draft.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(draft.id))
        return queued

    def stop(self, response_id: str) -> None:
        """Makes it no longer, if it was under way here."""
        if response_id in self._tasks:
            self._tasks[response_id].cancel()

    async def _make(self, draft: Draft, settle: Settle) -> None:
        async with self._places.take(["any"], draft.job.owner):
            await draft.job.model.engine.slots.quiet(PATIENCE)
            if await self._change(response(draft, "in_progress", [])):
                await self._change(await self._made(draft, settle))

    async def _made(self, draft: Draft, settle: Settle) -> dict:
        try:
            return await whole(draft, settle)
        except ApiError as error:
            return failed(response(draft, "in_progress", []), error)
        except Exception:
            log.exception("a response in the background failed")
            return failed(response(draft, "in_progress", []), server_error())

    async def _change(self, state: dict) -> bool:
        """Keeps the next state; False if nobody wants the response any more."""
        while True:
            try:
                return await self._database.write(responses.advance, state)
            except StoreError:  # the disk is full, perhaps for a while; it is in the log
                await asyncio.sleep(PAUSE)


async def fail_ended(database: Database) -> None:
    """Fails the unfinished responses of endpoints that have ended. It never fails itself."""
    if not database.exists():
        return
    try:
        for found in await database.read(responses.unfinished):
            if not await database.goes_on(found["run"]):
                await database.write(_fail, found["owner"], found["id"])
    except StoreError:
        pass  # it is in the log


def _fail(connection, owner: str, response_id: str) -> None:
    found = responses.get(connection, owner, response_id, time.time())
    if found is not None:
        responses.advance(connection, failed(found, ENDED))
