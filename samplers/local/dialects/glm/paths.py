"""The paths."""

from starlette.routing import Route

from samplers.local.chats import Chats


def routes(chats: Chats) -> list[Route]:
    """The routes of this API."""
    return []
