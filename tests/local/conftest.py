"""One running endpoint for each configuration, shared by all tests of the session.

`endpoint` is the one that a folder's tests ask: the whole model, unless the folder's conftest.py
says that nothing there depends on the model's words.
"""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, replace

import httpx
import pytest
from served_gateway import Served
from wirecheck import transport

from samplers.local.keys.known import KeysFile

FRANCE = [{"role": "user", "content": "What is the capital of France?"}]


@dataclass
class Endpoint:
    process: subprocess.Popen
    base_url: str
    key: str
    model: str
    seconds: float  # from the start of the process to its line
    slots: int

    def client(self, **options) -> httpx.Client:
        """A client whose answers are checked against OpenAI's API file."""
        return httpx.Client(
            base_url=self.base_url,
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=120,
            transport=transport(),
            **options,
        )

    def body(self, messages=FRANCE, **fields) -> dict:
        """A chat request's body."""
        return {"model": self.model, "messages": messages, **fields}

    def post(self, messages=FRANCE, headers=None, **fields) -> httpx.Response:
        """The response to a chat request."""
        with self.client() as client:
            body = self.body(messages, **fields)
            return client.post("/chat/completions", json=body, headers=headers)

    def chat(self, messages=FRANCE, headers=None, **fields) -> dict:
        """A plain chat completion's body; fails on an error."""
        response = self.post(messages, headers, **fields)
        assert response.status_code == 200, response.text
        return response.json()

    def choice(self, *args, **fields) -> dict:
        """The first choice of a plain chat completion."""
        return self.chat(*args, **fields)["choices"][0]

    def text(self, *args, **fields) -> str:
        """The text of the first choice."""
        return self.choice(*args, **fields)["message"]["content"]

    def chunks(self, messages=FRANCE, headers=None, **fields) -> list[dict]:
        """A streamed chat completion's chunks; the last event must be [DONE]."""
        body = self.body(messages, stream=True, **fields)
        with (
            self.client() as client,
            client.stream("POST", "/chat/completions", json=body, headers=headers) as response,
        ):
            assert response.status_code == 200, response.read()
            assert response.headers["content-type"].startswith("text/event-stream")
            events = [line.removeprefix("data: ") for line in response.iter_lines() if line]
        assert events.pop() == "[DONE]"
        return [json.loads(event) for event in events]

    def streamed_choices(self, *args, **fields) -> list[dict]:
        """The choice of each chunk, which has one."""
        return [chunk["choices"][0] for chunk in self.chunks(*args, **fields)]

    def tokenize(self, text: str) -> list[int]:
        """A text's token ids."""
        with self.client() as client:
            return client.post("/tokenize", json={"input": text}).json()["ids"]

    def top(self, *args, **fields) -> dict[str, float]:
        """The first token's distribution: token -> logprob, of the 20 most probable by default."""
        fields = {"max_tokens": 1, "logprobs": True, "top_logprobs": 20} | fields
        entry = self.choice(*args, **fields)["logprobs"]["content"][0]
        return {item["token"]: item["logprob"] for item in entry["top_logprobs"]}


def _start(*options: str, data=None, environment: dict | None = None) -> Endpoint:
    """Starts an endpoint. If it does not start, fails with what it wrote on stderr.

    `data`: where its data folder is; None: in a folder of its own. `environment`: variables that
    it has beside ours.
    """
    begin = time.monotonic()
    command = [sys.executable, "-m", "samplers.local", *options]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    data = data or tempfile.mkdtemp(dir=os.environ["XDG_DATA_HOME"])
    own = {"XDG_DATA_HOME": str(data)} | (environment or {})
    process = subprocess.Popen(command, **pipes, env=os.environ | own)

    lines: queue.SimpleQueue = queue.SimpleQueue()
    threading.Thread(target=lambda: lines.put(process.stdout.readline()), daemon=True).start()
    line = lines.get(timeout=120)
    if not line:
        pytest.fail(process.communicate()[1].decode())
    seconds = time.monotonic() - begin
    ready = json.loads(line)
    address = (ready["base_url"], ready["api_key"], ready["model"])
    return Endpoint(process, *address, seconds, ready["slots"])


