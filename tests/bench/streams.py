"""Many streamed answers at once: ours beside llama.cpp's bare server with as many slots.

`python -m tests.bench.streams --slots 32 --streams 24 32 1 --old FOLDER`. Servers take turns, run
by run, so that what else the machine does meets all of them. Every run has prompts of its own. All
draw from the same distribution, that of the whole vocabulary; `--top-40` adds llama.cpp as it is if
nothing is said, which draws from the 40 most probable tokens and so has less to do. One stream is
that of an endpoint without --slots, beside FOLDER's, a checkout of an earlier commit.
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
from itertools import count
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
WHOLE = {"top_k": 0, "top_p": 1.0, "min_p": 0.0}  # llama.cpp's own are 40, 0.95 and 0.05
NO_END = {"0": -100, "2": -100}  # SmolLM2's ends of a turn: every answer has all its tokens


class Server(NamedTuple):
    """A running server.

    `pid` is the process that does its work, `fields` are what its requests have besides.
    """

    name: str
    base_url: str
    key: str
    model: str
    pid: int
    fields: dict


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
        yield Server(name, ready["base_url"], ready["api_key"], ready["model"], child.pid, {})
        child.stdin.close()


@contextmanager
def bare(name: str, slots: int, **environment: str) -> Iterator[Server]:
    """llama.cpp's own server, on all cores."""
    before = {child.pid for child in psutil.Process().children()}
    with bare_llama_cpp(slots, os.cpu_count(), **environment) as base_url:
        (pid,) = {child.pid for child in psutil.Process().children()} - before
        yield Server(name, base_url, KEY, "smollm2", pid, WHOLE)


def run(server: Server, streams: int, options: argparse.Namespace, first: int) -> Run:
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
    } | server.fields


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


def table(
    servers: list[Server], streams: int, options: argparse.Namespace, numbers: Iterator[int]
) -> Iterator[str]:
    """The medians of the servers, with their ratio to that of the second.

    Each run's prompts begin at one of `numbers`: nobody has read them yet.
    """
    results: dict[str, list[Run]] = {server.name: [] for server in servers}
    for server in servers:
        run(server, min(streams, 2), options, next(numbers))  # warms it up
    for _ in range(options.runs):
        for server in servers:
            results[server.name].append(run(server, streams, options, next(numbers)))

    speeds = {name: median(one.tokens_per_second for one in own) for name, own in results.items()}
    other = list(speeds.values())[1]
    for name, own in results.items():
        cost = median(one.milliseconds for one in own)
        each = " ".join(f"{one.tokens_per_second:.0f}" for one in own)
        ratio = speeds[name] / other
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
    parser.add_argument("--top-40", action="store_true", help="also llama.cpp's own distribution")
    parser.add_argument(
        "--spin", action="store_true", help="also llama.cpp as it starts, with threads that spin"
    )
    options = parser.parse_args()

    print("| streams | server | tokens/s | of the second | processor ms a token | each run |")
    print("|---|---|---:|---:|---:|---|", flush=True)
    slots = str(options.slots)
    numbers = count(1000, 100)  # of as many digits, so that all prompts have as many tokens
    with ExitStack() as stack:

        def started(*servers) -> list[Server]:
            return [stack.enter_context(server) for server in servers]

        many = started(
            ours(f"ours, --slots {slots}", HERE, "--slots", slots),
            bare("llama.cpp", options.slots, **SLEEP),
        )
        if options.top_40:
            many.append(many[1]._replace(name="llama.cpp, 40 tokens", fields={}))
        if options.spin:
            many += started(bare("llama.cpp, its threads spin", options.slots))
        one = many
        if options.old:
            one = started(ours("ours", HERE), ours("earlier", options.old))
        for streams in options.streams:
            servers = one if streams == 1 else many
            for line in table(servers, streams, options, numbers):
                print(line, flush=True)


if __name__ == "__main__":
    main()
