"""The paths under /v1/responses."""

import asyncio
import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from samplers.local.answer.error_response import error_response
from samplers.local.answer.event_stream import EventStream, unless_gone
from samplers.local.answer.json_text import json_response
from samplers.local.answer.stored.page import page
from samplers.local.chats import Chats, Settle
from samplers.local.dialects.responses.answer.draft import new_draft
from samplers.local.dialects.responses.answer.events import EVENTS
from samplers.local.dialects.responses.request.abilities import check_abilities
from samplers.local.dialects.responses.request.asked import ResponseRequest
from samplers.local.dialects.responses.request.fitting import fitting
from samplers.local.dialects.responses.request.read import read, read_count
from samplers.local.dialects.responses.state import errors
from samplers.local.dialects.responses.state.background import Background, fail_ended
from samplers.local.dialects.responses.state.inherited import inherited
from samplers.local.dialects.responses.state.kept import Keeper
from samplers.local.dialects.responses.state.query import check_retrieve, item_list
from samplers.local.key import owner_of
from samplers.local.keys.limits import in_turn
from samplers.local.request.body import is_long
from samplers.local.request.errors import bad_request, not_offered
from samplers.local.request.job import Job, prepare
from samplers.local.store import responses
from samplers.local.store.database import Database


def response_routes(chats: Chats, database: Database) -> list[BaseRoute]:
    """The routes of responses that `database` keeps. Each owner sees their own alone."""
    background = Background(database)

    async def jobs(asked: ResponseRequest, items: list[dict]) -> list[Job]:
        return [await prepare(chats.models, await fitting(asked, items))]

    async def create(request: Request) -> Response:
        number = chats.arrival(request)
        async with chats.bodies.json(request) as body:
            asked = await read(chats.models, body, is_long(request))
        owner = owner_of(request.scope)
        items = await inherited(database, owner, asked)
        keeper = Keeper(database, owner, items)

        async def whole(job: Job, settle: Settle) -> dict:
            if asked.background:
                return await background.begin(keeper, new_draft(asked, job), settle)
            return await keeper.whole(new_draft(asked, job), settle)

        check_abilities(asked)
        (job,), settle = await chats.admit(request, 1, lambda: jobs(asked, items))
        if asked.stream:
            return EventStream(keeper.events(new_draft(asked, job), settle), EVENTS)
        return await chats.answer(request, number, whole, job, settle)

    async def count_tokens(request: Request) -> Response:
        async with chats.bodies.json(request) as body:
            asked = await read_count(chats.models, body, is_long(request))
        # The way of a response, up to its answer: so both count the same, and refuse the same.
        items = await inherited(database, owner_of(request.scope), asked)
        check_abilities(asked)
        await in_turn(request)
        (job,) = await unless_gone(request.receive, jobs(asked, items))
        return json_response({"object": "response.input_tokens", "input_tokens": job.prompt_tokens})

    async def one_response(request: Request) -> Response:
        if request.method == "DELETE":
            return await delete(request)
        check_retrieve(request.query_params)
        return await asyncio.to_thread(json_response, await _there(request))

    async def delete(request: Request) -> Response:
        response_id = request.path_params["response_id"]
        owner = owner_of(request.scope)
        if not await database.write(responses.delete, owner, response_id, time.time()):
            raise errors.no_such_response(response_id)
        background.stop(response_id)
        return json_response({"id": response_id, "object": "response", "deleted": True})

    async def input_items(request: Request) -> Response:
        asked = item_list(request.query_params)
        response_id = request.path_params["response_id"]
        of = (owner_of(request.scope), response_id, time.time())
        # one more than is shown, which says that there are more
        which = (asked.after, asked.limit + 1, asked.order)
        try:
            items = await database.read(responses.items_read, *of, *which)
        except LookupError:
            message = f"No item found with id '{asked.after[:200]}'."
            raise bad_request(message, "after") from None
        if items is None:
            raise errors.no_such_response(response_id)
        return await asyncio.to_thread(json_response, page(items, asked.limit))

    async def cancel(request: Request) -> Response:
        response = await _there(request)
        if not response.get("background"):
            raise errors.not_in_background()
        cancelled = response | {"status": "cancelled"}
        if await database.write(responses.advance, cancelled):
            background.stop(response["id"])
            return json_response(cancelled)
        return json_response(await _there(request))  # it has ended

    async def _there(request: Request) -> dict:
        """The response that the path names. ApiError (404) if its owner has none of this id."""
        response_id = request.path_params["response_id"]
        of = (owner_of(request.scope), response_id)
        response = await database.read(responses.get, *of, time.time())
        if response is not None and response["status"] in responses.UNFINISHED:
            await fail_ended(database)
            response = await database.read(responses.get, *of, time.time())
        if response is None:
            raise errors.no_such_response(response_id)
        return response

    async def compact(request: Request) -> Response:
        instead = "To go on with fewer tokens, set 'truncation' to 'auto'."
        raise not_offered("/v1/responses/compact", instead)

    async def conversations(request: Request) -> Response:
        instead = "To go on with a conversation, name its last response as 'previous_response_id'."
        raise not_offered("/v1/conversations", instead)

    async def web_socket(socket: WebSocket) -> None:
        instead = "Send each request with POST /v1/responses."
        error = not_offered("a WebSocket of /v1/responses", instead)
        await socket.send_denial_response(error_response(error))

    everything = ["GET", "POST", "DELETE"]
    one = "/v1/responses/{response_id}"
    return [
        Route("/v1/responses", create, methods=["POST"]),
        WebSocketRoute("/v1/responses", web_socket),
        Route("/v1/responses/input_tokens", count_tokens, methods=["POST"]),
        Route("/v1/responses/compact", compact, methods=["POST"]),
        Route(one, one_response, methods=["GET", "DELETE"]),
        Route(f"{one}/input_items", input_items, methods=["GET"]),
        Route(f"{one}/cancel", cancel, methods=["POST"]),
        Route("/v1/conversations", conversations, methods=everything),
        Route("/v1/conversations/{rest:path}", conversations, methods=everything),
    ]