def _end(endpoint: Endpoint) -> None:
    if endpoint.process.poll() is None:
        endpoint.process.communicate(timeout=10)  # closes stdin


@pytest.fixture
def start():
    """A function that starts an endpoint with some options; all of them end with the test.

    `data`: as `_start` has it.
    """
    started: list[Endpoint] = []

    def start_one(*options: str, data=None) -> Endpoint:
        started.append(_start(*options, data=data))
        return started[-1]

    yield start_one
    for endpoint in started:
        _end(endpoint)


_SHARED: list[Endpoint] = []


def _running(*options: str, environment: dict | None = None):
    """An endpoint for the whole session. With the first of them, all begin to end."""
    endpoint = _start(*options, environment=environment)
    _SHARED.append(endpoint)
    yield endpoint
    for each in _SHARED:
        if each.process.stdin is not None:
            each.process.stdin.close()
            each.process.stdin = None  # communicate() would write to it
    _end(endpoint)


@pytest.fixture(scope="session")
def full():
    """The whole model; OpenAI's order, the model's own logprobs: the defaults."""
    yield from _running()


@pytest.fixture(scope="module")
def endpoint(full):
    """The default endpoint, as this module's tests use it."""
    return full


@pytest.fixture(scope="module")
def exact(endpoint):
    """The same endpoint, when its logits come from the model itself."""
    with endpoint.client() as client:
        deadline = time.monotonic() + 600  # a first start on a machine makes a trial beside
        while True:
            how = client.get("/models").headers["x-samplers-logits"]
            if how == "exact":
                return endpoint
            if "still" not in how or time.monotonic() > deadline:
                pytest.skip(f"no exact logits here: {how}")
            time.sleep(0.1)


@pytest.fixture(scope="module")
def reasoning(endpoint):
    """The same endpoint's simulated reasoning model."""
    return replace(endpoint, model=f"{endpoint.model}-reasoning")


@pytest.fixture
def two_layers(shallow_model, monkeypatch):
    """The endpoints that a test starts have that model."""
    for name, value in shallow_model.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def shallow(shallow_model):
    """The default endpoint, with that model."""
    yield from _running(environment=shallow_model)


@pytest.fixture(scope="session")
def processed():
    """OpenAI's order, logprobs after the chain."""
    yield from _running("--logprobs-mode", "processed")


@pytest.fixture(scope="session")
def llama_cpp():
    """llama.cpp's own order, logprobs after the chain."""
    yield from _running("--engine-order", "llama.cpp", "--logprobs-mode", "processed")


@pytest.fixture(scope="session")
def extended():
    """vLLM's parameters and order, the model's own logprobs."""
    yield from _running("--extensions", "vllm")


@pytest.fixture(scope="session")
def extended_shallow(shallow_model):
    """The same with the model of two layers."""
    yield from _running("--extensions", "vllm", environment=shallow_model)


@pytest.fixture(scope="session")
def extended_processed(shallow_model):
    """The same with logprobs after the chain."""
    options = ("--extensions", "vllm", "--logprobs-mode", "processed")
    yield from _running(*options, environment=shallow_model)


@pytest.fixture(scope="session")
def paged(shallow_model):
    """Web pages of two origins may use it; its model has two layers."""
    origins = ("--allow-origin=https://class.example", "--allow-origin=http://LOCALHOST:5173")
    yield from _running(*origins, environment=shallow_model)


@pytest.fixture(scope="session")
def serve():
    """A function that serves what a folder keeps (None: nothing is kept) to those with a key.

    `keys`: as Served has it.
    """
    served: list[Served] = []

    def start(folder=None, key="sk-of-the-files", keys=None, models=()) -> Served:
        served.append(Served(folder, key, models, keys))
        return served[-1]

    yield start
    for each in served:
        each.end()


@pytest.fixture
def two_learners(tmp_path_factory):
    """The keys of a room with two learners, and the key of each."""
    path = tmp_path_factory.mktemp("keys") / "keys.txt"
    of_each = ("ada-has-this-key", "bob-has-this-key")
    path.write_text("ada {}\nbob {}\n".format(*of_each))
    return KeysFile(path), *of_each
