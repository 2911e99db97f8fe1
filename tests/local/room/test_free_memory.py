"""What is free, as the systems tell it."""

import sys

import psutil
import pytest

from samplers.local.room import free_memory as own
from samplers.local.room.free_memory import free_memory

MEMORY = "MemTotal:       8000000 kB\nMemFree:   10 kB\nMemAvailable:    4000000 kB\n"


def test_it_is_what_the_system_says():
    free = free_memory()
    if sys.platform == "darwin":
        assert free == psutil.virtual_memory().total // 2
        return
    # other programs come and go meanwhile, and a container may have less
    assert 0 < free < 1.2 * psutil.virtual_memory().available


@pytest.mark.skipif(sys.platform != "linux", reason="these are Linux's files")
@pytest.mark.parametrize(
    ("files", "free"),
    [
        ({}, 4_096_000_000),
        ({"memory.max": "max", "memory.current": "5"}, 4_096_000_000),
        ({"memory.max": "1000000", "memory.current": "400000"}, 600_000),
        ({"memory.max": "1000000", "memory.current": "1000001"}, 0),
        ({"memory.max": "9000000000", "memory.current": "5"}, 4_096_000_000),
    ],
)
def test_in_a_container_it_is_what_its_limit_leaves(monkeypatch, tmp_path, files, free):
    for name, text in files.items():
        (tmp_path / name).write_text(text + "\n")
    meminfo = tmp_path / "meminfo"
    meminfo.write_text(MEMORY)
    monkeypatch.setattr(own, "_GROUP", tmp_path)
    monkeypatch.setattr(own, "_MEMORY", meminfo)
    assert free_memory() == free


@pytest.mark.parametrize("text", [None, "", "MemTotal: 5 kB\n", "MemAvailable: many\n"])
@pytest.mark.skipif(sys.platform != "linux", reason="this is Linux's file")
def test_nobody_tells(monkeypatch, tmp_path, text):
    meminfo = tmp_path / "meminfo"
    if text is not None:
        meminfo.write_text(text)
    monkeypatch.setattr(own, "_MEMORY", meminfo)
    assert free_memory() is None


def test_a_system_that_is_not_known(monkeypatch):
    monkeypatch.setattr(sys, "platform", "plan9")
    assert free_memory() is None
