"""An error on a provider's path has that provider's body, whoever found it: the door, a limit, …

So every other part of the endpoint knows OpenAI's errors alone. What is refused before there is a
request (`connection.py`) has OpenAI's body everywhere.
"""

import json

from starlette.datastructures import Headers, MutableHeaders

from samplers.local.address import origin_form
from samplers.local.answer.json_text import dumps
from samplers.local.dialects.dialect import Dialect
from samplers.local.dialects.table import dialect_of

OPENAI_ONLY = ("openai-version", "openai-processing-ms")  # headers


class DialectErrors:
    """ASGI: `app`, whose errors and headers on a provider's paths are the provider's."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send) -> None:
        dialect = dialect_of(origin_form(scope)) if scope["type"] == "http" else None
        if dialect is not None:
            send = _Translated(dialect, Headers(scope=scope), send)
        await self.app(scope, receive, send)


class _Translated:
    """An ASGI `send` that translates an error, and the headers of every answer."""

    def __init__(self, dialect: Dialect, request_headers: Headers, send):
        self._dialect = dialect
        self._request_headers = request_headers
        self._send = send
        self._start: dict | None = None  # of an error, until its body has come
        self._body = b""

    async def __call__(self, message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name in OPENAI_ONLY:
                del headers[name]
            headers[self._dialect.request_id] = self._request_id = _taken(headers, "x-request-id")
            if message["status"] >= 400 and headers.get("content-type") == "application/json":
                self._start = message
                return
        elif self._start is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._send_error(self._start)
            return
        await self._send(message)

    async def _send_error(self, start) -> None:
        error = json.loads(self._body)["error"]
        status = self._dialect.status(start["status"], error, self._request_headers)
        start["status"] = status
        body = dumps(self._dialect.error(status, error, self._request_id)).encode()
        MutableHeaders(scope=start)["content-length"] = str(len(body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _taken(headers: MutableHeaders, name: str) -> str:
    value = headers[name]
    del headers[name]
    return value
