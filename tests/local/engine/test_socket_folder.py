"""The folder of the engine's socket: private, short, and gone with its process."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

socket_folder = pytest.importorskip(
    "samplers.local.engine.socket_folder", reason="Unix sockets", exc_type=ImportError
)

MAKE = "from samplers.local.engine import socket_folder; print(socket_folder.make(), flush=True)"


@pytest.fixture
def temporary(monkeypatch):
    """A temporary folder of the test's own, for this process and its children; a short path."""
    folder = Path(tempfile.mkdtemp(prefix="s-", dir="/tmp"))
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield folder
    socket_folder.remove()
    shutil.rmtree(folder)


def test_only_this_user_can_enter_it(temporary):
    path = socket_folder.make()
    assert path.parent.parent == temporary
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert not path.exists()
    socket_folder.remove()
    assert list(temporary.iterdir()) == []


def test_what_a_killed_process_left_is_removed(temporary):
    killed = f"{MAKE}; import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    child = subprocess.run([sys.executable, "-c", killed], stdout=subprocess.PIPE, check=False)
    left = Path(child.stdout.decode().strip())
    for path in (left, left.parent / "prompt-0"):  # the socket, and what a slot has read
        path.touch()
    socket_folder.make()
    assert not left.parent.exists()


def test_what_another_process_uses_stays(temporary):
    lives = f"{MAKE}; import sys; sys.stdin.read()"
    pipes = dict.fromkeys(("stdin", "stdout"), subprocess.PIPE)
    with subprocess.Popen([sys.executable, "-c", lives], **pipes) as child:
        used = Path(child.stdout.readline().decode().strip())
        socket_folder.make()
        assert used.parent.is_dir()
        child.stdin.close()


def test_other_files_with_such_a_name_stay(temporary):
    folder = temporary / f"{socket_folder.PREFIX}mine"
    folder.mkdir()
    (folder / "thesis.txt").touch()
    link = temporary / f"{socket_folder.PREFIX}link"
    link.symlink_to(folder)
    socket_folder.make()
    assert (folder / "thesis.txt").exists()
    assert link.is_symlink()


@pytest.mark.parametrize("name", ["x" * 100, "missing"])
def test_a_temporary_folder_that_holds_no_socket(temporary, monkeypatch, name):
    bad = temporary / name
    if name != "missing":
        bad.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(bad))
    path = socket_folder.make()
    assert path.parent.parent == Path("/tmp")
    assert not bad.exists() or list(bad.iterdir()) == []


def test_nowhere_to_put_it(temporary, monkeypatch):
    def refuse(**options):
        raise PermissionError

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    with pytest.raises(OSError, match="set TMPDIR"):
        socket_folder.make()
