"""One running endpoint for each configuration, shared by all tests of the session."""

import json
import queue
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

import httpx
import pytest
from wirecheck import transport

FRANCE = [{"role": "user", "content": "What is the capital of France?"}]


@dataclass
class Endpoint:
    process: subprocess.Popen
    base_url: str
    key: str
    model: str
    seconds: float  # from the start of the process to its line

    def client(self, **options) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.key}"}
        return httpx.Client(
            base_url=self.base_url, headers=headers, timeout=120, transport=transport(), **options
        )

    def chat(self, messages=FRANCE, headers=None, **fields) -> dict:
        """A plain chat completion's body; fails on an error."""
        body = {"model": self.model, "messages": messages, **fields}
        with self.client() as client:
            response = client.post("/chat/completions", json=body, headers=headers)
        assert response.status_code == 200, response.text
        return response.json()

    def choice(self, *args, **fields) -> dict:
        return self.chat(*args, **fields)["choices"][0]

    def chunks(self, messages=FRANCE, headers=None, **fields) -> list[dict]:
        """A streamed chat completion's chunks; the last event must be [DONE]."""
        body = {"model": self.model, "messages": messages, "stream": True, **fields}
        with (
            self.client() as client,
            client.stream("POST", "/chat/completions", json=body, headers=headers) as response,
        ):
            assert response.status_code == 200, response.read()
            assert response.headers["content-type"].startswith("text/event-stream")
            events = [line.removeprefix("data: ") for line in response.iter_lines() if line]
        assert events.pop() == "[DONE]"
        return [json.loads(event) for event in events]

    def tokenize(self, text: str) -> list[int]:
        with self.client() as client:
            return client.post("/tokenize", json={"input": text}).json()["ids"]

    def top(self, *args, **fields) -> dict[str, float]:
        """The first token's distribution: token -> logprob, of the 20 most probable unless told
        otherwise.
        """
        fields = {"max_tokens": 1, "logprobs": True, "top_logprobs": 20} | fields
        content = self.choice(*args, **fields)["logprobs"]["content"][0]
        return {item["token"]: item["logprob"] for item in content["top_logprobs"]}


def _start(*options: str) -> Endpoint:
    """Starts an endpoint; fails with its own words if it does not start."""
    begin = time.monotonic()
    command = [sys.executable, "-m", "samplers.local", *options]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    process = subprocess.Popen(command, **pipes)
    line: queue.SimpleQueue = queue.SimpleQueue()
    threading.Thread(target=lambda: line.put(process.stdout.readline()), daemon=True).start()
    hello = line.get(timeout=120)
    if not hello:
        pytest.fail(process.communicate()[1].decode())
    said = json.loads(hello)
    return Endpoint(
        process, said["base_url"], said["api_key"], said["model"], time.monotonic() - begin
    )


@pytest.fixture
def start():
    """A function that starts an endpoint with some options; what it started ends with the test."""
    started: list[Endpoint] = []

    def one(*options: str) -> Endpoint:
        started.append(_start(*options))
        return started[-1]

    yield one
    for endpoint in started:
        _end(endpoint)


def _end(endpoint: Endpoint) -> None:
    if endpoint.process.poll() is None:
        endpoint.process.communicate(timeout=10)  # closes stdin


def _running(*options: str):
    endpoint = _start(*options)
    yield endpoint
    _end(endpoint)


@pytest.fixture(scope="session")
def endpoint():
    """OpenAI's order, the model's own logprobs: the defaults."""
    yield from _running()


@pytest.fixture(scope="session")
def processed():
    """OpenAI's order, logprobs after the chain."""
    yield from _running("--logprobs-mode", "processed")


@pytest.fixture(scope="session")
def llama_cpp():
    """llama.cpp's own order, logprobs after the chain."""
    yield from _running("--engine-order", "llama.cpp", "--logprobs-mode", "processed")
