"""llama.cpp's own server with the same weights, and nothing of ours in between."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

KEY = "bare"
SERVER = f"""
import json, os, sys, xllamacpp
params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.hostnames = ["127.0.0.1"]
params.port = 0
params.api_keys = ["{KEY}"]
params.verbosity = -1
params.n_parallel = int(sys.argv[2])
params.n_ctx = 1024 * params.n_parallel
params.kv_unified = False
params.warmup = False
params.cache_ram_mib = 0
for threads in (params.cpuparams, params.cpuparams_batch):
    threads.n_threads = int(sys.argv[3])
    threads.poll = 0
server = xllamacpp.Server(params)
print(json.dumps(server.listening_address), flush=True)
sys.stdin.read()
os._exit(0)
"""


@contextmanager
def bare_llama_cpp(slots: int = 4, threads: int = 1, **environment: str) -> Iterator[str]:
    """The base URL of a server that takes KEY, while the block runs."""
    weights = subprocess.run(
        [sys.executable, "-m", "samplers.local.engine.weights"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.strip()

    command = [sys.executable, "-c", SERVER, weights, str(slots), str(threads)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes, env=os.environ | environment) as child:
        try:
            address = next(json.loads(line) for line in child.stdout if line.startswith('"http'))
            yield address + "/v1"
        finally:
            child.stdin.close()  # ends it; leaving the block waits and closes the other pipe
