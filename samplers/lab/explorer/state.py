"""The explorer's numbers, without its widgets."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from samplers.chain import Chain
from samplers.distribution import Distribution, effective_vocabulary, softmax
from samplers.params import SamplingParams


@dataclass(frozen=True, eq=False)
class State:
    """What the explorer shows, computed by `sample_state`."""

    params: SamplingParams
    counts: np.ndarray  # (K,) how often each token was produced so far
    logits: np.ndarray  # (K,) after the chain
    probs: np.ndarray  # (K,) their softmax
    effective_vocabulary: float

    @cached_property
    def kept(self) -> np.ndarray:
        """Indices of the tokens that can be drawn, from the most probable."""
        kept = np.flatnonzero(self.probs)
        return kept[np.argsort(-self.probs[kept], kind="stable")]


def sample_state(
    dist: Distribution, params: SamplingParams, counts: np.ndarray, engine: str
) -> State:
    """The distribution that is drawn from: `dist` after the engine's chain."""
    logits = Chain.for_engine(engine).apply(dist.logprobs, params, counts)
    return State(params, counts, logits, softmax(logits), float(effective_vocabulary(logits)))


def counts_so_far(dist: Distribution, so_far: str) -> np.ndarray:
    """Counts (K,) of the tokens that `so_far` lists with spaces between them.

    They are written as the picture labels them: ␣ is a space, ⏎ a newline. A word without ␣ stands
    for itself or for itself after a space, whichever is more probable. ValueError for a word that
    is no token of `dist`.
    """
    counts = np.zeros(len(dist), dtype=np.int64)
    if not so_far.strip():
        return counts

    # backwards, so that the first of equal tokens is the one that stays
    index = {token: i for i, token in reversed(list(enumerate(dist.tokens)))}
    for word in so_far.split():
        text = word.replace("␣", " ").replace("⏎", "\n")
        candidates = [index[token] for token in (text, " " + text) if token in index]
        if not candidates:
            raise ValueError(f"tokens so far must be tokens of this distribution, got {word!r}")
        counts[max(candidates, key=lambda i: dist.logprobs[i])] += 1
    return counts
