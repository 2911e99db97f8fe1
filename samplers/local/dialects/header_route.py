"""A route on a path that OpenAI's API has, too, for the requests with a provider's header."""

from starlette.datastructures import Headers
from starlette.routing import Match, Route


class HeaderRoute(Route):
    """Starlette's route, for requests with the `header`; OpenAI's route has the others."""

    def __init__(self, header: str, *args, **options):
        super().__init__(*args, **options)
        self.header = header

    def matches(self, scope):
        """Starlette's own match, unless the header is missing."""
        if scope["type"] == "http" and self.header not in Headers(scope=scope):
            return Match.NONE, {}
        return super().matches(scope)
