"""llama.cpp's own server, bare: an endpoint that is not ours."""

import json
import subprocess
import sys

import pytest

from samplers.api import Client

BARE = """
import json, sys, xllamacpp
p = xllamacpp.CommonParams()
p.model.path, p.hostnames, p.port, p.api_keys, p.verbosity = sys.argv[1], ["127.0.0.1"], 0, ["bare"], -1
p.n_parallel, p.n_ctx, p.kv_unified, p.warmup, p.cache_ram_mib = 4, 4096, False, False, 0
for threads in (p.cpuparams, p.cpuparams_batch):
    threads.n_threads, threads.poll = 1, 0
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
    with subprocess.Popen(
        [sys.executable, "-c", BARE, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        try:
            address = next(json.loads(line) for line in child.stdout if line.startswith('"http'))
            with Client(address + "/v1", "bare") as client:
                yield client
        finally:
            child.stdin.close()  # that ends it; leaving the block waits and closes the other pipe
