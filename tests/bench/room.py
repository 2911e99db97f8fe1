"""`python -m tests.bench.room`: learners of lesson 02 share one endpoint, and someone chats beside.

Each learner sends the lesson's real requests in their order, from a place of its own on, and thinks
before each one: an exponential time with a mean of 45 s. Beside them a chat of 40 tokens is sent
every 5 s, whether the last one was answered or not. Then the endpoint's speed is measured. What
follows `--` are options of the endpoint: `python -m tests.bench.room -- --class 30`.
"""

import argparse
import asyncio
import datetime
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from . import lesson, speeds
from .learners import CHAT, CHAT_EVERY, THINK, Room, waits
from .process import processor
from .served import keys_of, opened

MEASURED = Path(__file__).parents[1] / "data/class_measured.json"
LEARNERS = 30
GOAL = 3.0  # seconds, of the chat's 95th percentile


def processor_seconds(process: psutil.Process) -> float:
    """User and system seconds of a process and of those that it started."""
    return sum(sum(one.cpu_times()[:2]) for one in [process, *process.children(recursive=True)])


def measure(ready: dict, process: psutil.Process | None, options: argparse.Namespace) -> dict:
    """The result of one run, as JSON has it."""
    keys = keys_of(options.keys) if options.keys else [ready["api_key"]]
    address = (ready["base_url"], ready["model"], keys)
    steps = lesson.steps(ready["ours"])
    if not options.by_cell:
        steps = [[request] for cell in steps for request in cell]

    on = {"date": str(datetime.date.today()), "machine": machine()}
    room = Room(*address, steps, options.seed)
    before = processor_seconds(process) if process else 0.0
    own = time.process_time()
    asyncio.run(room.run(options.learners, options.seconds))
    used = {"load generator": round(time.process_time() - own, 1)}
    if process:
        used["endpoint"] = round(processor_seconds(process) - before, 1)

    asked = {name: getattr(options, name) for name in ("learners", "seconds", "by_cell", "seed")}
    asked |= {"think": THINK, "chat_every": CHAT_EVERY, "endpoint": options.endpoint}
    return (
        asked
        | on
        | {
            "slots": ready["slots"],
            "waits": waits(room.answers),
            "requests_per_minute": round(60 * len(room.answers) / options.seconds, 1),
            "processor_seconds": used,
            "speeds": asyncio.run(speeds.measured(*address, steps)),
        }
    )


def machine() -> str:
    """What it runs on; the load is that of the minute before."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""  # not on Windows
    return f"{os.cpu_count()} cores{load}, {processor()}"


def table(result: dict) -> Iterator[str]:
    """The result, line by line."""
    yield f"{'seconds of':<24}{'count':>7}{'p50':>8}{'p95':>8}{'max':>8}{'errors':>8}"
    for name, found in result["waits"].items():
        times = "".join(f"{found[column]:>8.2f}" for column in ("p50", "p95", "max"))
        yield f"{name:<24}{found['count']:>7}{times}{found['errors']:>8}"
    yield f"tokens/s by answers at once: {result['speeds']['rates']}"
    yield f"{result['requests_per_minute']} requests a minute"
    yield f"seconds of the processors, in {result['seconds']:.0f} s: {result['processor_seconds']}"
    p95 = result["waits"][CHAT]["p95"]
    yield f"the chat's p95: {p95:.2f} s (goal {GOAL:.0f}): {'met' if p95 < GOAL else 'MISSED'}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.room", description=__doc__)
    parser.add_argument("--learners", type=int, default=LEARNERS)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--by-cell",
        action="store_true",
        help="think before each cell, and send its requests one after the other: three times the "
        "load",
    )
    parser.add_argument("--keys", type=Path, help="a file of keys, `name key` on each line")
    parser.add_argument("--base-url", help="an endpoint that runs; its key is SAMPLERS_API_KEY")
    parser.add_argument(
        "--save",
        nargs="?",
        type=Path,
        const=MEASURED,
        help=f"write the result as JSON, {MEASURED.name} if no file is named",
    )
    parser.add_argument("endpoint", nargs="*", help="options of the endpoint, after --")
    options = parser.parse_args()
    with opened(options) as (ready, process):
        result = measure(ready, process, options)

    print(*table(result), sep="\n")
    if options.save:
        options.save.write_text(json.dumps(result, indent=1) + "\n", "utf-8", newline="\n")
    return 0 if result["waits"][CHAT]["p95"] < GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
