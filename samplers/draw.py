"""The last step: one token from the distribution that is left.

`samplers.reference.draw` gives the same tokens in fewer lines.
"""

# np.random loads on the first draw. Quotes around "np.random" keep `import samplers` cheap.
import numpy as np

from samplers.arrays import as_logits, exp_below, float64_sum, row_max
from samplers.checks import is_number, number, shown

PROBE_STEP = 31  # every 31st token is probed, to see whether nearly all tokens are removed
SUM_BLOCK = 512  # tokens in each partial sum, where one token is drawn from a large row


def draw(logits, rng: "np.random.Generator | int", size: int | None = None) -> np.ndarray:
    """Token ids drawn from softmax(logits), int64: shape (...), or (..., size) if `size` is given.

    `rng` is a numpy Generator, or an int seed (the same seed draws the same tokens). A removed
    token is never drawn; a row with every token removed raises ValueError. The method is inversion:
    the first token whose cumulative mass exceeds u, for u uniform in [0, 1).
    """
    logits = as_logits(logits)
    top = _finite_max(logits)
    if size is not None:
        size = number(size, "size", int, 0)

    rows = logits.reshape(-1, logits.shape[-1])
    tokens = np.empty((len(rows), 1 if size is None else size), dtype=np.int64)
    u = _generator(rng).random(tokens.shape)
    for i, row in enumerate(rows):
        tokens[i] = _invert(row, top.flat[i], u[i])

    per_row = () if size is None else (size,)
    return tokens.reshape(logits.shape[:-1] + per_row)[()]


def greedy(logits) -> np.ndarray:
    """The most probable token of each row, ties to the lower id; shape (...).

    A row with every token removed raises ValueError.
    """
    logits = as_logits(logits)
    _finite_max(logits)
    return logits.argmax(axis=-1)


def _invert(row: np.ndarray, top: np.floating, u: np.ndarray) -> np.ndarray:
    """For each u: the first token, by id, whose cumulative mass exceeds u of the whole."""
    probe = row[::PROBE_STEP]
    if np.count_nonzero(probe > -np.inf) * 64 < len(probe):
        ids = np.flatnonzero(row > -np.inf)  # a removed token adds 0 to the sums: leave it out
        return ids[_invert(row[ids], top, u)]

    weights = exp_below(row, top)
    if len(u) == 1 and len(weights) > 8 * SUM_BLOCK:
        token = _invert_one(weights, u[0])
        if token is not None:
            return np.array([token])
    mass = np.cumsum(weights, dtype=np.float64)
    # u * total can round up to the total itself; then the last token with any mass is drawn
    last = np.flatnonzero(weights)[-1]
    return np.minimum(np.searchsorted(mass, u * mass[-1], side="right"), last)


def _invert_one(weights: np.ndarray, u: float) -> int | None:
    """The same for one u, by sums of blocks: only the block with the token is summed one by one.

    A running sum over the row is slow, because each addition waits for the one before it. Both ways
    are float64 sums of V terms, which differ by less than V * eps of the total. So where both ends
    of the token's interval are further than that from u, both ways give this token. Where they are
    not, once in many millions of draws, the answer is None and the running sum decides.
    """
    whole = len(weights) // SUM_BLOCK * SUM_BLOCK
    ends = np.empty(whole // SUM_BLOCK + 1)  # the cumulative mass at the end of each block
    ends[:-1] = float64_sum(weights[:whole].reshape(-1, SUM_BLOCK))
    ends[-1] = float64_sum(weights[whole:])
    ends.cumsum(out=ends)

    target = u * ends[-1]
    block = int(ends.searchsorted(target, side="right"))
    if block == len(ends):
        return None
    start = ends[block - 1] if block else 0.0
    mass = weights[block * SUM_BLOCK : (block + 1) * SUM_BLOCK].astype(np.float64)
    mass[0] += start
    mass.cumsum(out=mass)

    i = int(mass.searchsorted(target, side="right"))
    if i == len(mass):
        return None
    before = mass[i - 1] if i else start
    slack = 3 * len(weights) * np.finfo(np.float64).eps * ends[-1]
    if before < target - slack and mass[i] > target + slack:
        return block * SUM_BLOCK + i
    return None


def _generator(rng) -> "np.random.Generator":
    if isinstance(rng, np.random.Generator):
        return rng
    if not is_number(int, rng) or rng < 0:
        came = shown(rng)
        raise ValueError(f"rng must be a numpy Generator or an int seed >= 0, got {came}")
    return np.random.default_rng(int(rng))


def seeded(seed: int | None) -> "np.random.Generator":
    """The generator of a request's seed, an integer >= 0; None: another one each time."""
    if seed is not None:
        seed = number(seed, "seed", int, 0)
    return np.random.default_rng(seed)


def _finite_max(logits: np.ndarray) -> np.ndarray:
    """The maximum of each row, shape (...). ValueError for a row without a finite one."""
    top = logits.max(axis=-1)
    if np.count_nonzero(np.isfinite(top)) == top.size:
        return top
    row_max(logits)  # raises for NaN or +inf
    where = ""
    if logits.ndim > 1:
        row = tuple(int(i) for i in np.argwhere(top == -np.inf)[0])
        where = f" in row {row}"
    raise ValueError(f"every token is removed{where}: nothing is left to draw")
