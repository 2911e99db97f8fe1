"""A trial in a process of its own: its reason comes back, whatever happens to it."""

import os
import signal
import subprocess
import sys

import pytest
from processes import wait_for_end

from samplers.local.engine import child

MODULE = """
import sys
from samplers.local.engine import child

def trial(path):
    {body}

child.end_with(trial, *sys.argv[1:])
"""
PARENT = """
import sys
from pathlib import Path
from samplers.local.engine import child
child.try_file("a_trial", Path("x"), 60)
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A function: makes the module `a_trial` with a body."""
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")

    def make(body: str) -> None:
        (tmp_path / "a_trial.py").write_text(MODULE.format(body=body))

    return make


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("pass", None),
        ("raise ValueError('not\\nso')", "not so"),
        ("print('/a/b.cpp:5: broken', file=sys.stderr); raise SystemExit(1)", "b.cpp:5: broken"),
    ],
)
def test_what_comes_back(module, tmp_path, body, reason):
    module(body)
    assert child.try_file("a_trial", tmp_path, 60) == reason


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_crash_is_a_reason(module, tmp_path):
    module("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert child.try_file("a_trial", tmp_path, 60) == "the engine ended with SIGSEGV"


def test_too_long(module, tmp_path):
    module("import threading; threading.Event().wait()")
    with pytest.raises(TimeoutError):
        child.try_file("a_trial", tmp_path, 0.5)


@pytest.mark.skipif(os.name == "nt", reason="it is killed by a signal")
def test_it_ends_with_its_parent_and_leaves_nothing(module, tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    said = tmp_path / "pid"
    os.mkfifo(said)
    monkeypatch.setenv("TMPDIR", str(folder))
    module(
        f"import os, threading; open({str(said)!r}, 'w').write(str(os.getpid())); "
        "threading.Event().wait()"
    )
    with subprocess.Popen([sys.executable, "-c", PARENT]) as parent:
        pid = int(said.read_text())
        parent.send_signal(signal.SIGKILL)
    wait_for_end(pid)
    assert list(folder.iterdir()) == []
