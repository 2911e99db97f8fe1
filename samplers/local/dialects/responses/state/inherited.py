"""What a request goes on from: its previous response, and the items that it refers to."""

import time

from samplers.local.dialects.responses.request.asked import ResponseRequest
from samplers.local.dialects.responses.request.fitting import too_long
from samplers.local.dialects.responses.request.pairs import check_ids
from samplers.local.dialects.responses.state import errors
from samplers.local.request.body import BIGGEST_BODY
from samplers.local.store import responses
from samplers.local.store.database import Database


async def inherited(database: Database, owner: str, asked: ResponseRequest) -> list[dict]:
    """All items that the model reads: those of the previous responses, then the request's own.

    A reference becomes the item that it refers to: such items may have as many bytes together as a
    body. ApiError for what cannot be gone on from, or is not there.
    """
    _check(asked)
    before = [] if asked.previous is None else await _before(database, owner, asked.previous)
    return before + await _resolved(database, owner, asked.items)


def _check(asked: ResponseRequest) -> None:
    """ApiError for a state that is not kept here, in OpenAI's order (2026-08-30, third-party).

    That is: conversation, prompt, previous response.
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


async def _before(database: Database, owner: str, previous: str) -> list[dict]:
    found = await database.read(responses.go_on, owner, previous, time.time())
    if found is None:
        raise errors.no_such_previous(previous)
    status, items = found
    if status in responses.UNFINISHED:
        raise errors.unfinished_previous(previous)
    return items


async def _resolved(database: Database, owner: str, items: tuple[dict, ...]) -> list[dict]:
    ids = [item["id"] for item in items if item["type"] == "item_reference"]
    if not ids:
        return list(items)
    check_ids(items)  # before they are read: each id would bring the same item again
    try:
        found = await database.read(responses.items, owner, ids, BIGGEST_BODY)
    except responses.TooLarge:
        raise too_long() from None
    for item_id in ids:
        if item_id not in found:
            raise errors.no_such_item(item_id)
    return [found.get(item["id"], item) for item in items]
