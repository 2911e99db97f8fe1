"""The calls that answer one question of a user's, to one endpoint and by one deadline."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from samplers.api.errors import APIError


@dataclass(frozen=True)
class Calls:
    """What an adapter asks with.

    `body(messages, params)` is a chat request in the form that the model takes, and
    `send(body, reader, headers=None, most_choices=None)` sends one, which is paid for. `kept`: what
    was learnt about this model; it lives as long as the client does, and threads may share it.
    `replaces`: the name of the call at our endpoint, where a newer one of that name ends it.
    """

    transport: object = field(repr=False)
    model: str
    deadline: float
    body: Callable = field(repr=False)
    send: Callable = field(repr=False)
    kept: dict = field(repr=False)
    replaces: str | None = None

    @property
    def quoted_model(self) -> str:
        """The model's name as a part of an address."""
        return quote(self.model, safe="")

    def get(self, path: str, reader: Callable, root: bool = False):
        """What `reader` makes of the JSON at a path of the endpoint, or of the server's root."""
        response = self.transport.request("GET", path, deadline=self.deadline, root=root)
        return self.transport.read(response, reader)

    def post(self, path: str, body: dict, reader: Callable, root: bool = False):
        """The same of a POST. `body` gets the model's name."""
        body = {"model": self.model, **body}
        response = self.transport.request("POST", path, body, deadline=self.deadline, root=root)
        return self.transport.read(response, reader)


def unless_refused(call: Callable, otherwise=None):
    """What `call()` returns; `otherwise` where the endpoint answers with an error.

    No answer at all is an error here, too.
    """
    try:
        return call()
    except APIError:
        return otherwise


def is_text(messages: list[dict]) -> bool:
    """Has every message a text for its content? A list of parts may hold pictures."""
    return all(isinstance(message.get("content"), str) for message in messages)
