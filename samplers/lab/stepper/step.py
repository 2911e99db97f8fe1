"""What can come next at one node of the tree: the model's distribution, the counts, and what each
stage did.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from samplers.chain import Stage
from samplers.distribution import Distribution, softmax


class Chance(NamedTuple):
    """A probability twice: in the distribution that is drawn from, and in the model's own."""

    processed: float
    raw: float


@dataclass(frozen=True, eq=False)
class Step:
    """What can come next at a node."""

    distribution: Distribution  # the model's own, (V,) in token-id order
    counts: dict[str, np.ndarray]  # `Chain.counts`, each (V,)
    stages: list[Stage]  # `Chain.trace`: the model's logits first, then each stage's, (V,)

    @property
    def logits(self) -> np.ndarray:
        """The logits (V,) that are drawn from."""
        return self.stages[-1].logits

    @cached_property
    def probs(self) -> np.ndarray:
        """Their probabilities (V,)."""
        return softmax(self.logits)

    @cached_property
    def removed(self) -> dict[str, tuple[np.ndarray, float]]:
        """{stage: (ids that it removed, their mass just before)}, only stages that removed
        something.
        """
        found = {}
        for before, after in zip(self.stages, self.stages[1:], strict=False):
            ids = np.flatnonzero((before.logits > -np.inf) & (after.logits == -np.inf))
            if len(ids):
                found[after.name] = (ids, float(softmax(before.logits)[ids].sum()))
        return found
