"""`python -m samplers.local.bare`: llama.cpp's own server with the same weights, for comparison.

Nothing of ours stands between it and its clients: its own chat template, its own order of samplers,
its own errors. It listens on a free loopback port, prints one line of JSON when it is ready, and
ends as `python -m samplers.local` does.
"""

import argparse
import json
import os
import secrets
import sys
import threading
from pathlib import Path
from typing import TextIO

from samplers.local import lifetime

CONTEXT = 1024  # tokens of prompt and answer together, in each slot


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m samplers.local.bare", description=__doc__)
    parser.add_argument("--slots", type=int, default=4, help="answers at the same time")
    parser.add_argument("--threads", type=int, default=1, help="threads of the engine")
    parser.add_argument(
        "--api-key",
        default=os.environ.get("SAMPLERS_LOCAL_KEY") or None,
        help="the bearer token to ask for; a random one if not given. SAMPLERS_LOCAL_KEY does the "
        "same, unseen by `ps`",
    )
    lifetime.add_to(parser)
    return parser.parse_args(given)


def main() -> int:
    """Runs the server. Returns 0 when it was asked to end.

    Returns 1, with a message on stderr, when it could not start.
    """
    stdout = lifetime.own_stdout()
    end = lifetime.ending()
    options = arguments()
    lifetime.end_with_parent(options.parent, end)

    # These imports take most of the start's time. Here, the watch on stdin already runs.
    from samplers.local.engine import weights
    from samplers.local.engine.loading import LoadError
    from samplers.local.start import model_id

    try:
        path = weights.ensure()
        _serve(path, model_id("", path), options, stdout, end)
    except RuntimeError as error:  # xllamacpp has no better one
        print(f"samplers.local.bare: {LoadError(path, error)}", file=sys.stderr)
        return 1
    except (weights.WeightsError, OSError) as error:
        print(f"samplers.local.bare: {error}", file=sys.stderr)
        return 1
    return 0


def _serve(
    path: Path, name: str, options: argparse.Namespace, stdout: TextIO, end: threading.Event
) -> None:
    import xllamacpp

    key = options.api_key or secrets.token_urlsafe(32)
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.model_alias = {name}  # else its answers name the file with its folders
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [key]
    params.verbosity = -1
    params.n_parallel = options.slots
    params.n_ctx = CONTEXT * options.slots
    params.kv_unified = False
    params.warmup = False
    params.fit_params = False  # as in `server.load`
    params.ui = False
    params.cache_ram_mib = 0
    for threads in (params.cpuparams, params.cpuparams_batch):
        threads.n_threads = options.threads
        threads.poll = 0

    server = xllamacpp.Server(params)  # it runs as long as this object lives
    ready = {"base_url": f"{server.listening_address}/v1", "api_key": key, "model": name}
    print(json.dumps(ready), file=stdout, flush=True)
    end.wait()


if __name__ == "__main__":
    lifetime.leave(main())
