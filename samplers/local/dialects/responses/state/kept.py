"""A response that is kept before its client has it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

from samplers.local.answer.error_response import store_error
from samplers.local.chats import Settle
from samplers.local.dialects.responses.answer.draft import Draft
from samplers.local.dialects.responses.answer.events import ENDS, events, whole
from samplers.local.dialects.responses.answer.response import failed
from samplers.local.dialects.responses.state import errors
from samplers.local.keys.limits import too_many
from samplers.local.request.errors import ApiError
from samplers.local.store import claims, responses
from samplers.local.store.database import Database, StoreError
from samplers.local.store.files import StoreFull


@dataclass(frozen=True)
class Keeper:
    """Keeps what is answered to one request of `owner`, if that asks for it.

    `items` are all that the model reads: what the request inherited, then its own.
    """

    database: Database
    owner: str
    items: list[dict]

    async def whole(self, draft: Draft, settle: Settle) -> dict:
        """The response, when it is kept. ApiError if it cannot be."""
        response = await whole(draft, settle)
        await self.keep(draft, response)
        return response

    async def events(self, draft: Draft, settle: Settle) -> AsyncIterator[dict]:
        """The response's events; it is kept before the last one. If it cannot be, it has failed."""
        async with aclosing(events(draft, settle)) as stream:
            async for event in stream:
                if event["type"] in ENDS:
                    event = await self._kept(draft, event)
                yield event

    async def _kept(self, draft: Draft, event: dict) -> dict:
        try:
            await self.keep(draft, event["response"])
        except ApiError as error:
            response = failed(event["response"], error)
            return event | {"type": "response.failed", "response": response}
        return event

    async def keep(self, draft: Draft, response: dict, run: str | None = None) -> None:
        """Keeps the response; `run` goes on making it. ApiError if that fails.

        ApiError (429) if it is unfinished, as MOST_UNFINISHED of its owner are.
        """
        if not draft.asked.store:
            return
        count = len(self.items) - len(draft.asked.items)
        items = (self.items[:count], self.items[count:])
        try:
            await self.database.write(_add, self.owner, response, *items, run)
        except responses.TooMany:
            raise too_many(responses.MOST_UNFINISHED, "background responses") from None
        except StoreFull:
            raise errors.full() from None
        except StoreError as error:
            raise store_error(error) from error
        except asyncio.CancelledError:  # its client went away: it leaves nothing
            gone = self.database.write(responses.delete, self.owner, response["id"], time.time())
            await asyncio.shield(gone)
            raise


def _add(connection, owner: str, response: dict, before: list, own: list, run: str | None) -> None:
    if run is not None:
        # in this transaction: many can come together
        responses.check_unfinished(connection, owner)
    responses.add(connection, owner, response, before, own, time.time())
    if run is not None:
        claims.claim(connection, response["id"], run)
