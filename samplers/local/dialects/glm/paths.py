"""The path."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from samplers.local.chats import Chats
from samplers.local.dialects.glm.answer import answer_form
from samplers.local.dialects.glm.request import Own, read
from samplers.local.request.body import is_long
from samplers.local.request.chat import ChatRequest


def routes(chats: Chats) -> list[Route]:
    """The routes of this API."""

    async def chat_completions(request: Request) -> Response:
        own: list[Own] = []

        async def parsed(body) -> ChatRequest:
            chat_request, of_answer = await read(chats.models, body, is_long(request))
            own.append(of_answer)
            return chat_request

        return await chats.chat(request, parsed, answer_form(own))

    return [Route("/api/paas/v4/chat/completions", chat_completions, methods=["POST"])]
