"""The life of the child process that serves the local endpoint."""

import json
import os
import sys

import psutil
import pytest
from processes import run_python, wait_for_end

from samplers.api import ConnectionFailed, start_local
from samplers.api.connect import shared_endpoints
from samplers.api.local_endpoint import LocalEndpoint


def test_an_option_that_the_child_does_not_know_is_in_the_error():
    with pytest.raises(ValueError, match=r"^argument --engine-order: invalid choice") as caught:
        start_local(engine_order="alphabetical", api_key="sk-of-my-own")
    frames = [entry.frame.f_locals for entry in caught.traceback if "samplers" in str(entry.path)]
    assert len(frames) >= 3
    assert "sk-of" not in str(frames)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tier": 9}, "^--tier must be one of free, 1, 2"),
        ({"rpm": 5}, "^unrecognized arguments: --rpm=5$"),
        ({"limiter": 5}, "limiter must be a Limiter"),
    ],
)
def test_a_wrong_option_is_named_and_leaves_no_process(options, message):
    children = set(psutil.Process().children())
    with pytest.raises(ValueError, match=message):
        start_local(**options)
    assert set(psutil.Process().children()) <= children


def test_missing_weights_are_in_the_error(monkeypatch, tmp_path):
    monkeypatch.setenv("SAMPLERS_MODEL", str(tmp_path / "no-such.gguf"))
    with pytest.raises(ConnectionFailed, match=r"(?s)did not start.*exit code 1.*no-such\.gguf"):
        LocalEndpoint()


def test_one_endpoint_per_process_and_another_when_it_died():
    code = """
import os, signal
from concurrent.futures import ThreadPoolExecutor
from samplers.api import ConnectionFailed, StreamBroken, connect
from samplers.api.connect import shared_endpoints
with ThreadPoolExecutor(4) as pool:
    client, *others = pool.map(lambda _: connect("local"), range(4))
assert {c.base_url for c in others} == {client.base_url}, others
endpoint = shared_endpoints[os.getpid()]
stream = client.stream("Count to a thousand.", max_tokens=1500)
next(stream)
os.kill(endpoint.pid, getattr(signal, "SIGKILL", signal.SIGTERM))  # Windows has no SIGKILL
try:
    list(stream)
except StreamBroken as error:
    assert "ended (exit code" in str(error), error
else:
    raise AssertionError("it went on")
try:
    client.chat("Hi")
except ConnectionFailed as error:
    assert "ended (exit code" in str(error), error
else:
    raise AssertionError("it answered")
assert connect("local").chat("Hi", max_tokens=2).text
print(shared_endpoints[os.getpid()].pid)
"""
    done = run_python(code)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    wait_for_end(int(done.stdout.split()[-1]))


@pytest.mark.skipif(os.name == "nt", reason="process groups are POSIX's")
def test_an_interrupt_of_the_kernels_group_does_not_reach_the_endpoint(client):
    # Jupyter's stop button interrupts a group
    assert os.getpgid(shared_endpoints[os.getpid()].pid) != os.getpgrp()


def test_a_running_endpoint_says_what_to_try(client):
    state = shared_endpoints[os.getpid()].state()
    assert state.startswith("It still runs: try again, or ask for less.")


STUB = """#!{python}
import json, sys
for i in range(3):
    sys.stderr.write(f"\\rweights: {{i}}/2")
    sys.stderr.flush()
sys.stderr.write("\\n")
{ending}
"""

needs_stub = pytest.mark.skipif(os.name == "nt", reason="the stub is a script with a #! line")


@pytest.fixture
def stub(tmp_path, monkeypatch):
    """Puts a script that ends with the given code in the place of the child's Python."""

    def install(ending: str) -> None:
        script = tmp_path / "python"
        script.write_text(STUB.format(python=sys.executable, ending=ending))
        script.chmod(0o755)
        monkeypatch.setattr("samplers.api.local_endpoint.sys.executable", str(script))

    return install


class Screen:
    """A standard error that creates the file `seen` when it has a whole progress bar."""

    def __init__(self, seen):
        self.seen = seen
        self.text = ""

    def write(self, text):
        self.text += text
        if "\rweights: 2/2" in self.text:
            self.seen.touch()

    def flush(self): ...


READY = """
import os, time
for _ in range(1000):
    os.path.exists({seen!r}) or time.sleep(0.01)
print(json.dumps({{"base_url": "http://127.0.0.1:9/v1", "api_key": "k", "model": "m"}}), flush=True)
sys.stdin.read()
"""


