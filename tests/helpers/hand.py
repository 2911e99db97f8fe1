"""What the hand-worked cases of the core's tests share."""

import numpy as np

INF = np.inf
DTYPES = [np.float32, np.float64]


def logits_of(*probs, dtype=np.float64):
    """Logits of a hand-written distribution; halves, quarters and eighths come back from exp
    exactly.
    """
    with np.errstate(divide="ignore"):
        return np.log(np.array(probs, dtype=np.float64)).astype(dtype)


def kept(logits) -> list[int]:
    """Ids of the tokens that are not removed, one row."""
    return np.flatnonzero(logits > -INF).tolist()


HAOYONG = logits_of(0.6, 0.2, 0.1, 0.05, 0.05)  # 好 很 不错 超级 极, the lessons' own example
