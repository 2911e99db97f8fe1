"""What exact logits cost over the wire, compared with llama.cpp's own `llama_decode`.

The endpoint is a process of its own; the bare context is in this one, and they take turns.
"""

import base64
import ctypes
import http.client
import json
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median
from urllib.parse import urlsplit

import numpy as np

from . import overhead

ROUNDS = 15
HEADERS = {"x-samplers-full-logprobs": "compact"}
ONE = {"temperature": 0, "max_tokens": 1, "logprobs": True}
SCORED = 500  # tokens
SECONDS = 600  # for all of it, on a busy machine


def goals() -> Iterator[str]:
    """A line for each goal: what was measured, and what it may be. None without exact logits."""
    try:
        with overhead.server("gateway", SECONDS) as endpoint:
            yield from _goals(endpoint)
    except (OSError, ValueError, KeyError, RuntimeError, http.client.HTTPException) as error:
        print(f"no exact logits to time ({type(error).__name__} {error})", file=sys.stderr)


def _goals(server: dict) -> Iterator[str]:
    from samplers.local.engine import weights
    from samplers.local.engine.logits.context import Context
    from samplers.local.engine.logits.library import engine_library
    from samplers.local.engine.slots import SLICE

    wire = _Wire(server)
    wire.wait()
    library = engine_library()
    library.llama_log_set(ctypes.CDLL(None).abs, None)  # C's abs stands for "say nothing"
    context = Context(library, weights.ensure(), 1024)

    def decode(tokens: list[int], keep: int = 0, rows: bool = False) -> float:
        """Seconds of `llama_decode` for the tokens after the first `keep`, in slices."""
        context.keep(tokens, keep)
        seconds = 0.0
        while len(context.cached) < len(tokens):
            part = tokens[len(context.cached) :][:SLICE]
            wanted = range(len(part)) if rows else [len(part) - 1]
            start = time.perf_counter()
            context.read(part, wanted)
            seconds += time.perf_counter() - start
        return seconds

    def messages(i: int) -> list[dict]:
        return [{"role": "user", "content": f"{i} What is the capital of France?"}]

    def fresh(i: int) -> tuple[float, float]:
        ids = wire.ids(messages(i))
        return wire.next_token(messages(i), []), decode(ids)

    def one_more(i: int) -> tuple[float, float]:
        ids = wire.ids(messages(0))
        more = list(range(1000, 1001 + i))
        return wire.next_token(messages(0), more), decode(ids + more, len(ids) + i)

    def scored(i: int) -> tuple[float, float]:
        ids = [2000 + i, *range(1000, 999 + SCORED)]
        return wire.score(ids), decode(ids, rows=True)

    yield _line("next_token of a new prompt of 17 tokens", fresh, ROUNDS, 0.015)
    yield _line("one more token after a cached prompt", one_more, ROUNDS, 0.010)
    yield _line(f"scoring {SCORED} tokens", scored, 3, 0.0)
    context.close()


def _line(name: str, pair: Callable, rounds: int, more: float) -> str:
    """`pair(i)` times (over the wire, llama_decode); the goal is 1.5 of the second and `more`."""
    pair(0)
    wire, decode = map(median, zip(*[pair(i + 1) for i in range(rounds)], strict=True))
    goal = 1.5 * decode + more
    return (
        f"{name}: {wire * 1e3:.1f} ms over the wire, llama_decode {decode * 1e3:.1f} ms "
        f"(goal {goal * 1e3:.1f}; medians of {rounds} in turns)"
    )


class _Wire:
    """The endpoint, on one connection that is kept."""

    def __init__(self, server: dict):
        self._server = server
        url = urlsplit(server["base_url"])
        self._path = url.path
        self._connection = http.client.HTTPConnection(url.hostname, url.port, timeout=600)

    def _call(self, method: str, path: str, body: dict | None = None, **headers: str):
        headers |= {"Authorization": f"Bearer {self._server['api_key']}"}
        content = None if body is None else json.dumps(body).encode()
        self._connection.request(method, self._path + path, content, headers)
        response = self._connection.getresponse()
        answer = json.loads(response.read())
        if response.status != 200:
            raise ValueError(answer)
        return answer, response.headers

    def wait(self) -> None:
        """Returns when the endpoint's logits are exact. ValueError if they never will be."""
        while True:
            _, headers = self._call("GET", "/models")
            how = headers["x-samplers-logits"]
            if how == "exact":
                return
            if "still" not in how:
                raise ValueError(how)
            time.sleep(0.1)

    def ids(self, messages: list[dict]) -> list[int]:
        """A conversation's token ids."""
        return self._call("POST", "/tokenize", {"messages": messages})[0]["ids"]

    def next_token(self, messages: list[dict], after: list[int]) -> float:
        """Seconds until the logits of the next token are a numpy array here."""
        body = ONE | {"model": self._server["model"], "messages": messages}
        headers = HEADERS | {"x-samplers-continue": json.dumps(after)}
        start = time.perf_counter()
        answer, _ = self._call("POST", "/chat/completions", body, **headers)
        full = answer["choices"][0]["logprobs"]["content"][0]["full"]
        row = np.frombuffer(base64.b64decode(full["logits"]), "<f4")
        seconds = time.perf_counter() - start
        if not full["raw"] or row.size < 1000:
            raise ValueError("these are no exact logits")
        return seconds

    def score(self, ids: list[int]) -> float:
        """Seconds of scoring token ids."""
        start = time.perf_counter()
        answer, _ = self._call("POST", "/samplers/score", {"input": ids})
        seconds = time.perf_counter() - start
        if len(answer["tokens"]) != len(ids):
            raise ValueError(answer)
        return seconds
