"""Events of any form: each one is answered, and none ends the session."""

import asyncio
import json

from fuzzing import SOME
from hypothesis import given, settings
from hypothesis import strategies as st

from samplers.local.audio.recogniser import Recogniser
from samplers.local.engine.model import ServedModel, Settings
from samplers.local.realtime.client_session import ClientSession

KINDS = st.sampled_from(
    [
        "session.update",
        "conversation.item.create",
        "conversation.item.retrieve",
        "conversation.item.delete",
        "conversation.item.truncate",
        "input_audio_buffer.append",
        "input_audio_buffer.commit",
        "response.cancel",
    ]
)
NAMES = st.sampled_from(
    [
        *("type", "session", "item", "item_id", "audio", "input", "output", "content", "role"),
        *("text", "format", "transcription", "turn_detection", "instructions", "truncation"),
        *("max_output_tokens", "output_modalities", "id", "event_id", "previous_item_id", "tools"),
    ]
)
TEXTS = st.text(max_size=8) | st.sampled_from(
    ["realtime", "message", "user", "input_text", "auto", "inf", "AAAA", "\ud800"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | TEXTS, inner, max_size=4),
    max_leaves=8,
)
EVENTS = st.builds(
    lambda kind, fields: {**fields, "type": kind}, KINDS, st.dictionaries(NAMES, VALUES, max_size=4)
)
MANY = settings(SOME, max_examples=80)


@MANY
@given(event=EVENTS | VALUES)
def test_any_event(event):
    """Only sound that is appended needs no answer, when nothing is wrong with it."""

    async def answers() -> list[dict]:
        sent = []

        async def send(event: dict) -> None:
            json.dumps(event, ensure_ascii=False).encode()
            sent.append(event)

        model = ServedModel(None, None, Settings(), "m", "fp", 0)
        session = ClientSession(model, Recogniser(), send)
        await session.handle(json.dumps(event))
        await session.end()
        return sent

    sent = asyncio.run(answers())
    appended = isinstance(event, dict) and event.get("type") == "input_audio_buffer.append"
    assert sent or appended
    assert all(each.get("error", {}).get("code") != "internal_error" for each in sent)
