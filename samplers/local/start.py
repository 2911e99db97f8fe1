"""Everything between the weights' file and a model that answers."""

import asyncio
import hashlib
import re
import sys
from functools import partial
from importlib.metadata import version
from pathlib import Path

from samplers.local.engine import stamps, weights
from samplers.local.engine.calls import EngineError
from samplers.local.engine.gguf import cache_bytes, read_vocabulary
from samplers.local.engine.load_trial import try_to_load
from samplers.local.engine.loading import LoadError, load
from samplers.local.engine.logits.reader import Logits
from samplers.local.engine.logits.start import make_ready
from samplers.local.engine.logits.trial import has_passed
from samplers.local.engine.model import ServedModel, Settings
from samplers.local.engine.slots import SLOTS
from samplers.local.engine.template import TEMPLATE
from samplers.local.room.memory import TOKEN_BYTES, check_memory, gigabytes

PROBLEMS = (weights.WeightsError, LoadError, EngineError, OSError, ValueError)
MODEL_ID = "smollm2-135m-instruct"


async def model(
    settings: Settings,
    keep_default_system: bool = False,
    verbose: bool = False,
    slots: int = SLOTS,
) -> ServedModel:
    """Finds the weights (fetches them if they are missing) and starts the engine.

    `keep_default_system`: by the model file's own chat template, which may add a system message.
    `slots`: answers of any length at the same time. One of PROBLEMS if that fails.
    """
    path = await asyncio.to_thread(weights.ensure)
    if slots != SLOTS:
        needed = check_memory(slots, await asyncio.to_thread(cache_bytes, path) or TOKEN_BYTES)
        print(f"samplers.local: {slots} slots take {gigabytes(needed)} of memory", file=sys.stderr)
    vocabulary = await asyncio.to_thread(read_vocabulary, path)
    is_default = path.name == weights.FILE and await asyncio.to_thread(weights.is_genuine, path)
    if not is_default:
        await asyncio.to_thread(_try_once, path)

    template = TEMPLATE if is_default and not keep_default_system else None
    engine = await load(path, vocabulary, template, verbose, slots)
    logits = Logits()
    folder = weights.cache_folder()
    ready = partial(make_ready, logits, path, folder, len(vocabulary))
    if has_passed(folder, path):
        logits.start_when_asked(ready)  # a quarter of a second
    else:
        logits.start_soon(ready)  # a trial, of half a minute

    file = path.stat()
    changed = int(file.st_mtime)
    identity = weights.SHA256 if is_default else f"{path.name} {file.st_size} {changed}"
    digest = hashlib.sha256(f"{version('xllamacpp')} {identity}".encode()).hexdigest()
    name = MODEL_ID if is_default else model_id(vocabulary.name, path)
    return ServedModel(engine, logits, settings, name, f"fp_{digest[:10]}", changed)


def _try_once(path: Path) -> None:
    """LoadError if the engine cannot load the file. A file that it could is not tried again."""

    def check() -> bool:
        try_to_load(path)
        return True

    stamps.passes(weights.cache_folder(), path, f"xllamacpp {version('xllamacpp')}", check)


def model_id(name: str, path: Path) -> str:
    """An id in OpenAI's style, from the model's own name or else from its file's."""
    return re.sub(r"[^a-z0-9.]+", "-", (name or path.stem).lower()).strip("-") or "model"
