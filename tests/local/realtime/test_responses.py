"""Responses of a real model, with OpenAI's SDK and with checked events."""

import base64
from importlib.util import find_spec

import numpy as np
import openai
import pytest
from realtime_events import Events, open_socket
from sounds import speech, word_error_rate

ORDER = [
    "response.created",
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "conversation.item.done",
    "response.output_item.done",
    "response.done",
    "rate_limits.updated",
]


@pytest.fixture(scope="module")
def endpoint(shallow):
    return shallow


@pytest.fixture
def session(endpoint):
    with open_socket(endpoint.base_url, endpoint.key, endpoint.model) as socket:
        events = Events(socket)
        events.receive()
        yield events


def settings(session, **changed) -> None:
    session.send("session.update", session={"type": "realtime", **changed})
    session.receive()


def say(session, text: str) -> None:
    session.say(text)
    session.until("conversation.item.done")


def answer(session, **fields) -> list[dict]:
    session.send("response.create", response=fields)
    return session.until("rate_limits.updated")


def test_a_conversation_with_the_sdk(endpoint):
    """Two questions, the second one spoken where that can be heard."""
    client = openai.OpenAI(base_url=endpoint.base_url, api_key=endpoint.key)
    with client.realtime.connect(model=endpoint.model) as connection:
        assert connection.recv().session.model == endpoint.model
        settings = {"type": "realtime", "max_output_tokens": 20, "output_modalities": ["text"]}
        connection.session.update(session=settings)
        said = [{"type": "input_text", "text": "What is the capital of France?"}]
        item = {"type": "message", "role": "user", "content": said}
        connection.conversation.item.create(item=item)
        connection.response.create()
        text = ""
        for event in connection:
            if event.type == "response.output_text.delta":
                text += event.delta
            if event.type == "response.done":
                break
        assert event.response.output[0].content[0].text == text != ""
        assert event.response.usage.total_tokens > event.response.usage.input_tokens > 10

        if find_spec("faster_whisper") is not None:  # make senses installs it
            spoken = base64.b64encode(speech(24_000).tobytes()).decode()
            connection.input_audio_buffer.append(audio=spoken)
            connection.input_audio_buffer.commit()
            connection.response.create()  # it waits until the sound is heard
            kinds = []
            for event in connection:
                kinds.append(event.type)
                assert event.type != "error", event
                if event.type.endswith("transcription.completed"):
                    assert word_error_rate(event.transcript) < 0.25
                if event.type == "response.done":
                    break
            heard = kinds.index("conversation.item.input_audio_transcription.completed")
            assert heard < kinds.index("response.output_text.delta")


def test_sound_is_heard(session):
    """Silence has no words; what was there before the buffer was cleared is not heard."""
    pytest.importorskip("faster_whisper", reason="make senses installs it")
    session.append(speech(24_000))
    session.send("input_audio_buffer.clear")
    assert session.receive()["type"] == "input_audio_buffer.cleared"
    session.append(np.zeros(36_000))
    session.send("input_audio_buffer.commit")
    committed, added, done, heard = session.until(
        "conversation.item.input_audio_transcription.completed"
    )
    assert committed["type"] == "input_audio_buffer.committed"
    assert committed["previous_item_id"] is None
    assert added["item"]["content"] == [{"type": "input_audio"}]
    assert {each["item_id"] for each in (committed, heard)} == {done["item"]["id"]}
    assert heard["transcript"] == ""
    assert heard["usage"] == {"type": "duration", "seconds": 2}

    session.send("conversation.item.retrieve", item_id=heard["item_id"])
    assert session.receive()["item"]["content"] == [{"type": "input_audio", "transcript": ""}]


def test_the_events_of_a_response(session):
    say(session, "What is the capital of France?")
    events = answer(session, metadata={"topic": "places"}, max_output_tokens=30)
    kinds = [event["type"] for event in events]
    assert list(dict.fromkeys(kinds)) == ORDER
    by_kind = {event["type"]: event for event in events}
    text = "".join(e["delta"] for e in events if e["type"] == "response.output_text.delta")
    assert by_kind["response.output_text.done"]["text"] == text
    assert by_kind["response.created"]["response"]["status"] == "in_progress"

    done = by_kind["response.done"]["response"]
    assert done["status"] in ("completed", "incomplete")  # the model draws by chance
    assert done["metadata"] == {"topic": "places"}
    (item,) = done["output"]
    assert item == by_kind["conversation.item.done"]["item"]
    assert item["content"] == [{"type": "output_text", "text": text}]
    usage = done["usage"]
    assert usage["input_tokens"] + usage["output_tokens"] == usage["total_tokens"]
    assert usage["output_token_details"]["text_tokens"] == usage["output_tokens"]


def test_an_answer_apart_and_one_that_is_cut(session):
    events = answer(
        session,
        conversation="none",
        max_output_tokens=3,
        instructions="Count to a hundred.",
        input=[],
    )
    assert not any(event["type"].startswith("conversation.item") for event in events)
    done = events[-2]["response"]
    assert "conversation_id" not in done
    assert done["status"] == "incomplete"
    assert done["status_details"] == {"type": "incomplete", "reason": "max_output_tokens"}
    assert done["usage"]["output_tokens"] == 3

    (failed,) = [event for event in answer(session) if event["type"] == "response.done"]
    assert failed["response"]["status"] == "failed"  # nothing was said
    assert "empty" in failed["response"]["status_details"]["error"]["message"]


@pytest.mark.parametrize("after", ["response.created", "response.output_text.delta"])
def test_cancel(session, after):
    say(session, "Write a very long story about a lighthouse.")
    session.send("response.create", response={"max_output_tokens": 3000})
    if after == "response.output_text.delta":
        session.until(after)
        session.send("response.create", event_id="second")
    session.send("response.cancel")
    events = session.until("response.done")
    if events[-1]["type"] == "error":
        error = events[-1]["error"]
        assert error["event_id"] == "second"
        assert error["code"] == "conversation_already_has_active_response"
        events = session.until("response.done")
    done = events[-1]["response"]
    assert done["status"] == "cancelled"
    assert done["status_details"] == {"type": "cancelled", "reason": "client_cancelled"}
    session.receive()  # rate_limits.updated
    session.send("response.cancel")
    assert session.error()["code"] == "response_cancel_not_active"


def test_the_context_bounds_the_conversation(session):
    """The oldest messages are left out; with truncation "disabled" the response fails."""
    say(session, "word " * 4_200)
    say(session, "What is the capital of France?")
    settings(session, truncation="disabled", max_output_tokens=1)
    done = answer(session)[-2]["response"]
    assert done["status"] == "failed"
    assert done["status_details"]["error"]["code"] == "context_length_exceeded"

    settings(session, truncation="auto")
    done = answer(session)[-2]["response"]
    assert 10 < done["usage"]["input_tokens"] < 50
