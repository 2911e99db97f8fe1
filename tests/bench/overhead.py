"""What the local endpoint's gateway adds to llama.cpp's own server.

Both are processes of their own, and requests go to them in turns.
"""

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from urllib.parse import urlsplit

ROUNDS = 100
REQUEST = {
    "messages": [{"role": "user", "content": "What is the capital of France?"}],
    "temperature": 0,
    "max_tokens": 2,
}
SERVERS = {"gateway": "samplers.local", "bare": "tests.bench.overhead"}


def added() -> dict[str, float] | None:
    """Seconds that the gateway adds to a "plain" request and to the "first" token of a stream.

    They are differences of medians; a request is of 2 tokens. None where there is no local engine.
    """
    kinds = {"plain": _plain_seconds, "first": _first_seconds}
    try:
        with server("gateway") as gateway, server("bare") as bare:
            pairs = {name: _pairs(timed, gateway, bare) for name, timed in kinds.items()}
    except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
        print(f"no gateway to time ({type(error).__name__} {error})", file=sys.stderr)
        return None
    return {name: _difference(of_kind) for name, of_kind in pairs.items()}


def _pairs(timed: Callable, gateway: dict, bare: dict) -> list[tuple[float, float]]:
    """(seconds with the gateway, seconds without) of ROUNDS rounds, with alternating order."""
    pairs = []
    for done in range(ROUNDS + 3):
        if done % 2:
            of_gateway = timed(gateway)
            of_bare = timed(bare)
        else:
            of_bare = timed(bare)
            of_gateway = timed(gateway)
        if done >= 3:  # the first rounds read the prompt; from then on it is cached
            pairs.append((of_gateway, of_bare))
    return pairs


def _difference(pairs: list[tuple[float, float]]) -> float:
    of_gateway, of_bare = zip(*pairs, strict=True)
    return median(of_gateway) - median(of_bare)


@contextmanager
def server(name: str, seconds: float = 120) -> Iterator[dict]:
    """A server's line {"base_url", "api_key", "model"}; it ends with its standard input.

    And it ends after so many seconds.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", SERVERS[name]],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    timeout = threading.Timer(seconds, process.kill)
    timeout.start()
    try:
        yield json.loads(process.stdout.readline())
    finally:
        timeout.cancel()
        process.stdin.close()
        process.stdout.close()
        process.wait(20)


def _post(server: dict, **fields) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    """A request on a new connection: llama.cpp may close a kept one without notice."""
    url = urlsplit(server["base_url"])
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {server['api_key']}"}
    body = json.dumps(REQUEST | {"model": server["model"]} | server.get("sampling", {}) | fields)
    connection.request("POST", f"{url.path}/chat/completions", body.encode(), headers)
    response = connection.getresponse()
    if response.status != 200:
        raise ValueError(response.read())
    return connection, response


def _plain_seconds(server: dict) -> float:
    start = time.perf_counter()
    connection, response = _post(server)
    completion = json.loads(response.read())
    seconds = time.perf_counter() - start
    connection.close()
    if completion["usage"]["completion_tokens"] != REQUEST["max_tokens"]:
        raise ValueError(completion)
    return seconds


def _first_seconds(server: dict) -> float:
    start = time.perf_counter()
    seconds = None
    connection, response = _post(server, stream=True)
    for line in response:  # to the end, so that the server is idle again
        if seconds is None and _has_content(line):
            seconds = time.perf_counter() - start
    connection.close()
    return seconds


def _has_content(line: bytes) -> bool:
    if not line.startswith(b"data: {"):
        return False
    return bool(json.loads(line[6:])["choices"][0]["delta"].get("content"))


def _serve() -> None:
    """Run llama.cpp's own server, as the endpoint starts it, until standard input closes.

    The line that it prints says how the endpoint samples, too. llama.cpp's defaults consider only
    40 tokens; the endpoint's sampling costs more, which is not the gateway's doing.
    """
    from samplers.local.answer.generate.sampling import engine_body
    from samplers.local.engine.model import Settings
    from samplers.local.engine.server import load
    from samplers.local.engine.template import TEMPLATE
    from samplers.local.engine.weights import ensure
    from samplers.local.request.chat import parse

    server = load(ensure(), "bench", TEMPLATE, tcp=True)
    line = {"base_url": f"{server.listening_address}/v1", "api_key": "bench", "model": "any"}
    sampling = engine_body(parse(REQUEST | {"model": "any"}, {}, 1), Settings())
    print(json.dumps(line | {"sampling": sampling}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    import os

    _serve()
    os._exit(0)  # the engine's threads do not always end
