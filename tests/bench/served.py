"""The endpoint that is measured: one that is started for it, or one at an address."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from samplers.local.engine.slots import SLOTS

from . import speeds


@contextmanager
def endpoint(
    options: list[str], environment: dict[str, str] | None = None
) -> Iterator[tuple[dict, psutil.Process]]:
    """A local endpoint with these options: its ready line, and its process.

    `environment` is added to our own.
    """
    command = [sys.executable, "-m", "samplers.local", *options]
    pipes = dict.fromkeys(("stdin", "stdout"), subprocess.PIPE)
    process = subprocess.Popen(command, **pipes, env=os.environ | (environment or {}))
    try:
        line = process.stdout.readline()
        if not line:
            raise SystemExit("the endpoint did not start; it said why above")
        yield {"ours": True, "slots": SLOTS} | json.loads(line), psutil.Process(process.pid)
    finally:
        process.communicate(timeout=30)


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[tuple[dict, psutil.Process | None]]:
    """The endpoint that was named, without its process, or one that is started for this run."""
    if not options.base_url:
        keys = ["--keys", str(options.keys)] if options.keys else []
        with endpoint([*options.endpoint, *keys]) as started:
            yield started
        return
    key = os.environ.get("SAMPLERS_API_KEY")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    answer = httpx.get(f"{options.base_url}/models", headers=headers).raise_for_status()
    model = answer.json()["data"][0]
    ours = str(model.get("owned_by")).startswith("samplers")
    ready = {"base_url": options.base_url, "api_key": key, "model": model["id"], "ours": ours}
    yield ready | {"slots": max(speeds.STREAMS)}, None


def keys_of(path: Path) -> list[str]:
    """The keys of a file with a name and a key on each line."""
    lines = [line.split() for line in path.read_text("utf-8").splitlines()]
    return [words[1] for words in lines if len(words) == 2 and not words[0].startswith("#")]