@needs_stub
def test_a_progress_bar_is_passed_on_while_the_child_starts(stub, tmp_path, monkeypatch):
    # The child waits until the bar has been seen: nothing orders what comes through two pipes.
    seen = tmp_path / "seen"
    monkeypatch.setattr(sys, "stderr", Screen(seen))
    stub(READY.format(seen=str(seen)))
    endpoint = LocalEndpoint()
    endpoint.close()
    assert endpoint.base_url == "http://127.0.0.1:9/v1"
    assert seen.exists()
    assert "exit code 0" in endpoint.state()  # it ended when its standard input closed


@needs_stub
@pytest.mark.parametrize(
    ("ending", "says"),
    [
        ("sys.exit('the disk is full')", r"exit code 1.*the disk is full"),
        ("print('not JSON')", r"did not start"),
        ("print('{}')", r"did not start"),
        ("import os; os.kill(os.getpid(), 9)", r"exit code -9"),
    ],
)
def test_the_error_of_a_child_that_fails_has_no_progress_bar(stub, ending, says):
    stub(ending)
    with pytest.raises(ConnectionFailed, match=f"(?s){says}") as caught:
        LocalEndpoint()
    assert "weights: 1/2" not in str(caught.value)


ENVIRONMENT = """
import os
with open({path!r}, "w") as file:
    json.dump(dict(os.environ), file)
"""


@needs_stub
def test_no_secret_is_in_the_childs_environment(stub, tmp_path, monkeypatch):
    secret = {
        "OPENAI_API_KEY": "x",
        "SAMPLERS_API_KEY": "x",
        "HF_TOKEN": "x",
        "GITHUB_TOKEN": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_ACCESS_KEY_ID": "x",
        "AZURE_CLIENT_SECRET": "x",
        "PGPASSWORD": "x",
        "DATABASE_URL": "postgres://me:x@host/db",
        "anthropic_api_key": "x",
        "MY_KEYS": "x",
        "SOMETHING": "sk-proj-of-my-own",
    }
    plain = {
        "PYTHONPATH": os.environ.get("PYTHONPATH", str(tmp_path)),
        "PIP_INDEX_URL": "https://me:sk-abc@pypi.test/simple",
        "PIP_CLIENT_KEY": "x",
        "HTTPS_PROXY": "http://me:sk-abc@proxy.test",
        "no_proxy": "localhost",
        "SAMPLERS_LOCAL_KEY": "x",
        "SAMPLERS_MODEL": "sk-abc",  # refused there
        "TOKENIZERS_PARALLELISM": "false",
        "KEYBOARD": "de",
        "LC_ALL": "C.UTF-8",
    }
    for name, value in (secret | plain).items():
        monkeypatch.setenv(name, value)

    path = tmp_path / "environment.json"
    stub(ENVIRONMENT.format(path=str(path)))
    with pytest.raises(ConnectionFailed):
        LocalEndpoint(environment={"ASKED_FOR_TOKEN": "x"})

    child = json.loads(path.read_text())
    assert not secret.keys() & child.keys()
    assert plain.items() <= child.items()
    assert child["ASKED_FOR_TOKEN"] == "x"
    assert {"PATH", "HOME"} & os.environ.keys() <= child.keys()


@needs_stub
def test_a_fork_neither_ends_the_endpoint_nor_speaks_for_it(stub, tmp_path):
    (tmp_path / "seen").touch()
    stub(READY.format(seen=str(tmp_path / "seen")))
    endpoint = LocalEndpoint()
    read, write = os.pipe()
    fork = os.fork()
    if fork == 0:
        try:
            endpoint.close(wait=0)
            os.write(write, endpoint.state().encode())
        finally:
            os._exit(0)

    os.waitpid(fork, 0)
    assert f"belongs to process {os.getpid()}" in os.read(read, 4096).decode()
    assert endpoint.alive()
    endpoint.close()
    assert "exit code 0): connect() starts another" in endpoint.state()
    os.close(read)
    os.close(write)


@needs_stub
def test_a_closed_endpoint_leaves_no_pipe_open(stub, tmp_path):
    (tmp_path / "seen").touch()
    stub(READY.format(seen=str(tmp_path / "seen")))
    endpoint = LocalEndpoint()
    child = endpoint._process

    endpoint.close()

    assert child.stdin.closed
    assert child.stdout.closed
    assert child.stderr.closed


SILENT = """
import os, time
with open({path!r}, "w") as file:
    file.write(str(os.getpid()))
sys.stderr.flush()
time.sleep(60)
"""


@needs_stub
def test_a_child_that_prints_nothing_is_given_up_and_ended(stub, tmp_path, monkeypatch):
    monkeypatch.setattr("samplers.api.local_endpoint.SILENCE", 0.3)
    pid = tmp_path / "pid"
    stub(SILENT.format(path=str(pid)))
    with pytest.raises(ConnectionFailed, match="printed nothing"):
        LocalEndpoint()
    if pid.exists():
        wait_for_end(int(pid.read_text()))
