"""Each definition in its shortest numpy: to be read, and for the tests to compare with.

`samplers.top_k`, `top_p`, `min_p` and `draw` give the same bit for bit, ties and rounding included,
and are many times faster. Here each function takes one row of logits (V,) and checks nothing.
"""

import numpy as np


def top_k(logits: np.ndarray, k: int) -> np.ndarray:
    """The first k tokens in descending order stay. A stable sort leaves ties in order of id."""
    order = np.argsort(-logits, kind="stable")
    kept = order[:k] if k else order
    return _only(kept, logits)


def top_p(logits: np.ndarray, p: float) -> np.ndarray:
    """A token stays if the mass before it, in descending order, is less than p of the whole.

    The first token always stays.
    """
    order = np.argsort(-logits, kind="stable")
    mass = np.cumsum(weights(logits[order]), dtype=np.float64)
    before = np.concatenate([[0.0], mass[:-1]])
    kept = before < p * mass[-1]
    kept[0] = True
    return _only(order[kept], logits) if p < 1 else logits.copy()


def min_p(logits: np.ndarray, p: float) -> np.ndarray:
    """A token stays if it is at least p times as probable as the best: l >= max + log(p)."""
    with np.errstate(divide="ignore"):
        threshold = logits.max() + logits.dtype.type(np.log(p))
    return _only(logits >= threshold, logits)


def draw(logits: np.ndarray, u: np.ndarray) -> np.ndarray:
    """For each u in [0, 1): the first token whose cumulative mass, by id, exceeds u of all."""
    w = weights(logits)
    mass = np.cumsum(w, dtype=np.float64)
    # u * total can round up to the total itself, which no token's mass exceeds
    last = np.flatnonzero(w)[-1]
    return np.minimum(np.searchsorted(mass, u * mass[-1], side="right"), last)


def weights(logits: np.ndarray) -> np.ndarray:
    """exp(logits - max): probabilities before they are divided by their sum.

    All of them are 0 where every token is removed.
    """
    top = logits.max()
    return np.exp(logits - (top if top > -np.inf else 0))


def _only(kept: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """The logits of these ids, or of this mask; every other token is removed."""
    result = np.full_like(logits, -np.inf)
    result[kept] = logits[kept]
    return result
