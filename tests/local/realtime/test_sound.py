"""The buffer for sound, and a conversation's bounds."""

import base64

import numpy as np
import pytest

from samplers.local.audio.decode import RATE
from samplers.local.realtime import conversation, sound
from samplers.local.realtime.conversation import Conversation
from samplers.local.realtime.items import Item
from samplers.local.request.errors import ApiError

SECOND = base64.b64encode(b"\1\2" * 24_000).decode()


def code(call, *arguments) -> str:
    with pytest.raises(ApiError) as caught:
        call(*arguments)
    return caught.value.body["error"]["code"]


def test_the_buffer_is_bounded(monkeypatch):
    """What was committed counts until it is heard."""
    monkeypatch.setattr(sound, "MOST_SECONDS", 3)
    buffer = sound.SoundBuffer()
    buffer.append(SECOND)
    buffer.append(SECOND)
    pcm = buffer.commit()
    assert len(pcm) == 2 * 48_000
    buffer.append(SECOND)
    assert code(buffer.append, "AAA=") == "input_audio_buffer_full"
    buffer.heard(pcm)
    buffer.append(SECOND)
    buffer.clear()
    assert code(buffer.commit) == "input_audio_buffer_commit_empty"


def test_the_rate_is_changed():
    pytest.importorskip("av", reason="make senses installs it")
    tone = np.sin(np.arange(24_000) * 2 * np.pi * 440 / 24_000) * 20_000
    heard = sound.samples(tone.astype("<i2").tobytes() + b"\0")
    assert heard.shape == (RATE,)
    assert np.abs(np.fft.rfft(heard)).argmax() == 440


def test_a_conversation_is_bounded(monkeypatch):
    """The oldest items are forgotten, but the newest one never is."""
    monkeypatch.setattr(conversation, "MOST_CHARACTERS", 10)
    monkeypatch.setattr(conversation, "MOST_ITEMS", 3)
    spoken = Conversation()
    for name in "abcd":
        spoken.add(Item(name, "user", name))
    assert [item.id for item in spoken.items()] == ["b", "c", "d"]
    assert spoken.add(Item("e", "user", "long " * 3)) is None
    assert [item.id for item in spoken.items()] == ["e"]
