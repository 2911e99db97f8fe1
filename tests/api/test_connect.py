"""Where connect() goes, and the life of the child process that it starts."""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from samplers.api import APIError, AuthenticationError, ConnectionFailed, connect, start_local
from samplers.api.connect import shared_endpoints
from samplers.api.local_endpoint import LocalEndpoint

SETTINGS = (
    "SAMPLERS_BASE_URL",
    "SAMPLERS_API_KEY",
    "SAMPLERS_MODEL_NAME",
    "SAMPLERS_BUDGET_USD",
    "OPENAI_API_KEY",
)


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)


def python(code: str, **environment) -> subprocess.CompletedProcess:
    """A Python process of its own, as a learner's kernel is."""
    env = os.environ | environment
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        env=env,
        check=False,
    )


def test_nothing_set_is_the_local_endpoint_and_one_line_says_so(client, capsys):
    again = connect()
    line = f"samplers: local endpoint {again.base_url}, model smollm2-135m-instruct\n"
    assert capsys.readouterr().out == line
    assert again.base_url == client.base_url  # one a process
    assert again.budget is None


def test_a_key_alone_never_spends_money(client, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-nobody")
    assert connect().base_url == client.base_url


def test_closing_a_client_leaves_the_shared_endpoint(client):
    with connect():
        pass
    assert client.models()


def test_an_address_from_the_environment(client, monkeypatch, capsys):
    with start_local() as server:
        seen = []
        server._transport._http.event_hooks["request"].append(
            lambda request: seen.append(request.headers["authorization"])
        )
        server.models()
        monkeypatch.setenv("SAMPLERS_BASE_URL", server.base_url + "/")
        with pytest.raises(AuthenticationError, match="SAMPLERS_API_KEY"):
            connect()
        monkeypatch.setenv("SAMPLERS_API_KEY", seen[0].removeprefix("Bearer "))
        other = connect()
        assert other.model == "smollm2-135m-instruct"
        assert (
            capsys.readouterr().out
            == f"samplers: endpoint {server.base_url}, model smollm2-135m-instruct\n"
        )
        monkeypatch.setenv("SAMPLERS_MODEL_NAME", "another")
        assert connect().model == "another"
        assert connect("local").base_url == client.base_url  # what is said in the call comes first
    with pytest.raises(ConnectionFailed, match="SAMPLERS_BASE_URL"):
        connect()  # it has ended with its client


def test_openai_by_name_is_priced_and_has_a_budget(monkeypatch, capsys):
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-nobody")
    monkeypatch.setenv("SAMPLERS_BASE_URL", "openai")
    client = connect()
    assert (client.base_url, client.model, client.budget.limit) == (
        "https://api.openai.com/v1",
        "gpt-4o-mini",
        0.10,
    )
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert "OpenAI" in out
    assert "budget $0.10" in out
    monkeypatch.setenv("SAMPLERS_BUDGET_USD", "0.5")
    again = connect("openai", model="gpt-4.1-nano")
    assert again.budget is client.budget  # connecting again does not refill it
    assert (again.model, again.budget.limit) == ("gpt-4.1-nano", 0.5)


def test_openai_without_its_key():
    with pytest.raises(ValueError, match="OPENAI_API_KEY must be set"):
        connect("openai")


def test_openai_with_a_model_whose_price_is_not_known(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-nobody")
    with pytest.raises(ValueError, match="price is known"):
        connect("openai", model="gpt-9")


@pytest.mark.parametrize("budget", ["lots", "-1", "nan", "inf"])
def test_a_bad_budget(monkeypatch, budget):
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-nobody")
    monkeypatch.setenv("SAMPLERS_BUDGET_USD", budget)
    with pytest.raises(ValueError, match="SAMPLERS_BUDGET_USD must be a number of USD >= 0"):
        connect("openai")


@pytest.mark.parametrize("where", ["OpenAI.com", "localhost:8000", 5, ""])
def test_a_bad_where(where):
    with pytest.raises(ValueError, match="must be 'local', 'openai' or"):
        connect(where)


def test_an_address_where_nothing_answers():
    with pytest.raises(
        ConnectionFailed, match=r"127.0.0.1:9/v1 does not answer .*Is the server running"
    ):
        connect("http://127.0.0.1:9/v1")


def test_a_proxy_in_the_environment_does_not_get_local_calls(client, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "example.org")
    local = connect()
    assert local.models()
    assert httpx.get(f"{local.base_url}/models", auth=local.auth).status_code == 200
    assert os.environ["no_proxy"] == "example.org,127.0.0.1"


def test_an_address_without_a_list_of_models_needs_a_name(monkeypatch):
    def respond(self, method, path, *_, **__):
        raise APIError(404, "no such path")

    monkeypatch.setattr("samplers.api.transport.transport.Transport.request", respond)
    with pytest.raises(APIError):
        connect("http://127.0.0.1:9/v1")
    assert connect("http://127.0.0.1:9/v1", model="named").model == "named"


def test_options_reach_the_endpoint_and_each_start_is_another(client):
    with start_local(
        engine_order="llama.cpp", logprobs_mode="processed", api_key="sk-of-my-own"
    ) as other:
        assert other.base_url != client.base_url
        mine = {"Authorization": "Bearer sk-of-my-own"}
        signed = httpx.get(f"{other.base_url}/models", headers=mine, trust_env=False)
        assert signed.status_code == 200
        # what `ps` shows to everybody
        assert "sk-of" not in str(other._on_close.__self__._process.args)
        ask = {"temperature": 0.25, "max_tokens": 1, "logprobs": True, "top_logprobs": 2}
        cool, warm = (
            c.chat("What is the capital of France?", **ask).logprobs[0].top for c in (other, client)
        )
        # after T = 1/4 the gap between the first two is four times the model's; engines' rounding
        # leaves room
        assert cool[0].logprob - cool[1].logprob > 3 * (warm[0].logprob - warm[1].logprob)


def test_an_unknown_option_is_the_childs_own_complaint():
    with pytest.raises(ConnectionFailed, match="engine-order") as caught:
        start_local(engine_order="alphabetical", api_key="sk-of-my-own")
    frames = [entry.frame.f_locals for entry in caught.traceback if "samplers" in str(entry.path)]
    assert len(frames) >= 3
    assert "sk-of" not in str(frames)


def test_missing_weights_are_told_in_the_childs_words(monkeypatch, tmp_path):
    monkeypatch.setenv("SAMPLERS_MODEL", str(tmp_path / "no-such.gguf"))
    with pytest.raises(ConnectionFailed, match=r"(?s)did not start.*exit code 1.*no-such\.gguf"):
        LocalEndpoint()


def test_one_endpoint_a_process_and_another_when_it_died():
    code = """
import os
from concurrent.futures import ThreadPoolExecutor
from samplers.api import ConnectionFailed, connect
from samplers.api.connect import shared_endpoints
with ThreadPoolExecutor(4) as pool:
    client, *others = pool.map(lambda _: connect(), range(4))
assert {c.base_url for c in others} == {client.base_url}, others
process = shared_endpoints[os.getpid()]._process
process.kill(); process.wait()
try:
    client.chat("Hi")
except ConnectionFailed as error:
    assert "ended (exit code" in str(error), error
else:
    raise AssertionError("it answered")
assert connect().chat("Hi", max_tokens=2).text
print(shared_endpoints[os.getpid()]._process.pid)
"""
    done = python(code)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    wait_for_end(int(done.stdout.split()[-1]))


def wait_for_end(pid: int, seconds: float = 10) -> None:
    """Returns when no process has this id (a zombie that nobody waits for counts as ended)."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
            if "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text():
                return
        except (ProcessLookupError, FileNotFoundError):
            return
        time.sleep(0.02)
    raise AssertionError(f"process {pid} still runs")


@pytest.mark.skipif(os.name == "nt", reason="process groups are POSIX's")
def test_an_interrupt_of_the_kernels_group_does_not_reach_the_endpoint(client):
    # Jupyter's stop button interrupts a group
    assert os.getpgid(shared_endpoints[os.getpid()]._process.pid) != os.getpgrp()


STUB = """#!{python}
import json, sys
for i in range(3):
    sys.stderr.write(f"\\rweights: {{i}}/2")
    sys.stderr.flush()
sys.stderr.write("\\n")
{ending}
"""


def stub(tmp_path, monkeypatch, ending: str) -> None:
    """Puts a script in the place of the Python that runs the child."""
    script = tmp_path / "python"
    script.write_text(STUB.format(python=sys.executable, ending=ending))
    script.chmod(0o755)
    monkeypatch.setattr("samplers.api.local_endpoint.sys.executable", str(script))


@pytest.mark.skipif(os.name == "nt", reason="the stub is a script with a #! line")
def test_a_progress_bar_is_passed_on_while_the_child_starts(tmp_path, monkeypatch):
    hello = {"base_url": "http://127.0.0.1:9/v1", "api_key": "k", "model": "m"}
    seen = tmp_path / "seen"

    class Screen:
        """Lets the child go on when its whole bar is here: two pipes keep no order between them."""

        text = ""

        def write(self, text):
            self.text += text
            if "\rweights: 2/2" in self.text:
                seen.touch()

        def flush(self): ...

    monkeypatch.setattr(sys, "stderr", Screen())
    wait = f"import os, time\nfor _ in range(1000): os.path.exists({str(seen)!r}) or time.sleep(0.01)\n"
    stub(tmp_path, monkeypatch, wait + f"print(json.dumps({hello}), flush=True); sys.stdin.read()")
    endpoint = LocalEndpoint()
    endpoint.close()
    assert endpoint.base_url == "http://127.0.0.1:9/v1"
    assert seen.exists()
    assert endpoint._process.returncode == 0  # it ended by itself when its standard input closed


@pytest.mark.skipif(os.name == "nt", reason="the stub is a script with a #! line")
@pytest.mark.parametrize(
    ("ending", "says"),
    [
        ("sys.exit('the disk is full')", r"exit code 1.*the disk is full"),
        ("print('not JSON')", r"did not start"),
        ("print('{}')", r"did not start"),
        ("import os; os.kill(os.getpid(), 9)", r"exit code -9"),
    ],
)
def test_a_child_that_fails_is_told_without_its_progress_bar(tmp_path, monkeypatch, ending, says):
    stub(tmp_path, monkeypatch, ending)
    with pytest.raises(ConnectionFailed, match=f"(?s){says}") as caught:
        LocalEndpoint()
    assert "weights: 1/2" not in str(caught.value)


@pytest.mark.skipif(os.name == "nt", reason="the stub is a script with a #! line")
def test_a_child_that_says_nothing_is_given_up_and_ended(tmp_path, monkeypatch):
    monkeypatch.setattr("samplers.api.local_endpoint.SILENCE", 0.3)
    pid = tmp_path / "pid"
    ending = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); sys.stderr.flush(); time.sleep(60)"
    stub(tmp_path, monkeypatch, ending)
    with pytest.raises(ConnectionFailed, match="printed nothing"):
        LocalEndpoint()
    if pid.exists():
        wait_for_end(int(pid.read_text()))


def test_importing_the_client_is_light():
    heavy = (
        "jiter",
        "jsonschema",
        "pydantic",
        "samplers.local",
        "samplers.lab",
        "xllamacpp",
        "matplotlib",
        "scipy",
        "openai",
        "tqdm",
        "starlette",
    )
    code = f"import sys, samplers.api; print([m for m in {heavy} if m in sys.modules])"
    assert python(code).stdout == "[]\n"
