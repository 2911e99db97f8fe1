"""Many streamed answers at once: ours beside llama.cpp's bare server with as many slots.

`python -m tests.bench.streams --slots 32 --streams 24 32 1 --old FOLDER`. Servers take turns, run
by run, so that what else the machine does meets all of them. Every run has prompts of its own. One
stream is that of an endpoint without --slots, beside FOLDER's, a checkout of an earlier commit.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.parse import urlsplit

import psutil

from tests.helpers.bare_llama_cpp import KEY, bare_llama_cpp

HERE = Path(__file__).parents[2]
# llama.cpp's template adds one where there is none: so both read the same prompt
SYSTEM = {"role": "system", "content": "You are a helpful teacher of short stories."}
SLEEP = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "500"}  # as ours do (`server.py`)
NO_END = {"0": -100, "2": -100}  # SmolLM2's ends of a turn: every answer has all its tokens


class Server(NamedTuple):
    """A running server; `pid` is the process that does its work."""

    name: str
    base_url: str
    key: str
    model: str
    pid: int


class Run(NamedTuple):
    """Tokens a second of all streams together, and processor milliseconds for each token."""

    tokens_per_second: float
    milliseconds: float


@contextmanager
def ours(name: str, folder: Path, *flags: str) -> Iterator[Server]:
    """The local endpoint of a checkout."""
    command = [sys.executable, "-m", "samplers.local", *flags]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    environment = os.environ | {"PYTHONPATH": str(folder)}
    with subprocess.Popen(command, **pipes, cwd=folder, env=environment) as child:
        ready = json.loads(child.stdout.readline())
        yield Server(name, ready["base_url"], ready["api_key"], ready["model"], child.pid)
        child.stdin.close()


@contextmanager
def bare(name: str, slots: int, **environment: str) -> Iterator[Server]:
    """llama.cpp's own server, on all cores."""
    before = {child.pid for child in psutil.Process().children()}
    with bare_llama_cpp(slots, os.cpu_count(), **environment) as base_url:
        (pid,) = {child.pid for child in psutil.Process().children()} - before
        yield Server(name, base_url, KEY, "smollm2", pid)


def run(server: Server, streams: int, options: argparse.Namespace, first: int = 0) -> Run:
    """So many answers, asked for at the same time; `first` is the number of the first prompt."""
    process = psutil.Process(server.pid)
    bodies = [_body(server, first + number, options) for number in range(streams)]
    used = sum(process.cpu_times()[:2])
    begin = time.perf_counter()
    tokens = asyncio.run(_all(server, bodies))
    seconds = time.perf_counter() - begin
    used = sum(process.cpu_times()[:2]) - used
    return Run(tokens / seconds, 1000 * used / tokens)


async def _all(server: Server, bodies: list[dict]) -> int:
    return sum(await asyncio.gather(*[_answer(server, body) for body in bodies]))


def _body(server: Server, number: int, options: argparse.Namespace) -> dict:
    return {
        "model": server.model,
        "messages": [SYSTEM, {"role": "user", "content": f"Tell a story about {number} cats."}],
        "max_tokens": options.tokens,
        "temperature": options.temperature,
        "seed": number,
        "logit_bias": NO_END,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


async def _answer(server: Server, body: dict) -> int:
    """Reads one answer to its end, as cheaply as can be: the tokens that its usage counts."""
    address = urlsplit(server.base_url)
    content = json.dumps(body).encode()
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    head = (
        f"POST {address.path}/chat/completions HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Authorization: Bearer {server.key}\r\nContent-Type: application/json\r\n"
        f"Connection: close\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    writer.write(head.encode() + content)
    answer = await reader.read()
    writer.close()
    _, _, usage = answer.rpartition(b'"completion_tokens":')
    assert usage, answer[:1000]
    return int(usage.split(b",")[0].split(b"}")[0])


def table(servers: list[Server], streams: int, options: argparse.Namespace) -> Iterator[str]:
    """The medians of the servers, with their ratio to the best of those after the first."""
    results: dict[str, list[Run]] = {server.name: [] for server in servers}
    for server in servers:
        run(server, min(streams, 2), options)  # warms it up
    for number in range(options.runs):
        for server in servers:  # prompts that nobody has read yet
            results[server.name].append(run(server, streams, options, 100 * number + 10))

    speeds = {name: median(one.tokens_per_second for one in own) for name, own in results.items()}
    best = max(list(speeds.values())[1:])
    for name, own in results.items():
        cost = median(one.milliseconds for one in own)
        each = " ".join(f"{one.tokens_per_second:.0f}" for one in own)
        ratio = speeds[name] / best
        yield f"| {streams} | {name} | {speeds[name]:.1f} | {ratio:.2f} | {cost:.1f} | {each} |"


def main() -> None:
    """Starts the servers, and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slots", type=int, default=32)
    parser.add_argument("--streams", type=int, nargs="+", default=[24, 32, 1])
    parser.add_argument("--old", type=Path, help="a checkout of an earlier commit")
    parser.add_argument("--temperature", type=float, default=1.0)
    parser.add_argument("--tokens", type=int, default=64, help="of each answer")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(
        "--spin", action="store_true", help="also llama.cpp as it starts, with threads that spin"
    )
    options = parser.parse_args()

    print("| streams | server | tokens/s | of the best other | processor ms a token | each run |")
    print("|---|---|---:|---:|---:|---|", flush=True)
    slots = str(options.slots)
    with ExitStack() as stack:

        def started(*servers) -> list[Server]:
            return [stack.enter_context(server) for server in servers]

        many = started(
            ours(f"ours, --slots {slots}", HERE, "--slots", slots),
            bare("llama.cpp", options.slots, **SLEEP),
        )
        if options.spin:
            many += started(bare("llama.cpp, its threads spin", options.slots))
        one = many
        if options.old:
            one = started(ours("ours", HERE), ours("earlier", options.old))
        for streams in options.streams:
            servers = one if streams == 1 else many
            for line in table(servers, streams, options):
                print(line, flush=True)


if __name__ == "__main__":
    main()
