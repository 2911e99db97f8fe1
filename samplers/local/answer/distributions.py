"""POST /v1/samplers/distributions, an extension for lessons: the logits before each given token."""

import asyncio
from contextlib import aclosing

import numpy as np

from samplers.local.answer.json_text import Raw
from samplers.local.answer.logprobs import base64_of
from samplers.local.engine.logits.reader import Row
from samplers.local.request.given import Given


async def distributions(given: Given) -> dict:
    """The body. `logits` are an array of shape (tokens, V), as base64 of float32, little-endian.

    Row i is what the model gives before token i; `logsumexp` has a number for each row.
    """
    rows = []
    async with aclosing(given.model.logits.rows(given.read, given.first, _row)) as slices:
        async for _, taken in slices:
            rows += taken
    logits = await asyncio.to_thread(lambda: base64_of(np.stack([row.logits for row in rows])))
    return {
        "object": "samplers.distributions",
        "model": given.model.id,
        "ids": given.ids,
        "logits": Raw(f'"{logits}"'),
        "logsumexp": [row.logsumexp for row in rows],
        "raw": True,
        "usage": usage(given),
    }


def _row(logits: np.ndarray, place: int) -> Row:
    return Row(logits, raw=True, cached=0)


def usage(given: Given) -> dict[str, int]:
    """The tokens that were read; none are generated."""
    count = len(given.prompt) + len(given.ids)
    return {"prompt_tokens": count, "completion_tokens": 0, "total_tokens": count}
