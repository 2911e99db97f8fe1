"""Tries in a process of its own whether the C interface gives the server's numbers.

A library whose binary interface has changed can end its process, or give wrong numbers. So each
version is tried once with each model file, before the endpoint relies on it.
"""

import asyncio
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np

from samplers.local.engine import child, stamps
from samplers.local.engine.calls import Engine
from samplers.local.engine.gguf import read_vocabulary
from samplers.local.engine.loading import load
from samplers.local.engine.logits.context import Context
from samplers.local.engine.logits.library import Unavailable, engine_library
from samplers.local.engine.logits.reader import logsumexp
from samplers.local.engine.slots import FEW, SLICE

PROMPTS = (5, SLICE, SLICE + 1, 200, 1000)  # tokens
MOST_DIFFERENCE = 1e-3  # total variation from the server's distribution, which it rounds
# It is in nobody's way, and a busy machine may leave it little time.
SECONDS = child.MOST_SECONDS


def tried(folder: Path, path: Path) -> str:
    """Why the C interface cannot be used for a model file; an empty text if it can.

    `folder` keeps a success: each version of the engine is tried once with each file. What failed
    is tried again the next time, as it may have been for want of memory.
    """
    why = ""

    def check() -> bool:
        nonlocal why
        why = _try(path)
        return why == ""

    stamps.passes(folder, path, _stamp(), check)
    return why


def has_passed(folder: Path, path: Path) -> bool:
    """Whether `folder` keeps a success."""
    return stamps.passes(folder, path, _stamp(), lambda: False)


def _stamp() -> str:
    return f"right logits from xllamacpp {version('xllamacpp')} on {platform.machine()}"


def _try(path: Path) -> str:
    try:
        reason = child.try_file("samplers.local.engine.logits.trial", path, SECONDS)
    except TimeoutError:
        return "the trial of the exact way took too long"
    return reason or ""


def _trial(path: Path) -> None:
    if hasattr(os, "nice"):
        os.nice(10)  # somebody may be waiting for an answer meanwhile
    asyncio.run(_compare(path))


async def _compare(path: Path) -> None:
    """Compares with the server. Unavailable, with the reason, where the numbers differ."""
    engine = await load(path, read_vocabulary(path), None, verbose=False)
    context = Context(engine_library(), path)
    if context.vocabulary_size != len(engine.vocabulary):
        raise Unavailable("llama.cpp's C interface has another vocabulary than the model's file")

    lines = "".join(f"Line {i} of {i * i}: the fox met {i + 7} hens.\n" for i in range(200))
    text = await engine.tokenize(lines, control=False)
    for size in PROMPTS:
        if size >= engine.context:
            continue
        prompt = text[:size]
        context.hold(size)
        right = await _servers(engine, prompt)
        context.keep([], 0)
        _check(right, _last(context, prompt), size)
        _last(context, prompt[: size // 2] + text[-FEW:])
        _check(right, _last(context, prompt), size)


def _last(context: Context, prompt: list[int]) -> np.ndarray:
    """The logits after a prompt. What it has in common with the last one is not read again."""
    context.keep(prompt, len(prompt) - 1)
    while len(context.cached) < len(prompt):
        part = prompt[len(context.cached) :][:SLICE]
        context.read(part, [len(part) - 1])
    return context.logits(len(part) - 1)


async def _servers(engine: Engine, prompt: list[int]) -> np.ndarray:
    """The server's probabilities of all tokens after a prompt."""
    body = {
        "prompt": prompt,
        "n_predict": 1,
        "n_probs": len(engine.vocabulary),
        "post_sampling_probs": False,
        "samplers": [],
        # a token that ends inside a character would leave the probabilities out
        "logit_bias": [(engine.vocabulary.ids[b"a"], 1e6)],
        "cache_prompt": False,
    }
    answer = await engine.complete(body)
    probabilities = np.zeros(len(engine.vocabulary))
    for entry in answer["completion_probabilities"][0]["top_logprobs"]:
        probabilities[entry["id"]] = np.exp(entry["logprob"])
    return probabilities


def _check(right: np.ndarray, logits: np.ndarray, size: int) -> None:
    difference = 0.5 * np.abs(np.exp(logits - logsumexp(logits)) - right).sum()
    if not difference < MOST_DIFFERENCE:  # also for NaN
        raise Unavailable(
            f"the exact way's numbers differ from the server's by {difference:.1g} after {size} "
            "tokens"
        )


if __name__ == "__main__":
    child.end_with(_trial, *sys.argv[1:])
