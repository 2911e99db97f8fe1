"""llama.cpp's own server: an endpoint that is not ours."""

import json
import subprocess
import sys

import pytest

from samplers.api import Client

BARE = """
import json, sys, xllamacpp
p = xllamacpp.CommonParams()
p.model.path = sys.argv[1]
p.hostnames = ["127.0.0.1"]
p.port = 0
p.api_keys = ["bare"]
p.verbosity = -1
p.n_parallel = 4
p.n_ctx = 4096
p.kv_unified = False
p.warmup = False
p.cache_ram_mib = 0
for threads in (p.cpuparams, p.cpuparams_batch):
    threads.n_threads = 1
    threads.poll = 0
server = xllamacpp.Server(p)
print(json.dumps(server.listening_address), flush=True)
sys.stdin.read()
import os; os._exit(0)
"""


@pytest.fixture(scope="session")
def bare():
    """A client of llama.cpp's own server with the same weights, nothing of ours in between."""
    path = subprocess.run(
        [sys.executable, "-m", "samplers.local.engine.weights"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.strip()
    command = [sys.executable, "-c", BARE, path]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as child:
        try:
            address = next(json.loads(line) for line in child.stdout if line.startswith('"http'))
            with Client(address + "/v1", "bare") as client:
                yield client
        finally:
            child.stdin.close()  # ends it; leaving the block waits and closes the other pipe
