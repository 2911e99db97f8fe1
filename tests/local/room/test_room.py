"""How many slots fit, and what a class gets."""

import pytest

from samplers.local.engine.slots import SLOTS
from samplers.local.room import room


def test_a_class_has_a_slot_for_each_learner():
    assert room.for_class(30) == room.Room(30, per_learner=SLOTS)
    assert room.for_class(2) == room.Room(SLOTS, per_learner=SLOTS)
    assert room.for_class(30, slots=12) == room.Room(12, per_learner=SLOTS)


def test_more_than_fits_is_refused_and_what_fits_is_named(monkeypatch):
    monkeypatch.setattr(room, "free_memory", lambda: room.memory(20))
    assert room.check_memory(20) == room.memory(20)
    with pytest.raises(ValueError, match=r"^21 slots need .*0\.09 GB for each.*--slots 20 fits$"):
        room.check_memory(21)
    with pytest.raises(ValueError, match=r"--slots 20 fits$"):
        room.check_memory(200)


def test_another_model_takes_more(monkeypatch):
    monkeypatch.setattr(room, "free_memory", lambda: room.memory(20))
    with pytest.raises(ValueError, match=r"20 slots need .*0\.19 GB for each.*--slots 8 fits$"):
        room.check_memory(20, 2 * room.TOKEN_BYTES)


@pytest.mark.parametrize("free", [0, None])
def test_the_default_is_never_refused(monkeypatch, free):
    monkeypatch.setattr(room, "free_memory", lambda: free)
    room.check_memory(SLOTS)


def test_nothing_is_refused_where_nobody_tells_what_is_free(monkeypatch):
    monkeypatch.setattr(room, "free_memory", lambda: None)
    room.check_memory(253)


def test_where_little_is_free_the_default_is_named(monkeypatch):
    monkeypatch.setattr(room, "free_memory", lambda: 1)
    with pytest.raises(ValueError, match=r"without --slots and --class it takes least$"):
        room.check_memory(SLOTS + 1)
