"""What can come next at one node of the tree: the model's distribution, and what became of it."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from samplers.chain import Stage
from samplers.distribution import Distribution, softmax


class Chance(NamedTuple):
    """Two probabilities: in the distribution that is drawn from, and in the model's own."""

    processed: float
    raw: float


@dataclass(frozen=True, eq=False)
class Step:
    """What can come next at a node."""

    distribution: Distribution  # the model's own, (V,) in token-id order
    counts: dict[str, np.ndarray]  # `Chain.counts`, each (V,)
    stages: list[Stage]  # `Chain.trace`: the model's logits (V,), then those after each stage

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
        """{stage: (ids that it removed, their mass before it)}, for stages that removed any."""
        removed = {}
        for before, after in pairwise(self.stages):
            ids = np.flatnonzero((before.logits > -np.inf) & (after.logits == -np.inf))
            if len(ids):
                removed[after.name] = (ids, float(softmax(before.logits)[ids].sum()))
        return removed
