"""How many slots fit."""

import pytest

from samplers.local.engine.slots import SLOTS
from samplers.local.room import memory


def test_more_than_fits_is_refused_and_what_fits_is_named(monkeypatch):
    monkeypatch.setattr(memory, "free_memory", lambda: memory.memory(20))
    assert memory.check_memory(20) == memory.memory(20)
    with pytest.raises(ValueError, match=r"^21 slots need .*0\.09 GB for each.*--slots 20 fits$"):
        memory.check_memory(21)
    with pytest.raises(ValueError, match=r"--slots 20 fits$"):
        memory.check_memory(200)


def test_another_model_takes_more(monkeypatch):
    monkeypatch.setattr(memory, "free_memory", lambda: memory.memory(20))
    with pytest.raises(ValueError, match=r"20 slots need .*0\.19 GB for each.*--slots 8 fits$"):
        memory.check_memory(20, 2 * memory.TOKEN_BYTES)


@pytest.mark.parametrize("free", [0, None])
def test_the_default_is_never_refused(monkeypatch, free):
    monkeypatch.setattr(memory, "free_memory", lambda: free)
    memory.check_memory(SLOTS)


def test_nothing_is_refused_where_nobody_tells_what_is_free(monkeypatch):
    monkeypatch.setattr(memory, "free_memory", lambda: None)
    memory.check_memory(253)


def test_where_little_is_free_the_default_is_named(monkeypatch):
    monkeypatch.setattr(memory, "free_memory", lambda: 1)
    with pytest.raises(ValueError, match=r"without --slots and --class it takes least$"):
        memory.check_memory(SLOTS + 1)
