"""Tries in a process of its own whether the engine can load a model file.

A broken file can end the engine's process, and a chat template can run for ever.
"""

import asyncio
import sys
from pathlib import Path

from samplers.local.engine import child
from samplers.local.engine.gguf import read_vocabulary
from samplers.local.engine.loading import LoadError, load

HELLO = [{"role": "user", "content": "Hello"}]


def try_to_load(path: Path, seconds: float | None = None) -> None:
    """Returns when the engine has loaded the file and answered once. LoadError if it does not.

    `seconds` is the most that it may take; None: as long as a file of its size can take.
    """
    if seconds is None:
        seconds = child.seconds_for(path)
    try:
        reason = child.try_file("samplers.local.engine.load_trial", path, seconds)
    except TimeoutError:
        reason = f"not ready after {seconds:.0f} s; does its chat template end?"
    if reason is not None:
        raise LoadError(path, reason)


def _trial(path: Path) -> None:
    try:
        asyncio.run(_load_and_answer(path))
    except LoadError as error:
        raise RuntimeError(error.reason) from None


async def _load_and_answer(path: Path) -> None:
    engine = await load(path, read_vocabulary(path), None, verbose=False)
    await engine.tokenize(await engine.render(HELLO), control=True)


if __name__ == "__main__":
    child.end_with(_trial, *sys.argv[1:])
