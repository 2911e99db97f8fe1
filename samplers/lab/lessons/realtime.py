"""A session of the Realtime API, whose events are kept with their times."""

import time
from dataclasses import dataclass

import httpx

from samplers.api import Client


@dataclass(frozen=True)
class RealtimeEvent:
    """An event, `at` seconds after the session was opened. `sent`: by us, not by the endpoint."""

    at: float
    sent: bool
    type: str
    body: dict


class RealtimeSession:
    """An open session. `log` holds all events in their order. Close it, or use `with`."""

    def __init__(self, client: Client):
        from openai import OpenAI  # here: it takes half a second

        self._sdk = OpenAI(base_url=client.base_url, api_key="-")
        self._connection = self._sdk.realtime.connect(
            model=client.model, extra_headers=_signature(client)
        ).enter()
        self._begin = time.monotonic()
        self.log: list[RealtimeEvent] = []

    def send(self, type: str, **fields) -> None:
        """Send an event of ours."""
        event = {"type": type, **fields}
        self._note(sent=True, event=event)
        self._connection.send(event)

    def until(self, type: str) -> dict:
        """Wait for the endpoint's next event of this type, and return it.

        RuntimeError with the endpoint's message if an `error` comes first.
        """
        while True:
            event = self._connection.recv().to_dict()
            self._note(sent=False, event=event)
            if event["type"] == type:
                return event
            if event["type"] == "error":
                raise RuntimeError(event["error"]["message"])

    def close(self) -> None:
        self._connection.close()
        self._sdk.close()

    def __enter__(self) -> "RealtimeSession":
        return self

    def __exit__(self, *error) -> None:
        self.close()

    def _note(self, sent: bool, event: dict) -> None:
        at = time.monotonic() - self._begin
        self.log.append(RealtimeEvent(at, sent, event["type"], event))


def _signature(client: Client) -> dict[str, str]:
    """The header that has the client's key: the SDK would take no key that it cannot read."""
    request = httpx.Request("GET", client.base_url)
    client.auth.sign(request)
    value = request.headers.get("Authorization")
    return {} if value is None else {"Authorization": value}


def open_realtime(client: Client) -> RealtimeSession:
    """A session of Realtime with the model of `client`, by OpenAI's SDK. The key is not shown.

    The first event to come is session.created.
    """
    return RealtimeSession(client)
