"""The paths under /v1/responses."""

import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from samplers.local.answer.event_stream import EventForm
from samplers.local.chats import AnswerForm, Chats
from samplers.local.dialects.responses.answer.draft import Draft
from samplers.local.dialects.responses.answer.events import events, whole
from samplers.local.dialects.responses.ids import new_id
from samplers.local.dialects.responses.request.chat_request import chat_request
from samplers.local.dialects.responses.request.read import read
from samplers.local.request.body import is_long
from samplers.local.request.job import Job
from samplers.local.store.database import Database

EVENTS = EventForm(named=True, done="", error=lambda error: error.body)


def response_routes(chats: Chats, database: Database) -> list[Route]:
    """The routes of responses that `database` keeps."""

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
        return await chats.respond(request, number, chat_request(asked, list(asked.items)), form)

    return [Route("/v1/responses", create, methods=["POST"])]
