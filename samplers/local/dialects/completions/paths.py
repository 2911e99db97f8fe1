"""The path /v1/completions."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from samplers.local.answer.event_stream import EventStream
from samplers.local.chats import Chats
from samplers.local.dialects.completions.answer import stream, whole
from samplers.local.dialects.completions.jobs import Completion, parsed, prepare
from samplers.local.request.body import is_long


def completion_routes(chats: Chats) -> list[Route]:
    """The route."""

    async def create(request: Request) -> Response:
        number = chats.arrival(request)
        async with chats.bodies.json(request) as body:
            asked = await parsed(chats.models, body, is_long(request))

        jobs, settle = await chats.admit(
            request, asked.choices, lambda: prepare(chats.models, asked)
        )
        completion = Completion(asked, jobs)
        if asked.sampling.stream:
            return EventStream(stream(completion, settle))
        return await chats.answer(request, number, whole, completion, settle)

    return [Route("/v1/completions", create, methods=["POST"])]
