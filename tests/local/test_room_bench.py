"""`tests/bench/room.py`: its learners and its chat ask a real endpoint, and errors are counted."""

import asyncio

from tests.bench import learners, lesson
from tests.bench.learners import CHAT, LEARN, Room, waits


def test_learners_and_the_chat_get_answers(endpoint, monkeypatch):
    monkeypatch.setattr(learners, "THINK", 0.05)
    monkeypatch.setattr(learners, "CHAT_EVERY", 0.5)
    monkeypatch.setattr(learners, "CHAT_TOKENS", 4)
    steps = lesson.steps()
    room = Room(endpoint.base_url, endpoint.model, [endpoint.key], steps, seed=1)
    asyncio.run(room.run(2, 1.0))
    found = waits(room.answers)
    assert found[CHAT]["count"] == 2
    assert found[LEARN]["count"] > 2
    assert not any(kind["errors"] for kind in found.values()), found


def test_what_is_refused_is_an_error(endpoint, monkeypatch):
    monkeypatch.setattr(learners, "THINK", 0.05)
    room = Room(endpoint.base_url, endpoint.model, ["no-such-key"], lesson.steps(), seed=1)
    asyncio.run(room.run(1, 0.3))
    refused = waits(room.answers)[LEARN]
    assert refused["errors"] == refused["count"] > 0
