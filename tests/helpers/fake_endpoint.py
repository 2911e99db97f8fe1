"""An endpoint that a test writes itself, for what no honest one sends: broken bytes, odd errors,
OpenAI's bills.
"""

import json

import httpx

from samplers.api import Client

CHUNK = {"object": "chat.completion.chunk", "model": "m"}


def fake(answer, model="m", base_url="http://127.0.0.1:9/v1", key=None, **options) -> Client:
    """A client whose requests get `answer`: a Response, an exception, or a function of the request."""

    def handle(request: httpx.Request) -> httpx.Response:
        result = answer(request) if callable(answer) else answer
        if isinstance(result, Exception):
            raise result
        return result

    return Client(base_url, key, model, transport=httpx.MockTransport(handle), **options)


def completion(text="hello", usage=(10, 5), **message) -> httpx.Response:
    """A plain answer of an honest endpoint."""
    prompt, output = usage
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "m",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text},
                "finish_reason": "stop",
                **message,
            }
        ],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": output,
            "total_tokens": prompt + output,
        },
    }
    return httpx.Response(200, json=body)


def delta(text: str, **choice) -> dict:
    """A chunk's JSON."""
    return CHUNK | {
        "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None, **choice}]
    }


def event(body: dict | str) -> bytes:
    """One server-sent event."""
    return f"data: {body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)}\n\n".encode()


class Bytes(httpx.SyncByteStream):
    """A response's bytes in the given pieces; an exception among them is raised. Knows whether it
    was closed.
    """

    def __init__(self, *pieces):
        self.pieces, self.closed = pieces, False

    def __iter__(self):
        for piece in self.pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    def close(self):
        self.closed = True


def sse(*pieces) -> httpx.Response:
    """A stream of these bytes. A piece may be an exception."""
    stream = pieces[0] if isinstance(pieces[0], Bytes) else Bytes(*pieces)
    return httpx.Response(
        200, headers={"content-type": "text/event-stream; charset=utf-8"}, stream=stream
    )
