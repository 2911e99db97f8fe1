"""The endpoint as a child process: it starts, prints one line, and never outlives its parent."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import httpx
import pytest
from processes import failed_start, fetching_environment, listening_ports, wait_for_end

from samplers.local import __main__ as main
from samplers.local import lifetime

PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-m", "samplers.local"], stdin=subprocess.PIPE)
time.sleep(600)
"""


# Both print the endpoint's id and a fork's, which holds the endpoint's pipe, and never end.
BY_HAND = """
import os, subprocess, sys, time
child = subprocess.Popen(
    [sys.executable, "-m", "samplers.local"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
)
child.stdout.readline()
"""
BY_CONNECT = """
import os, threading, time
from samplers.api.local_endpoint import LocalEndpoint
started = []
thread = threading.Thread(target=lambda: started.append(LocalEndpoint()))
thread.start()
thread.join()  # the endpoint does not end with the thread that started it
(child,) = started
"""
FORK = """
fork = os.fork()
if fork == 0:
    os.close(1)
    os.close(2)
else:
    print(child.pid, fork, flush=True)
time.sleep(600)
"""
SHORT = None if os.name == "nt" else "/tmp"  # a socket's path may have some 100 characters
SHADOWS = ("secrets", "uvicorn", "http", "json", "numpy", "samplers", "pip")


def test_is_ready_in_3_seconds(endpoint, start):
    if hasattr(os, "getloadavg") and os.getloadavg()[0] > os.cpu_count():
        pytest.skip("the machine is busy: the time would say nothing about the endpoint")
    fastest = endpoint.seconds
    if fastest >= 3:  # the first one may have read the weights from a cold disk
        fastest = start().seconds
    assert fastest < 3


@pytest.mark.usefixtures("two_layers")
def test_ends_with_its_stdin_and_leaves_nothing(start, monkeypatch):
    """Nothing else is printed, and the engine's socket is taken away."""
    with tempfile.TemporaryDirectory(prefix="s-", dir=SHORT) as folder:
        monkeypatch.setenv("TMPDIR", folder)
        endpoint = start()
        if os.name != "nt":  # the engine listens on a port there
            (socket,) = Path(folder).glob("*/*")
            assert socket.is_socket()
            assert socket.parent.stat().st_mode & 0o777 == 0o700

        out, err = endpoint.process.communicate(timeout=10)  # closes stdin
        assert (endpoint.process.returncode, out, err) == (0, b"", b"")
        assert list(Path(folder).iterdir()) == []


@pytest.mark.usefixtures("two_layers")
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send")
def test_sigterm_ends_it_cleanly(start):
    endpoint = start("--api-key", "mine")
    assert endpoint.key == "mine"
    endpoint.process.send_signal(signal.SIGTERM)
    assert endpoint.process.wait(10) == 0


@pytest.mark.usefixtures("two_layers")
@pytest.mark.skipif(os.name == "nt", reason="Windows ends children with their job object")
def test_dies_when_its_parent_is_killed():
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )
    assert b"base_url" in parent.stdout.readline()
    parent.send_signal(signal.SIGKILL)
    # The child wrote to our pipe, too: the pipe ends when both are gone.
    out, _ = parent.communicate(timeout=10)
    assert out == b""


@pytest.mark.usefixtures("two_layers")
@pytest.mark.skipif(os.name == "nt", reason="Windows has no fork")
@pytest.mark.parametrize("start", [BY_HAND, BY_CONNECT], ids=["by hand", "by connect"])
def test_dies_with_its_parent_while_a_fork_holds_its_pipe(start):
    parent = subprocess.Popen([sys.executable, "-c", start + FORK], stdout=subprocess.PIPE)
    with parent:
        child, fork = map(int, parent.stdout.readline().split())
        os.kill(child, 0)  # it lives
        parent.send_signal(signal.SIGKILL)
        try:
            wait_for_end(child)
        finally:
            os.kill(fork, signal.SIGKILL)


