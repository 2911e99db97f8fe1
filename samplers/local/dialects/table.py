"""The providers whose APIs the endpoint speaks, and which of them a request is for."""

from starlette.datastructures import Headers
from starlette.routing import Route

from samplers.local.chats import Chats
from samplers.local.dialects import anthropic, deepseek, gemini, glm
from samplers.local.dialects.anthropic.version import HEADER as ANTHROPIC_VERSION
from samplers.local.dialects.dialect import Dialect

PROVIDERS = (anthropic, gemini, deepseek, glm)
# Anthropic and Google list their models on OpenAI's path; a header of their clients says so.
SHARED_PATH = "/v1/models"


def dialect_routes(chats: Chats) -> list[Route]:
    """The routes of all of them."""
    return [route for provider in PROVIDERS for route in provider.routes(chats)]


def dialect_of(scope) -> Dialect | None:
    """Whose form a request's answer has; None: OpenAI's."""
    path = scope.get("path", "")
    if path.startswith(SHARED_PATH):
        return _of_shared_path(scope)
    dialects = [provider.DIALECT for provider in PROVIDERS]
    return next((each for each in dialects if path.startswith(each.paths)), None)


def _of_shared_path(scope) -> Dialect | None:
    headers = Headers(scope=scope)
    if ANTHROPIC_VERSION in headers:
        return anthropic.DIALECT
    # OpenAI has no POST there, Google has its methods
    if gemini.KEY in headers or scope.get("method") == "POST":
        return gemini.DIALECT
    return None
