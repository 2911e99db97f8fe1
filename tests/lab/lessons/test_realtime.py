"""A Realtime session for the lesson: its events are kept, and an error ends the waiting."""

import pytest

from samplers.lab import open_realtime

SPEECH_OUT = {"type": "realtime", "output_modalities": ["audio"]}
HELLO = {"role": "user", "type": "message", "content": [{"type": "input_text", "text": "Hello!"}]}


def test_a_session(client):
    with open_realtime(client) as session:
        created = session.until("session.created")
        assert created["session"]["model"] == client.model
        session.send("conversation.item.create", item=HELLO)
        session.send("response.create", response={"max_output_tokens": 2})
        done = session.until("response.done")
        assert done["response"]["usage"]["output_tokens"] == 2

        session.send("session.update", session=SPEECH_OUT)
        with pytest.raises(RuntimeError, match="has no voice"):
            session.until("session.updated")

    types = [event.type for event in session.log]
    assert types[:3] == ["session.created", "conversation.item.create", "response.create"]
    assert types[-1] == "error"
    assert [event.type for event in session.log if event.sent] == [*types[1:3], "session.update"]
    times = [event.at for event in session.log]
    assert times == sorted(times)
    assert "Bearer" not in repr(vars(session))
