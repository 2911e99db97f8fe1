"""A real engine's answers, recorded once and given again: an endpoint that needs no engine."""

import json
from collections import defaultdict
from pathlib import Path

import httpx

from samplers.api import Client

DATA = Path(__file__).parent.parent / "data"


class Recording(httpx.BaseTransport):
    """Sends requests on to a real endpoint, and keeps each with its answer in `exchanges`."""

    def __init__(self):
        self.exchanges: list[dict] = []
        self._real = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._real.handle_request(request)
        content = response.read()
        answer = json.loads(content)
        for model in answer.get("data", ()):
            model.pop("root", None)  # a path of the machine
        kept = {"request": _key(request), "status": response.status_code, "answer": answer}
        self.exchanges.append(kept)
        return httpx.Response(response.status_code, json=answer)


def _key(request: httpx.Request) -> list:
    """What tells requests apart: method, path and body."""
    body = json.loads(request.content) if request.content else None
    return [request.method, request.url.path, body]


def _text(key: list) -> str:
    """A key as a text. The order of a body's fields means nothing."""
    return json.dumps(key, sort_keys=True)


class Replayed:
    """The engine of a recording, tests/data/NAME.json, as it answered to one of its questions.

    The same request gets its answers in turn, and after the last one that again. A request that was
    never recorded is an error of the test. `asked` are the requests so far.
    """

    def __init__(self, name: str, question: str):
        recording = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
        self.model = recording["model"]
        self.asked: list[list] = []
        self._answers = defaultdict(list)
        for exchange in recording["questions"][question]:
            self._answers[_text(exchange["request"])].append(exchange)

    def client(self, base_url: str = "http://vllm.test/v1") -> Client:
        return Client(base_url, "key", self.model, transport=httpx.MockTransport(self.answer))

    def answer(self, request: httpx.Request) -> httpx.Response:
        key = _key(request)
        self.asked.append(key)
        answers = self._answers[_text(key)]
        if not answers:
            raise AssertionError(f"not recorded: {key}")
        exchange = answers.pop(0) if len(answers) > 1 else answers[0]
        return httpx.Response(exchange["status"], json=exchange["answer"])
