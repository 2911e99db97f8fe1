"""An error in the middle of a stream is its last event before [DONE]."""

import asyncio
import json

import pytest

from samplers.local.answer.event_stream import EventStream
from samplers.local.request.errors import ApiError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ApiError(500, "", kind="server_error", code="grammar_given_up"), "grammar_given_up"),
        (ZeroDivisionError(), "internal_error"),
    ],
)
def test_an_error_keeps_its_own_code(error, code):
    async def events():
        yield {"a": 1}
        raise error

    async def receive():
        await asyncio.Event().wait()

    sent = []

    async def send(message):
        sent.append(message.get("body", b"").decode())

    asyncio.run(EventStream(events())({}, receive, send))
    first, failed, done = "".join(sent).split("\n\n")[:3]
    assert json.loads(first.removeprefix("data: ")) == {"a": 1}
    assert json.loads(failed.removeprefix("data: "))["error"]["code"] == code
    assert done == "data: [DONE]"
