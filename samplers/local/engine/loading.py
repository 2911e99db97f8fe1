"""From a model file to a running engine."""

import asyncio
import secrets
from functools import partial
from pathlib import Path

from samplers.local.engine import server
from samplers.local.engine.calls import Engine
from samplers.local.engine.slots import SLOTS
from samplers.local.engine.vocabulary import Vocabulary


class LoadError(Exception):
    """The engine cannot load the model file; the message is one line."""

    def __init__(self, path: Path, reason: object):
        what = "it is broken, or no model for llama.cpp"
        super().__init__(f"the engine cannot load {path} ({reason}): {what}")
        self.reason = reason


async def load(
    path: Path, vocabulary: Vocabulary, template: str | None, verbose: bool, slots: int = SLOTS
) -> Engine:
    """Starts the engine on a model. LoadError if it refuses the file.

    `slots` are the answers of any length at the same time. A broken file can also end this
    process: `load_trial.py` tries a file in another.
    """
    key = secrets.token_urlsafe(32)
    try:
        start = partial(server.load, path, key, template, verbose, slots=slots)
        running = await asyncio.to_thread(start)
    except RuntimeError as error:  # xllamacpp has no better one
        raise LoadError(path, error) from None

    engine = Engine(running, key, vocabulary, slots)
    await engine.open()
    return engine
