"""llama.cpp's own server as a child process: it starts, answers by itself, and ends with us."""

import os
import signal
import subprocess
import sys

import httpx
import pytest
from processes import wait_for_end

from samplers.api import ConnectionFailed, start_bare

PARENT = """
import time
from samplers.api.local_endpoint import BARE, LocalEndpoint
print(LocalEndpoint(module=BARE).pid, flush=True)
time.sleep(600)
"""
PROMPT = "What is the capital of France?"


@pytest.fixture(scope="module")
def bare_client():
    with start_bare(slots=1) as client:
        yield client


def test_it_is_llama_cpps_own_server_and_its_names_hold_no_folder(bare_client):
    assert bare_client.abilities.engine == "llama.cpp"
    assert "/" not in bare_client.model
    assert bare_client.chat(PROMPT, temperature=0, max_tokens=3).model == bare_client.model


def test_it_asks_for_its_key(bare_client):
    url = f"{bare_client.base_url}/chat/completions"
    body = {"messages": [{"role": "user", "content": PROMPT}], "max_tokens": 1}
    assert httpx.post(url, json=body).status_code == 401
    assert httpx.post(url, json=body, auth=bare_client.auth, timeout=60).status_code == 200


def test_closing_the_client_ends_it():
    with start_bare(slots=1) as client:
        base_url = client.base_url
        httpx.get(f"{base_url}/models", auth=client.auth).raise_for_status()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{base_url}/models")


@pytest.mark.skipif(os.name == "nt", reason="Windows ends children with their job object")
def test_it_dies_when_its_parent_is_killed():
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        child = int(parent.stdout.readline())
        os.kill(child, 0)  # it lives
        parent.send_signal(signal.SIGKILL)
        wait_for_end(child)


def test_a_file_that_is_no_model_is_said_in_one_line(tmp_path, monkeypatch):
    path = tmp_path / "my.gguf"
    path.write_bytes(b"GGUF" + bytes(100))
    monkeypatch.setenv("SAMPLERS_MODEL", str(path))
    with pytest.raises(ConnectionFailed, match=r"cannot load .*my\.gguf") as failed:
        start_bare()
    assert "Traceback" not in str(failed.value)


def test_an_option_that_it_does_not_have():
    with pytest.raises(ValueError, match="unrecognized arguments: --colour=red"):
        start_bare(colour="red")
