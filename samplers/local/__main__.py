"""`python -m samplers.local`: starts the local endpoint and serves until standard input closes.

It also ends with the process that started it, unless nohup or setsid parted them.

When it is ready, it prints one line of JSON with its address, its key (null with --keys) and its
model. A second model, the first one's name with -reasoning, simulates one of OpenAI's reasoning
models.
"""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import secrets
import sys
import threading
from typing import TextIO

from samplers.local import lifetime
from samplers.local.conditions import flags
from samplers.local.keys import flags as keys_flags
from samplers.local.pages import flags as pages_flags
from samplers.local.room import flags as room_flags


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m samplers.local", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=0, help="a port; 0 (the default) takes a free one"
    )
    parser.add_argument(
        "--api-key",
        default=os.environ.get("SAMPLERS_LOCAL_KEY") or None,
        help="the bearer token to ask for; a random one if not given. SAMPLERS_LOCAL_KEY does the "
        "same, unseen by `ps`. Files, batches and responses are kept in your data folder, and "
        "outlive the endpoint and its key",
    )
    lifetime.add_to(parser)
    parser.add_argument("--engine-order", choices=("openai", "llama.cpp"), default="openai")
    parser.add_argument(
        "--extensions",
        choices=("vllm",),
        help="vllm: the plain model takes vLLM's parameters, too (top_k, min_p, "
        "repetition_penalty, ignore_eos, min_tokens, stop_token_ids, prompt_logprobs, "
        "return_tokens_as_token_ids), and samples as vLLM does. GET /v1/models says so",
    )
    parser.add_argument("--logprobs-mode", choices=("raw", "processed"), default="raw")
    parser.add_argument(
        "--profile",
        choices=("plain", "reasoning", "both"),
        default="both",
        help="the models: as they are, simulating a reasoning model, or both (the default). The "
        "same weights think before they answer, and refuse what OpenAI's reasoning models refuse",
    )
    parser.add_argument(
        "--default-system",
        choices=("drop", "keep"),
        default="drop",
        help="keep: the model file's own chat template, as other engines use it, which adds a "
        "system message to a conversation without one. drop (the default): it does not, as at "
        "OpenAI. It concerns the model that is downloaded; another one keeps its own template",
    )
    room_flags.add_to(parser)
    keys_flags.add_to(parser)
    pages_flags.add_to(parser)
    flags.add_to(parser)
    parser.add_argument(
        "--verbose", action="store_true", help="log requests and the engine's messages to stderr"
    )
    options = parser.parse_args(given)

    if not 0 <= options.port <= 65535:
        parser.error(f"--port must be in [0, 65535], got {options.port}")
    if options.extensions is not None and options.engine_order == "llama.cpp":
        parser.error(
            "--extensions vllm and --engine-order llama.cpp cannot both be given: vLLM's "
            "parameters act in vLLM's order"
        )
    keys_flags.check(parser, options)
    pages_flags.check(parser, options)
    options.slots = room_flags.slots(parser, options)
    options.simulation = flags.simulation(parser, options)
    return options


def main() -> int:
    """Runs the endpoint. Returns 0 when it was asked to end.

    Returns 1, with a message on stderr, when it could not start.
    """
    stdout = lifetime.own_stdout()
    end = lifetime.ending()
    options = arguments()
    lifetime.end_with_parent(options.parent, end)

    try:
        asyncio.run(_serve(options, stdout, end))
    except StartError as error:
        print(f"samplers.local: {error}", file=sys.stderr)
        return 1

    return 0


class StartError(Exception):
    """The endpoint cannot start; the message is for the user."""


async def _serve(options: argparse.Namespace, stdout: TextIO, end: threading.Event) -> None:
    # These imports take most of the start's time. Here, the watch on stdin already runs.
    from samplers.local import connection, gateway, listen, memory, start
    from samplers.local.batches.worker import Worker
    from samplers.local.dialects.responses.state.background import fail_ended
    from samplers.local.engine.model import Settings, served
    from samplers.local.keys.known import Keys
    from samplers.local.keys.limits import ANSWERS
    from samplers.local.store.database import Database, data_folder
    from samplers.local.store.forget import forget_expired

    memory.give_back_large_blocks()
    address = options.listen
    try:
        listening = listen.listen(address, options.port)
    except OSError as error:
        raise StartError(
            f"port {options.port} of {address} cannot be used: {error.strerror}. Choose another, "
            "or --port 0. The address must be one of this machine's."
        ) from None
    port = listening.getsockname()[1]
    level = logging.INFO if options.verbose else logging.CRITICAL
    logging.basicConfig(level=level, stream=sys.stderr)
    order = options.extensions or options.engine_order
    settings = Settings(order, options.logprobs_mode == "processed")
    try:
        keep_system = options.default_system == "keep"
        model = await start.model(settings, keep_system, options.verbose, options.slots)
    except start.PROBLEMS as error:
        raise StartError(error) from None

    key = options.api_key or secrets.token_urlsafe(32)
    keys = options.known_keys or Keys(key)
    if keys.shared:
        model.engine.slots.limit_each_owner(ANSWERS)
    models = served(model, options.profile)
    database = Database(data_folder())
    worker = Worker(models, database, keys.owners)
    of_room = (options.host, options.allow_origin)
    app = gateway.application(models, keys, options.simulation, database, worker, *of_room)
    server = connection.server(app)
    # Our signal handlers stay: uvicorn would raise SIGTERM again when it is done.
    server.capture_signals = contextlib.nullcontext
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    ready = {
        "base_url": listen.base_url(address, port),
        "api_key": None if keys.shared else key,
        "model": models[0].id,
        "slots": options.slots,
    }
    if notice := listen.notice(address, port):
        print(f"samplers.local: {notice}", file=sys.stderr)
    print(json.dumps(ready), file=stdout, flush=True)

    giving_back = asyncio.create_task(memory.give_back_regularly())
    forgetting = asyncio.create_task(forget_expired(database))
    failing = asyncio.create_task(fail_ended(database))
    watching = asyncio.create_task(keys.watch())
    worker.wake()  # there may be batches that an earlier endpoint began
    ended = asyncio.create_task(lifetime.ended(end))
    await asyncio.wait([ended, serving], return_when=asyncio.FIRST_COMPLETED)
    for task in (giving_back, forgetting, failing, watching):
        task.cancel()
    lifetime.end_soon()
    server.end()
    await asyncio.gather(serving, worker.end())
    database.close()


if __name__ == "__main__":
    lifetime.leave(main())
