"""A client of Realtime that checks every event against OpenAI's SDK and OpenAI's API file."""

import base64
import json
from functools import cache

import numpy as np
import wirecheck
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter
from websockets.sync.client import ClientConnection, connect

KEY = "sk-of-the-sockets"
MODEL = "no-model"  # of the endpoint in tests/local/realtime/conftest.py
_checked: set[str] = set()  # the types that fit OpenAI's API file: once each, as it takes a while
SAID = {"type": "message", "role": "user"}


@cache
def _types() -> TypeAdapter:
    return TypeAdapter(RealtimeServerEvent)


class Events:
    """An open session: sends events, and receives checked ones."""

    def __init__(self, socket: ClientConnection):
        self.socket = socket

    def send(self, kind: str, **fields) -> None:
        self.socket.send(json.dumps({"type": kind, **fields}))

    def say(self, text: str, **fields) -> None:
        content = [{"type": "input_text", "text": text}]
        self.send("conversation.item.create", item={**SAID, "content": content}, **fields)

    def append(self, samples: np.ndarray) -> None:
        """Sends sound, in pieces that cut a sample in two."""
        sound = samples.astype("<i2").tobytes()
        for start in range(0, len(sound), 100_001):
            piece = base64.b64encode(sound[start : start + 100_001]).decode()
            self.send("input_audio_buffer.append", audio=piece)

    def receive(self) -> dict:
        """The next event."""
        event = json.loads(self.socket.recv(timeout=60))
        typed = _types().validate_python(event)
        assert typed.type == event["type"]
        assert event["event_id"]
        if event["type"] not in _checked and wirecheck.FILE.exists():
            wirecheck.check("RealtimeServerEvent", event)
            _checked.add(event["type"])
        return event

    def until(self, *kinds: str) -> list[dict]:
        """The events up to the first one of these types, or the first error."""
        events = [self.receive()]
        while events[-1]["type"] not in (*kinds, "error"):
            events.append(self.receive())
        return events

    def error(self) -> dict:
        """The next event's error; the event must be one."""
        event = self.receive()
        assert event["type"] == "error", event
        return event["error"]


def open_socket(base_url: str, key: str, model: str, **options) -> ClientConnection:
    """A WebSocket to /realtime of an endpoint."""
    address = base_url.replace("http", "ws", 1)
    headers = {"Authorization": f"Bearer {key}"}
    return connect(f"{address}/realtime?model={model}", additional_headers=headers, **options)
