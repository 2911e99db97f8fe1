"""What a request goes on from: its previous response, and the items that it refers to."""

import time

from samplers.local.dialects.responses.request.asked import ResponseRequest
from samplers.local.dialects.responses.state import errors
from samplers.local.store import responses
from samplers.local.store.database import Database


async def inherited(database: Database, owner: str, asked: ResponseRequest) -> list[dict]:
    """All items that the model reads: those of the previous responses, then the request's own.

    A reference becomes the item that it refers to. ApiError for what is not there, in OpenAI's
    order: conversation, prompt, previous response (facts.md, section 3).
    """
    if asked.background and not asked.store:
        raise errors.background_not_stored()
    if asked.background and asked.stream:
        raise errors.background_streamed()
    if asked.conversation is not None:
        if asked.previous is not None:
            raise errors.both_given()
        raise errors.no_such_conversation(asked.conversation)
    if asked.prompt is not None:
        raise errors.no_such_prompt(asked.prompt)

    before = [] if asked.previous is None else await _before(database, owner, asked.previous)
    return before + [await _resolved(database, owner, item) for item in asked.items]


async def _before(database: Database, owner: str, previous: str) -> list[dict]:
    response = await database.read(responses.get, owner, previous, time.time())
    if response is None:
        raise errors.no_such_previous(previous)
    if response["status"] in responses.UNFINISHED:
        raise errors.unfinished_previous(previous)
    return await database.read(responses.items_after, previous)


async def _resolved(database: Database, owner: str, item: dict) -> dict:
    if item["type"] != "item_reference":
        return item
    found = await database.read(responses.item, owner, item["id"])
    if found is None:
        raise errors.no_such_item(item["id"])
    return found
