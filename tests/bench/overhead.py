"""What the local endpoint's gateway adds to llama.cpp's own server: both as processes of their own,
asked in turns.
"""

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from urllib.parse import urlsplit

ROUNDS = 100
ASK = {
    "messages": [{"role": "user", "content": "What is the capital of France?"}],
    "temperature": 0,
    "max_tokens": 2,
}
SERVERS = {"gateway": "samplers.local", "bare": "tests.bench.overhead"}


def added() -> dict[str, float] | None:
    """Seconds that the gateway adds, as differences of medians: to a "plain" request of 2 tokens,
    and to the "first" token of a stream. None where there is no local engine.
    """
    try:
        with _server("gateway") as gateway, _server("bare") as bare:
            times = {
                (kind, server["base_url"]): []
                for kind in (_plain, _first)
                for server in (gateway, bare)
            }
            for done in range(ROUNDS + 3):
                for kind in (_plain, _first):
                    for server in (gateway, bare) if done % 2 else (bare, gateway):
                        taken = kind(server)
                        if done >= 3:  # the first ones read the prompt; from then on it is cached
                            times[kind, server["base_url"]].append(taken)
    except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
        print(f"no gateway to time ({type(error).__name__} {error})", file=sys.stderr)
        return None
    over = {kind: median(times[kind, gateway["base_url"]]) - median(times[kind, bare["base_url"]])
            for kind in (_plain, _first)}  # fmt: skip
    return {"plain": over[_plain], "first": over[_first]}


@contextmanager
def _server(name: str) -> Iterator[dict]:
    """A server's own line, {"base_url", "api_key", "model"}; it ends with its standard input."""
    process = subprocess.Popen(
        [sys.executable, "-m", SERVERS[name]],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    late = threading.Timer(120, process.kill)
    late.start()
    try:
        yield json.loads(process.stdout.readline())
    finally:
        late.cancel()
        process.stdin.close()
        process.stdout.close()
        process.wait(20)


def _asked(server: dict, **fields) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    """A request on a new connection: llama.cpp may close a kept one without a word."""
    url = urlsplit(server["base_url"])
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {server['api_key']}"}
    body = json.dumps(ASK | {"model": server["model"]} | server.get("sampling", {}) | fields)
    connection.request("POST", f"{url.path}/chat/completions", body.encode(), headers)
    response = connection.getresponse()
    if response.status != 200:
        raise ValueError(response.read())
    return connection, response


def _plain(server: dict) -> float:
    start = time.perf_counter()
    connection, response = _asked(server)
    answer = json.loads(response.read())
    taken = time.perf_counter() - start
    connection.close()
    if answer["usage"]["completion_tokens"] != ASK["max_tokens"]:
        raise ValueError(answer)
    return taken


def _first(server: dict) -> float:
    start, taken = time.perf_counter(), None
    connection, response = _asked(server, stream=True)
    while line := response.readline():  # to the end, so that the server is idle again
        if (
            taken is None
            and line.startswith(b"data: {")
            and json.loads(line[6:])["choices"][0]["delta"].get("content")
        ):
            taken = time.perf_counter() - start
    connection.close()
    return taken


def _serve() -> None:
    """llama.cpp's own server, as the endpoint starts it, till standard input closes; and how the
    endpoint samples: that costs more than llama.cpp's defaults, which look at 40 tokens, and is no
    matter of the gateway's.
    """
    from samplers.local.answer.decode import Settings, engine_body
    from samplers.local.engine.llama_cpp import load
    from samplers.local.engine.weights import ensure
    from samplers.local.request.chat import parse
    from samplers.local.start import TEMPLATE

    server = load(ensure(), "bench", TEMPLATE)
    line = {"base_url": f"{server.listening_address}/v1", "api_key": "bench", "model": "any"}
    sampling = engine_body(parse(ASK | {"model": "any"}, {}, 1), Settings())
    print(json.dumps(line | {"sampling": sampling}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    import os

    _serve()
    os._exit(0)  # the engine's threads do not always end
