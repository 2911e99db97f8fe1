"""What the tests of exact logits share: token ids, a prompt's last row, how far two rows differ."""

import base64

import numpy as np

from samplers.local.engine.logits.context import Context
from samplers.local.engine.slots import SLICE

TEXT = list(range(1000, 1600))  # token ids, all of them text


def read_on(context: Context, prompt: list[int]) -> np.ndarray:
    """The logits after a prompt whose first tokens the context may have cached."""
    context.keep(prompt, len(prompt) - 1)
    while len(context.cached) < len(prompt):
        part = prompt[len(context.cached) :][:SLICE]
        context.read(part, [len(part) - 1])
    return context.logits(len(part) - 1)


def rows_read_alone(context: Context, prompt: list[int], sizes: list[int]) -> list[np.ndarray]:
    """The logits after so many tokens, for each of `sizes`; the last of them is read alone.

    All in one pass from an empty cache, the other tokens in slices of at most 50.
    """
    context.keep([], 0)
    rows = []
    for size in sizes:
        while (begin := len(context.cached)) < size - 1:
            context.read(prompt[begin : min(begin + 50, size - 1)])
        context.read(prompt[size - 1 : size], [0])
        rows.append(context.logits(0))
    return rows


def distance(logits: np.ndarray, others: np.ndarray) -> float:
    """The total variation between two distributions."""
    first, second = (np.exp(x - np.logaddexp.reduce(x.astype(float))) for x in (logits, others))
    return 0.5 * np.abs(first - second).sum()


def unpacked(logits: str) -> np.ndarray:
    """Rows of the vocabulary, from base64 of float32, little-endian."""
    return np.frombuffer(base64.b64decode(logits, validate=True), "<f4").reshape(-1, 49152)
