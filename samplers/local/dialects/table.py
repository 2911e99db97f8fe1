"""The providers whose APIs the endpoint speaks, and which of them a request is for."""

from starlette.datastructures import Headers
from starlette.routing import Route

from samplers.local.chats import Chats
from samplers.local.dialects import anthropic, deepseek, gemini, glm
from samplers.local.dialects.anthropic.version import HEADER as ANTHROPIC_VERSION
from samplers.local.dialects.dialect import Dialect

PROVIDERS = (anthropic, gemini, deepseek, glm)
# Anthropic lists its models on OpenAI's path; its clients say so in this header.
SHARED_PATH = "/v1/models"


def dialect_routes(chats: Chats) -> list[Route]:
    """The routes of all of them."""
    return [route for provider in PROVIDERS for route in provider.routes(chats)]


def dialect_of(scope) -> Dialect | None:
    """Whose form a request's answer has; None: OpenAI's."""
    path = scope.get("path", "")
    if path.startswith(SHARED_PATH) and ANTHROPIC_VERSION in Headers(scope=scope):
        return anthropic.DIALECT
    dialects = [provider.DIALECT for provider in PROVIDERS]
    return next((each for each in dialects if path.startswith(each.paths)), None)
