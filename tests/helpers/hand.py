"""What the core's tests share: logits from probabilities, ids from logits, fixed uniforms."""

import numpy as np

INF = np.inf
DTYPES = [np.float32, np.float64]


def logits_of(*probs, dtype=np.float64):
    """Logits of a hand-written distribution; exp gives halves, quarters, eighths back exactly."""
    with np.errstate(divide="ignore"):
        return np.log(np.array(probs, dtype=np.float64)).astype(dtype)


def kept(logits) -> list[int]:
    """Ids of the tokens of one row that are not removed."""
    return np.flatnonzero(logits > -INF).tolist()


class FixedUniform(np.random.Generator):
    """A generator whose uniforms are all `u`: for the edges of [0, 1)."""

    def __init__(self, u):
        super().__init__(np.random.PCG64(0))
        self.u = u

    def random(self, size=None, *args, **kwargs):
        return np.full(size, self.u)


HAOYONG = logits_of(0.6, 0.2, 0.1, 0.05, 0.05)  # 好 很 不错 超级 极, the lessons' own example