def ends_with(monkeypatch, *parents: int, told: int | None = None) -> bool:
    """Whether the watch ends the endpoint when os.getppid() gives these one after the other."""
    end = threading.Event()
    ids = iter(parents)
    monkeypatch.setattr(lifetime.os, "getppid", lambda: next(ids))
    monkeypatch.setattr(lifetime.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(lifetime, "end_soon", lambda: None)
    lifetime._watch_parent(told, end)
    return end.is_set()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGHUP")
def test_nohup_and_setsid_part_it_from_the_shell(monkeypatch):
    own = os.getpid()
    assert ends_with(monkeypatch, own, own, 1)

    with monkeypatch.context() as nohup:
        nohup.setattr(lifetime.signal, "getsignal", lambda number: signal.SIG_IGN)
        assert not ends_with(nohup, own)
        assert ends_with(nohup, own, own, 1, told=own)  # connect() says whom to watch
    with monkeypatch.context() as setsid:
        setsid.setattr(lifetime.os, "getsid", lambda pid: os.getpid())
        assert not ends_with(setsid, own)


@pytest.mark.skipif(os.name == "nt", reason="there it is not watched")
def test_a_launcher_between_does_not_hide_the_parents_end(monkeypatch):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert ends_with(monkeypatch, os.getpid(), os.getpid(), told=gone.pid)


def test_no_module_comes_from_the_working_folder(tmp_path):
    for name in SHADOWS:
        (tmp_path / f"{name}.py").write_text("raise ImportError('the learner wrote this')")
    added = tmp_path / "added"
    added.mkdir()
    (added / "sitecustomize.py").write_text(f"open({str(tmp_path / 'seen')!r}, 'w')")
    paths = [str(added), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "SAMPLERS_MODEL": "none"}

    code = "from samplers.api.local_endpoint import LocalEndpoint as start; start()"
    command = [sys.executable, "-P", "-c", code]  # -P: the kernel has imported all these before
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert "SAMPLERS_MODEL=none cannot be read" in done.stderr
    assert "the learner" not in done.stderr
    assert (tmp_path / "seen").exists()  # PYTHONPATH is the user's own


def test_pip_does_not_come_from_the_working_folder(tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    for name in SHADOWS:
        (work / f"{name}.py").write_text("raise ImportError('the learner wrote this')")
    environment = fetching_environment(tmp_path, "http://127.0.0.1:9") | {"PIP_NO_INDEX": "1"}

    command = [sys.executable, "-P", "-m", "samplers.local.engine.weights"]
    done = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True)
    assert "pip: ERROR: Could not find a version" in done.stderr
    assert "the learner" not in done.stderr


@pytest.mark.parametrize("key", [" ", " mine", "mine ", "my key", "my\tkey", "schlüssel"])
def test_a_key_that_no_client_can_send(key, capsys):
    with pytest.raises(SystemExit):
        main.arguments(["--api-key", key])
    assert "printable ASCII without spaces" in capsys.readouterr().err


def test_a_port_that_is_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        message = failed_start("--port", port)
    assert f"port {port}" in message
    assert message.count("\n") == 1


def test_a_model_file_that_is_missing_or_no_model(tmp_path):
    path = tmp_path / "my.gguf"
    assert f"SAMPLERS_MODEL={path}" in failed_start(SAMPLERS_MODEL=str(path))
    path.write_bytes(b"GGUF" + bytes(100))
    message = failed_start(SAMPLERS_MODEL=str(path))
    assert "my.gguf" in message
    assert "Traceback" not in message


def test_listens_on_loopback_only(endpoint):
    port = httpx.URL(endpoint.base_url).port
    with socket.socket() as outside:
        outside.settimeout(2)
        address = socket.gethostbyname(socket.gethostname())
        if address.startswith("127."):
            pytest.skip("this machine has no address but loopback")
        assert outside.connect_ex((address, port)) != 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux's /proc tells a process's ports")
def test_the_gateways_port_is_the_only_way_in(endpoint):
    assert listening_ports(endpoint.process.pid) == {httpx.URL(endpoint.base_url).port}
