"""Two batches at an endpoint that is killed again and again: one of moderations, one of chats."""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sdk_batches import END, Batches, jsonl, moderation

KEY = "sk-of-killed-batches"
PATIENCE = 300  # seconds for a start, or for more lines


@dataclass
class Outcome:
    """What came of it. `kills` has, for each kill, how many lines had been counted before."""

    kills: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def chat(model: str, custom_id: str, **fields) -> dict:
    """A batch's request for one token of a chat."""
    messages = [{"role": "user", "content": f"Say {custom_id}."}]
    body = {"model": model, "messages": messages, "max_tokens": 1} | fields
    url = "/v1/chat/completions"
    return {"custom_id": custom_id, "method": "POST", "url": url, "body": body}


class Killed:
    """An endpoint with the database in a folder, started again after each kill."""

    def __init__(self, folder: Path):
        self._environment = os.environ | {
            "XDG_DATA_HOME": str(folder),
            "SAMPLERS_LOCAL_KEY": KEY,
        }
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "samplers.local", "--profile", "plain"]
        pipes = dict.fromkeys(("stdin", "stdout"), subprocess.PIPE)
        self.process = subprocess.Popen(command, **pipes, env=self._environment)
        ready = json.loads(self.process.stdout.readline())
        self.model = ready["model"]
        self.batches = Batches(ready["base_url"], KEY)

    def kill(self) -> None:
        """kill -9, as the system does it when memory is short."""
        self.batches.sdk.close()
        self.process.kill()
        self.process.communicate()

    def end(self) -> None:
        self.batches.sdk.close()
        self.process.communicate()


def run(folder: Path, lines: int, kills: int, seed: int) -> Outcome:
    """Kills the endpoint so many times while it works on `lines` lines, spread over all of them.

    The first kill comes before the files are read. Each one comes after a random part of the time
    that a line takes, and when at least one line more is answered: a line that is under way at
    three ends of the process is given up.
    """
    rng = random.Random(seed)
    outcome = Outcome()
    endpoint = Killed(folder)
    half = lines // 2
    chats = [chat(endpoint.model, f"chat {i}") for i in range(lines - half)]
    texts = [moderation(f"text {i}") for i in range(half)]
    begun = [
        endpoint.batches.create(jsonl(*texts)),
        endpoint.batches.create(jsonl(*chats), "/v1/chat/completions"),
    ]

    after = -1
    for number in range(kills):
        before = _wait_for(endpoint, begun, max(number * lines // kills, after + 1))
        time.sleep(rng.random() * 0.02)
        endpoint.kill()
        outcome.kills.append(before)
        endpoint.start()
        after = _counted(endpoint, begun)
        if after < before:
            outcome.problems.append(f"{before} lines were answered before a kill, {after} after it")

    for batch, requests in zip(begun, (texts, chats), strict=True):
        outcome.problems += _problems(endpoint.batches, batch, requests)
    endpoint.end()
    return outcome


def _wait_for(endpoint: Killed, begun: list, count: int) -> int:
    """Waits until so many lines are counted, or all batches have ended; returns how many are."""
    deadline = time.monotonic() + PATIENCE
    while True:
        batches = [endpoint.batches.sdk.batches.retrieve(batch.id) for batch in begun]
        done = sum(batch.request_counts.completed for batch in batches)
        if done >= count or all(batch.status in END for batch in batches):
            return done
        assert time.monotonic() < deadline, batches
        time.sleep(0.05)


def _counted(endpoint: Killed, begun: list) -> int:
    return _wait_for(endpoint, begun, 0)


def _problems(batches: Batches, batch, requests: list[dict]) -> list[str]:
    batch = batches.follow(batch, PATIENCE)
    counts = batch.request_counts
    output = batches.lines(batch.output_file_id)
    found = Counter(line["custom_id"] for line in output)
    asked = [request["custom_id"] for request in requests]
    problems = []
    if batch.status != "completed" or batch.error_file_id is not None:
        problems.append(f"it did not end well: {batch}")
    if found != Counter(asked):
        lost = sorted(set(asked) - set(found))
        doubled = [custom_id for custom_id, count in found.items() if count > 1]
        problems.append(f"lost: {lost}; doubled: {doubled}")
    if (counts.total, counts.completed, counts.failed) != (len(asked), len(asked), 0):
        problems.append(f"wrong counts: {counts}")

    bodies = [line["response"]["body"] for line in output]
    tokens = sum(body.get("usage", {}).get("total_tokens", 0) for body in bodies)
    if batch.usage.total_tokens != tokens:
        problems.append(f"usage says {batch.usage.total_tokens} tokens, the lines {tokens}")
    return problems
