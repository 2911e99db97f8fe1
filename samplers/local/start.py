"""Everything between the weights' file and a model that answers."""

import asyncio
import hashlib
import re
import secrets
import threading
from importlib.metadata import version
from pathlib import Path

from samplers.local.engine import server, weights
from samplers.local.engine.calls import Engine, EngineError
from samplers.local.engine.gguf import read_vocabulary
from samplers.local.engine.model import ServedModel, Settings
from samplers.local.engine.template import TEMPLATE
from samplers.local.engine.vocabulary import Vocabulary
from samplers.local.request.schema import load_jsonschema

PROBLEMS = (weights.WeightsError, EngineError, ValueError, RuntimeError)
MODEL_ID = "smollm2-135m-instruct"


async def model(settings: Settings, verbose: bool = False) -> ServedModel:
    """Finds the weights (fetches them if they are missing) and starts the engine.

    One of PROBLEMS if that fails.
    """
    path = await asyncio.to_thread(weights.ensure)
    vocabulary = await asyncio.to_thread(read_vocabulary, path)
    file = path.stat()
    changed = int(file.st_mtime)
    is_default = (path.name, file.st_size) == (weights.FILE, weights.BYTES)

    engine = await _engine(path, vocabulary, TEMPLATE if is_default else None, verbose)
    # what the first schema needs, so that it need not wait for it
    engine.trials.start_soon()
    threading.Thread(target=load_jsonschema, daemon=True).start()

    identity = weights.SHA256 if is_default else f"{path.name} {file.st_size} {changed}"
    digest = hashlib.sha256(f"{version('xllamacpp')} {identity}".encode()).hexdigest()
    name = MODEL_ID if is_default else model_id(vocabulary.name, path)
    return ServedModel(engine, settings, name, f"fp_{digest[:10]}", changed)


async def _engine(
    path: Path, vocabulary: Vocabulary, template: str | None, verbose: bool
) -> Engine:
    key = secrets.token_urlsafe(32)
    try:
        running = await asyncio.to_thread(server.load, path, key, template, verbose)
    except Exception as error:
        # xllamacpp raises a plain RuntimeError, also for a file that is no model
        raise RuntimeError(
            f"the engine cannot load {path} ({error}): it is broken, or no model for llama.cpp"
        ) from None

    engine = Engine(running, key, vocabulary)
    await engine.open()
    return engine


def model_id(name: str, path: Path) -> str:
    """An id in OpenAI's style, from the model's own name or else from its file's."""
    return re.sub(r"[^a-z0-9.]+", "-", (name or path.stem).lower()).strip("-") or "model"
