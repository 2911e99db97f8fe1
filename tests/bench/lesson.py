"""What a learner of lesson 02 asks, as tests/data/record_lesson_02.py recorded it."""

import json
from pathlib import Path
from typing import NamedTuple

import httpx

REQUESTS = Path(__file__).parents[1] / "data/lesson_02_requests.json"
REPLACES = "x-samplers-replaces"
NO_END = {"0": -100, "2": -100}  # SmolLM2's ends of a turn: a chat has all its tokens
TIMEOUT = 120.0  # seconds
TAKEN = (0, 0.7, 1, 1.3, 2)  # the lesson's temperatures that the API takes; it tries others, too

# The kinds of requests that generate nothing; the others are named by their choices and tokens.
MODELS = "the models"
VOCABULARY = "the vocabulary"
VOCABULARY_AGAIN = "the vocabulary, again"
WHOLE = "a whole distribution"
WRONG = "a wrong temperature"
NO_TOKENS = (MODELS, VOCABULARY, VOCABULARY_AGAIN, WHOLE, WRONG)
OURS = (VOCABULARY, VOCABULARY_AGAIN, WHOLE)  # only this kit's endpoint is asked these


class Request(NamedTuple):
    """A request as it is sent; `path` comes after /v1, and `body` is None for a GET."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict | None

    @property
    def kind(self) -> str:
        """What it asks for, in words: requests of one kind take equally long."""
        if self.body is None:
            if "vocabulary" not in self.path:
                return MODELS
            return VOCABULARY_AGAIN if self.headers else VOCABULARY
        if self.headers:
            return WHOLE
        if self.body.get("temperature", 1) not in TAKEN:
            return WRONG
        return f"{self.choices} × {self.tokens} tokens"

    @property
    def choices(self) -> int:
        return self.body.get("n", 1)

    @property
    def tokens(self) -> int:
        """The most tokens of each choice."""
        return self.body["max_tokens"]


def steps(ours: bool = True) -> list[list[Request]]:
    """The requests of each cell that sends some, in the lesson's order.

    `ours`: to this kit's endpoint. Of another server the lesson does not ask what OURS names: where
    it does not show whole distributions, the learner's own machine does.
    """
    recorded = json.loads(REQUESTS.read_text("utf-8"))
    cells = ([Request(**request) for request in step["requests"]] for step in recorded["steps"])
    kept = ([request for request in cell if ours or request.kind not in OURS] for cell in cells)
    return [cell for cell in kept if cell]


def chat(number: int, model: str, tokens: int) -> Request:
    """A chat with an answer of so many tokens, whose prompt another number's did not have."""
    messages = [{"role": "user", "content": f"Write a long story about {number} friends."}]
    body = {"model": model, "messages": messages, "max_tokens": tokens, "logit_bias": NO_END}
    return Request("POST", "/chat/completions", {}, body)


def sent_by(request: Request, learner: int, model: str) -> Request:
    """The request as one of many learners sends it to an endpoint with this model.

    Each explorer has a name of its own: a call replaces the earlier one of that name.
    """
    headers = request.headers
    if REPLACES in headers:
        headers = headers | {REPLACES: f"{headers[REPLACES]}-{learner}"}
    path, query, _ = request.path.partition("model=")
    path += query and query + model
    body = request.body and request.body | {"model": model}
    return Request(request.method, path, headers, body)


def client(base_url: str) -> httpx.AsyncClient:
    """A client that opens as many connections as it needs."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    return httpx.AsyncClient(base_url=base_url, timeout=TIMEOUT, limits=limits)


async def send(
    client: httpx.AsyncClient, request: Request, key: str | None = None
) -> httpx.Response:
    """Sends it, signed with the key if there is one."""
    signed = {"Authorization": f"Bearer {key}"} if key else {}
    path = request.path.lstrip("/")  # relative to the client's base_url
    headers = request.headers | signed
    return await client.request(request.method, path, headers=headers, json=request.body)
