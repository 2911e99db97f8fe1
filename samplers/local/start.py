"""Everything between the weights' file and a model that answers."""

import asyncio
import hashlib
import re
from importlib.metadata import version
from pathlib import Path

from samplers.local.answer.decode import Settings
from samplers.local.engine import llama_cpp, vocabulary, weights
from samplers.local.request.job import Model

PROBLEMS = (weights.WeightsError, llama_cpp.EngineError, ValueError, RuntimeError)
MODEL_ID = "smollm2-135m-instruct"
# SmolLM2's own template, but for the system message that it adds when a conversation has none: what
# a request does not say, the model is not told.
TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


async def model(settings: Settings, verbose: bool = False) -> Model:
    """Finds the weights (fetches them if they are missing), starts the engine. One of PROBLEMS if
    that fails.
    """
    path = await asyncio.to_thread(weights.ensure)
    words = await asyncio.to_thread(vocabulary.read, path)
    key = llama_cpp.new_key()
    size, changed = path.stat().st_size, int(path.stat().st_mtime)
    ours = (path.name, size) == (weights.FILE, weights.BYTES)
    try:
        server = await asyncio.to_thread(
            llama_cpp.load, path, key, TEMPLATE if ours else None, verbose
        )
    except Exception as error:
        # the binding raises plain RuntimeError; the file may be no model for it
        raise RuntimeError(
            f"the engine cannot load {path} ({error}): it is broken, or no model for llama.cpp"
        ) from None
    running = llama_cpp.Engine(server.listening_address, key, words)
    running.server = server  # the engine lives as long as this reference
    await running.open()
    identity = weights.SHA256 if ours else f"{path.name} {size} {changed}"
    fingerprint = hashlib.sha256(f"{version('xllamacpp')} {identity}".encode()).hexdigest()[:10]
    return Model(
        running,
        settings,
        MODEL_ID if ours else model_id(words.name, path),
        f"fp_{fingerprint}",
        changed,
    )


def model_id(name: str, path: Path) -> str:
    """An id as OpenAI writes them, from the model's own name or else its file's."""
    return re.sub(r"[^a-z0-9.]+", "-", (name or path.stem).lower()).strip("-") or "model"
