"""The last step: one token from the distribution that is left. `samplers.reference.draw` is the
same, shorter.
"""

# its random part loads on the first draw: "np.random" in quotes keeps `import samplers` cheap
import numpy as np

from samplers.arrays import as_logits, exp_below, float64_sum, row_max

LOOK = 31  # every 31st token is looked at to see whether nearly all are removed
BLOCK = 512  # tokens whose sum is taken at once to find one draw


def draw(logits, rng: "np.random.Generator | int", size: int | None = None) -> np.ndarray:
    """Token ids drawn from softmax(logits): shape (...) for logits (..., V), or (..., size) if
    `size` is given. int64.

    `rng` is a numpy Generator, or an int seed (the same seed draws the same tokens). A removed
    token is never drawn. A row with every token removed raises ValueError. By inversion: the first
    token whose cumulative mass exceeds u.
    """
    logits = as_logits(logits)
    top = _best(logits)
    if size is not None and (
        isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 0
    ):
        raise ValueError(f"size must be an integer >= 0, got {size!r}")
    rows = logits.reshape(-1, logits.shape[-1])
    tokens = np.empty((len(rows), 1 if size is None else size), dtype=np.int64)
    u = _generator(rng).random(tokens.shape)
    for i, row in enumerate(rows):
        tokens[i] = _invert(row, top.flat[i], u[i])
    return tokens.reshape(logits.shape[:-1] + (() if size is None else (size,)))[()]


def greedy(logits) -> np.ndarray:
    """The most probable token of each row, ties to the lower id; shape (...). Every token removed
    raises ValueError.
    """
    logits = as_logits(logits)
    _best(logits)
    return logits.argmax(axis=-1)


def _invert(row: np.ndarray, top: np.floating, u: np.ndarray) -> np.ndarray:
    """For each u: the first token whose cumulative mass, in the order of ids, exceeds u of the
    whole.
    """
    some = row[::LOOK]
    # a removed token adds 0 to the sums: leave it out
    if np.count_nonzero(some > -np.inf) * 64 < len(some):
        ids = np.flatnonzero(row > -np.inf)
        return ids[_invert(row[ids], top, u)]
    w = exp_below(row, top)
    if len(u) == 1 and len(w) > 8 * BLOCK:
        token = _invert_one(w, u[0])
        if token is not None:
            return np.array([token])
    mass = np.cumsum(w, dtype=np.float64)
    # u * total can round up to the total itself; the last token with any mass takes that case
    last = np.flatnonzero(w)[-1]
    return np.minimum(np.searchsorted(mass, u * mass[-1], side="right"), last)


def _invert_one(w: np.ndarray, u: float) -> int | None:
    """The same for one u by sums of blocks: a running sum is slow, as each addition waits for the
    one before it.

    Only the block that holds the token is summed token by token. Both ways are float64 sums of V
    terms, which differ by less than V * eps of the total: where the token's limits are further than
    that from u, both give that token. Where they are not, once in many millions of draws, the
    answer is None and the running sum decides.
    """
    whole = len(w) // BLOCK * BLOCK
    ends = np.empty(whole // BLOCK + 1)
    ends[:-1] = float64_sum(w[:whole].reshape(-1, BLOCK))
    ends[-1] = float64_sum(w[whole:])
    ends.cumsum(out=ends)
    target, slack = u * ends[-1], 3 * len(w) * np.finfo(np.float64).eps * ends[-1]
    block = int(ends.searchsorted(target, side="right"))
    if block == len(ends):
        return None
    mass = w[block * BLOCK : (block + 1) * BLOCK].astype(np.float64)
    before = ends[block - 1] if block else 0.0
    mass[0] += before
    mass.cumsum(out=mass)
    i = int(mass.searchsorted(target, side="right"))
    before = mass[i - 1] if i else before
    certain = i < len(mass) and before < target - slack and mass[i] > target + slack
    return block * BLOCK + i if certain else None


def _generator(rng) -> "np.random.Generator":
    if isinstance(rng, np.random.Generator):
        return rng
    if isinstance(rng, bool) or not isinstance(rng, int | np.integer) or rng < 0:
        raise ValueError(f"rng must be a numpy Generator or an int seed >= 0, got {rng!r}")
    return np.random.default_rng(rng)


def _best(logits: np.ndarray) -> np.ndarray:
    """The maximum of each row, or a ValueError where there is none."""
    top = logits.max(axis=-1)
    if np.count_nonzero(np.isfinite(top)) == top.size:
        return top
    row_max(logits)  # an error for NaN or +inf
    where = (
        ""
        if logits.ndim == 1
        else f" in row {tuple(int(i) for i in np.argwhere(top == -np.inf)[0])}"
    )
    raise ValueError(f"every token is removed{where}: nothing is left to draw")
