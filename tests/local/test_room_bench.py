"""`tests/bench/room.py`: its learners and its chat ask a real endpoint, and errors are counted."""

import asyncio
import json
import sys

import pytest

from tests.bench import learners, lesson, room, speeds
from tests.bench.learners import CHAT, LEARN, Room, waits


@pytest.fixture(scope="module")
def endpoint(shallow):
    return shallow


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch):
    """So that a bench takes seconds. Its numbers then mean nothing."""
    monkeypatch.setattr(learners, "THINK", 0.05)
    monkeypatch.setattr(learners, "CHAT_EVERY", 0.5)
    monkeypatch.setattr(learners, "CHAT_TOKENS", 4)
    monkeypatch.setattr(speeds, "STREAMS", (1, 2))
    monkeypatch.setattr(speeds, "TOKENS", 4)
    monkeypatch.setattr(speeds, "ROUNDS", 1)


def test_a_server_at_an_address_is_measured(endpoint, monkeypatch, tmp_path, capsys):
    """The guide's command, of its section "Beyond a room"."""
    path = tmp_path / "mine.json"
    monkeypatch.setenv("SAMPLERS_API_KEY", endpoint.key)
    monkeypatch.setattr(sys, "argv", ["room", "--base-url", endpoint.base_url, "--save", str(path)])
    sys.argv += ["--learners", "2", "--seconds", "1"]
    room.main()
    measured = json.loads(path.read_text("utf-8"))
    found = measured["waits"]
    assert found[CHAT]["count"] == 2
    assert found[LEARN]["count"] > 0
    assert not any(kind["errors"] for kind in found.values()), found
    assert measured["speeds"]["rates"].keys() == {"1", "2"}
    assert endpoint.key not in path.read_text("utf-8") + capsys.readouterr().out


def test_what_is_refused_is_an_error(endpoint):
    refused = Room(endpoint.base_url, endpoint.model, ["no-such-key"], lesson.steps(), seed=1)
    asyncio.run(refused.run(1, 0.3))
    found = waits(refused.answers)[LEARN]
    assert found["errors"] == found["count"] > 0
