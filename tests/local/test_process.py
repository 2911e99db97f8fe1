"""The endpoint as a child process: it starts, prints one line, and never outlives its parent."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
import pytest
from processes import failed_start, listening_ports

PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-m", "samplers.local"], stdin=subprocess.PIPE)
time.sleep(600)
"""


def test_is_ready_in_3_seconds(endpoint, start):
    if hasattr(os, "getloadavg") and os.getloadavg()[0] > os.cpu_count():
        pytest.skip("the machine is busy: the time would say nothing about the endpoint")
    fastest = endpoint.seconds
    if fastest >= 3:  # the first one may have read the weights from a cold disk
        fastest = start().seconds
    assert fastest < 3


def test_ends_with_its_stdin_and_prints_nothing_else(start):
    endpoint = start()
    out, err = endpoint.process.communicate(timeout=10)  # closes stdin
    assert (endpoint.process.returncode, out, err) == (0, b"", b"")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send")
def test_sigterm_ends_it_cleanly(start):
    endpoint = start("--api-key", "mine")
    assert endpoint.key == "mine"
    endpoint.process.send_signal(signal.SIGTERM)
    assert endpoint.process.wait(10) == 0


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


@pytest.mark.skipif(os.name == "nt", reason="the engine listens on a port there")
def test_the_engines_socket_goes_with_it(start, monkeypatch):
    with tempfile.TemporaryDirectory(prefix="s-", dir="/tmp") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        endpoint = start()
        (socket,) = Path(folder).glob("*/*")
        assert socket.is_socket()
        assert socket.parent.stat().st_mode & 0o777 == 0o700
        endpoint.process.communicate(timeout=10)  # closes stdin
        assert list(Path(folder).iterdir()) == []
