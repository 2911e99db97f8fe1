"""The paths under /v1/responses."""

import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from samplers.local.answer.event_stream import EventForm, unless_gone
from samplers.local.answer.json_text import json_response
from samplers.local.chats import AnswerForm, Chats
from samplers.local.dialects.responses.answer.draft import Draft
from samplers.local.dialects.responses.answer.events import events, whole
from samplers.local.dialects.responses.ids import new_id
from samplers.local.dialects.responses.request.abilities import check_abilities
from samplers.local.dialects.responses.request.asked import ResponseRequest
from samplers.local.dialects.responses.request.fitting import fitting
from samplers.local.dialects.responses.request.read import read, read_count
from samplers.local.request.body import is_long
from samplers.local.request.chat import ChatRequest
from samplers.local.request.job import Job, prepare
from samplers.local.store.database import Database

EVENTS = EventForm(named=True, done="", error=lambda error: error.body)


def response_routes(chats: Chats, database: Database) -> list[Route]:
    """The routes of responses that `database` keeps."""

    async def chat_of(asked: ResponseRequest) -> ChatRequest:
        check_abilities(asked)
        return await fitting(asked, list(asked.items))

    async def create(request: Request) -> Response:
        number = chats.arrival(request)
        async with chats.bodies.json(request) as body:
            asked = await read(chats.models, body, is_long(request))

        def draft(job: Job) -> Draft:
            return Draft(new_id("resp"), int(time.time()), asked, job)

        form = AnswerForm(
            lambda job, settle: whole(draft(job), settle),
            lambda job, settle: events(draft(job), settle),
            EVENTS,
        )
        chat = await unless_gone(request.receive, chat_of(asked))
        return await chats.respond(request, number, chat, form)

    async def count_tokens(request: Request) -> Response:
        async with chats.bodies.json(request) as body:
            asked = await read_count(chats.models, body, is_long(request))
        # The way of a response, up to its answer: so both count the same, and refuse the same.
        chat = await unless_gone(request.receive, chat_of(asked))
        job = await unless_gone(request.receive, prepare(chats.models, chat))
        return json_response({"object": "response.input_tokens", "input_tokens": job.prompt_tokens})

    return [
        Route("/v1/responses", create, methods=["POST"]),
        Route("/v1/responses/input_tokens", count_tokens, methods=["POST"]),
    ]
