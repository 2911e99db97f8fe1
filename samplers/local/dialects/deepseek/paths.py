"""The paths. DeepSeek still takes its older ones under /v1: seen in 2026-03 and 2026-09."""

import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from samplers.local.answer.json_text import json_response
from samplers.local.answer.models import model_list
from samplers.local.chats import Chats
from samplers.local.dialects.deepseek.answer import FORM
from samplers.local.dialects.deepseek.request import IGNORED, ignored, read
from samplers.local.request.body import is_long
from samplers.local.request.chat import ChatRequest

PREFIXES = ("/deepseek", "/deepseek/v1")
LONGEST_HEADER = 300  # characters


def _shown(names: list[str]) -> str:
    """The names as JSON, as many as a header should hold, and how many more there are."""
    shown: list[str] = []
    for name in names:
        if len(json.dumps([*shown, name])) > LONGEST_HEADER:
            return json.dumps([*shown, f"… {len(names) - len(shown)} more"])
        shown.append(name)
    return json.dumps(shown)


def routes(chats: Chats) -> list[Route]:
    """The routes of this API."""

    async def chat_completions(request: Request) -> Response:
        names: list[str] = []

        async def parsed(body) -> ChatRequest:
            chat_request = await read(chats.models, body, is_long(request))
            names.extend(ignored(body))
            return chat_request

        response = await chats.chat(request, parsed, FORM)
        if names:
            response.headers[IGNORED] = _shown(names)
        return response

    async def models(request: Request) -> Response:
        return json_response(model_list(chats.models))

    return [
        route
        for prefix in PREFIXES
        for route in (
            Route(f"{prefix}/chat/completions", chat_completions, methods=["POST"]),
            Route(f"{prefix}/models", models, methods=["GET"]),
        )
    ]
