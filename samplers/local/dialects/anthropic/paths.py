"""Anthropic's paths: messages, the count of their tokens, and the models."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from samplers.local.answer.event_stream import unless_gone
from samplers.local.answer.json_text import json_response
from samplers.local.chats import AnswerForm, Chats
from samplers.local.dialects.anthropic.errors import EVENTS
from samplers.local.dialects.anthropic.events import events
from samplers.local.dialects.anthropic.message import message
from samplers.local.dialects.anthropic.models import model_page, one_model
from samplers.local.dialects.anthropic.request import count_request, message_request
from samplers.local.dialects.anthropic.version import HEADER, version_of
from samplers.local.dialects.header_route import HeaderRoute
from samplers.local.request.body import is_long
from samplers.local.request.chat import ChatRequest
from samplers.local.request.job import prepare

MESSAGE = AnswerForm(message, events, EVENTS)


def routes(chats: Chats) -> list[Route]:
    """The routes of this API."""

    async def messages(request: Request) -> Response:
        async def read(body) -> ChatRequest:  # after the body's size: as at Anthropic
            version = version_of(request.headers)
            return await message_request(chats.models, body, version, is_long(request))

        return await chats.chat(request, read, MESSAGE)

    async def count_tokens(request: Request) -> Response:
        async with chats.bodies.json(request) as body:
            version_of(request.headers)
            asked = await count_request(chats.models, body, is_long(request))
        # The way of a message, up to its answer: so both count the same, and a prompt that is too
        # long for the one is too long for the other.
        job = await unless_gone(request.receive, prepare(chats.models, asked))
        return json_response({"input_tokens": job.prompt_tokens})

    async def all_models(request: Request) -> Response:
        version_of(request.headers)
        return json_response(model_page(chats.models, request.query_params))

    async def model_by_id(request: Request) -> Response:
        version_of(request.headers)
        return json_response(one_model(chats.models, request.path_params["model"]))

    return [
        Route("/v1/messages", messages, methods=["POST"]),
        Route("/v1/messages/count_tokens", count_tokens, methods=["POST"]),
        HeaderRoute(HEADER, "/v1/models", all_models, methods=["GET"]),
        HeaderRoute(HEADER, "/v1/models/{model:path}", model_by_id, methods=["GET"]),
    ]
