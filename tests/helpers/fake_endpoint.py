"""An endpoint that a test writes itself, for what an honest one does not send.

Broken bytes, odd errors, OpenAI's bills.
"""

import json

import httpx

from samplers.api import Client

CHUNK = {"object": "chat.completion.chunk", "model": "m"}


def fake(answer, model="m", base_url="http://127.0.0.1:9/v1", key=None, **options) -> Client:
    """A client whose requests get `answer`: a Response, an exception or a function of a request.

    It tries again like any other, but without waiting, unless `sleep` is another function.
    """

    def handle(request: httpx.Request) -> httpx.Response:
        result = answer(request) if callable(answer) else answer
        if isinstance(result, Exception):
            raise result
        return result

    options = {"sleep": no_wait, "transport": httpx.MockTransport(handle)} | options
    return Client(base_url, key, model, **options)


def no_wait(seconds: float) -> None:
    """For a client's `sleep`."""


class Recorded:
    """An answer for `fake` that keeps the requests it is given."""

    def __init__(self, answer: httpx.Response):
        self.answer = answer
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.answer

    @property
    def bodies(self) -> list[dict]:
        """Of the requests that have one: a GET has none."""
        return [json.loads(request.content) for request in self.requests if request.content]


def completion(text="hello", usage=(10, 5), **choice) -> httpx.Response:
    """An honest endpoint's plain answer. `choice` replaces fields of its one choice."""
    prompt, output = usage
    message = {"role": "assistant", "content": text}
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", **choice}],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": output,
            "total_tokens": prompt + output,
        },
    }
    return httpx.Response(200, json=body)


def delta(text: str, **choice) -> dict:
    """A chunk's JSON. `choice` replaces fields of its one choice."""
    plain = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    return CHUNK | {"choices": [plain | choice]}


def event(body: dict | str) -> bytes:
    """One server-sent event."""
    data = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return f"data: {data}\n\n".encode()


class Body(httpx.SyncByteStream):
    """A response's bytes, cut as they are given. An exception among them is raised in its place.

    `closed`: whether the client has closed the response.
    """

    def __init__(self, *parts: bytes | Exception):
        self.parts = parts
        self.closed = False

    def __iter__(self):
        for part in self.parts:
            if isinstance(part, Exception):
                raise part
            yield part

    def close(self):
        self.closed = True


def sse(*parts: Body | bytes | Exception) -> httpx.Response:
    """A stream of these bytes: one Body, or its parts."""
    body = parts[0] if isinstance(parts[0], Body) else Body(*parts)
    headers = {"content-type": "text/event-stream; charset=utf-8"}
    return httpx.Response(200, headers=headers, stream=body)
