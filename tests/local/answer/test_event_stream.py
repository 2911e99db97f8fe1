"""An error in the middle of a stream is its last event before [DONE]."""

import asyncio
import json

import pytest

from samplers.local.answer.event_stream import OPENAI_EVENTS, EventForm, EventStream
from samplers.local.request.errors import ApiError


def sent_of(events, form=OPENAI_EVENTS) -> list[str]:
    """What a stream sends, in pieces that a blank line ends."""

    async def receive():
        await asyncio.Event().wait()

    sent = []

    async def send(message):
        sent.append(message.get("body", b"").decode())

    asyncio.run(EventStream(events, form)({}, receive, send))
    return "".join(sent).split("\n\n")[:-1]


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

    first, failed, done = sent_of(events())
    assert json.loads(first.removeprefix("data: ")) == {"a": 1}
    assert json.loads(failed.removeprefix("data: "))["error"]["code"] == code
    assert done == "data: [DONE]"


@pytest.mark.parametrize("error", [ApiError(500, "x"), ZeroDivisionError()])
def test_an_error_is_numbered_where_events_are(error):
    async def events():
        for number in range(3):
            yield {"type": "a", "sequence_number": number}
        raise error

    form = EventForm(True, "", lambda error: {"type": "error"}, numbered=True)
    *_, last = sent_of(events(), form)
    name, data = last.split("\n")
    assert name == "event: error"
    assert json.loads(data.removeprefix("data: ")) == {"type": "error", "sequence_number": 3}
