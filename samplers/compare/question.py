"""One question to an endpoint: what each hypothesis expects of the draws and of the logprobs shown
beside them.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from samplers.compare.hypotheses import Hypothesis, counted
from samplers.compare.predict import predict
from samplers.compare.prediction import Prediction
from samplers.distribution import Distribution
from samplers.params import SamplingParams

# the share of draws that no hypothesis explains: rounding, another model, a cosmic ray
LAPSE = 0.005
GLITCH = 1e-4  # the chance that shown logprobs disagree with a true hypothesis
TOLERANCE = 0.02  # of shown probabilities: rounding on their way
WIDEST = 0.05  # an interval prediction wider than this is no basis for a likelihood


@dataclass(frozen=True, eq=False)
class Question:
    """Messages, parameters, and what is known of the model: its distribution after them, and after
    a first token.

    `prompt`: {token's bytes: how often} in the messages. `then`: {first token's bytes: distribution
    of the second}; with it the question is about two tokens, and `params.max_tokens` is 2. `noise`:
    by how much the measured logprobs may be off, in nats.
    """

    messages: object
    params: SamplingParams
    distribution: Distribution
    prompt: Mapping[bytes, int] = field(default_factory=dict)
    then: Mapping[bytes, Distribution] = field(default_factory=dict)
    noise: float = 0.0

    @cached_property
    def _known(self) -> dict:
        return {}

    def _counts(self, h: Hypothesis, first: bytes | None) -> dict[bytes, int]:
        """What `h`'s penalties count before the first token, or after `first`; nothing where there
        is no penalty.
        """
        if not (self.params.presence_penalty or self.params.frequency_penalty):
            return {}
        return counted(h.counts, self.prompt, [] if first is None else [first])

    def _remember(self, key, make):
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]

    def prediction(
        self, h: Hypothesis, first: bytes | None = None, top_p: float | None = None
    ) -> Prediction:
        """Of the first token, or of the second after `first`; with another top_p, to see how near
        the edge is.
        """
        distribution = self.distribution if first is None else self.then[first]
        params = self.params if top_p is None else self.params.replace(top_p=top_p)
        counts = self._counts(h, first)
        key = (h.order, h.boundary, tuple(counts.items()), first, top_p)
        return self._remember(key, lambda: predict(distribution, params, h, counts))

    def steady(self, h: Hypothesis, first: bytes | None = None) -> bool:
        """Is the nucleus the same whatever the true logprobs are, within `noise` of the measured
        ones?

        If each moves by at most δ, temperature makes that aδ (with temperature first), and the odds
        B / R of the share before a token change by a factor of at most e^(2aδ). So top_p's odds are
        moved by that, both ways.
        """
        p, t = self.params.top_p, self.params.temperature
        if not (self.noise and 0 < p < 1):
            return True
        shift = 2 * self.noise / (t if h.order == "temperature first" else 1.0)
        near = [float(1 / (1 + (1 - p) / p * np.exp(x))) for x in (-shift, shift)]
        return all(
            self.prediction(h, first, q).status == self.prediction(h, first).status for q in near
        )

    def cells(
        self, h: Hypothesis, first: bytes | None = None
    ) -> tuple[dict[bytes, int], np.ndarray] | None:
        """{bytes: cell} and the cells' probabilities, the unlisted tokens' last; None where they
        are too uncertain.

        LAPSE of the probability is spread over the cells alike, so that no draw is impossible.
        """
        key = ("cells", h.order, h.boundary, tuple(self._counts(h, first).items()), first)
        return self._remember(key, lambda: self._cells(h, first))

    def _cells(self, h: Hypothesis, first: bytes | None):
        prediction = self.prediction(h, first)
        if prediction.width > WIDEST or prediction.undecided or not self.steady(h, first):
            return None
        index, low, high = prediction.cells()
        p = (low + high) / 2
        return index, (1 - LAPSE) * p / p.sum() + LAPSE / len(p)

    def usable(self, hypotheses) -> bool:
        """Does every hypothesis say what to expect of a first draw?"""
        return all(self.cells(h) is not None for h in hypotheses)

    def log_likelihoods(self, hypotheses, sequences: Counter) -> np.ndarray:
        """Of each hypothesis, given {(token's bytes, …): draws}; shape (H,).

        The second token counts where the distribution after the first is known under every
        hypothesis: whether it is does not depend on the second token, so leaving others out favours
        none.
        """
        total = np.zeros(len(hypotheses))
        for sequence, n in sequences.items():
            total += n * self._log_probs(hypotheses, None, sequence[0])
            if len(sequence) > 1 and sequence[0] in self.then:
                total += n * self._log_probs(hypotheses, sequence[0], sequence[1])
        return total

    def _log_probs(self, hypotheses, first, token) -> np.ndarray:
        known = {key: self.cells(h, first) for h in hypotheses for key in [h.draws_like]}
        if None in known.values():
            return np.zeros(len(hypotheses))
        logs = {key: np.log(p[index.get(token, -1)]) for key, (index, p) in known.items()}
        return np.array([logs[h.draws_like] for h in hypotheses])

    def expected(self, h: Hypothesis, first: bytes | None = None) -> Prediction:
        """What logprobs the endpoint shows if `h` is true, as a prediction."""
        if h.logprobs == "processed":
            return self.prediction(h, first)
        raw = h.logprobs == "raw"
        counts = {} if raw else self._counts(h, first)
        params = SamplingParams() if raw else self.params.replace(top_p=1.0, top_k=0, min_p=0.0)
        distribution = self.distribution if first is None else self.then[first]
        key = ("shown", raw, tuple(counts.items()), first)
        return self._remember(key, lambda: predict(distribution, params, h, counts))

    @property
    def tolerance(self) -> float:
        """How far a shown probability may lie from the expected one: TOLERANCE, and what noise in
        logprobs explains.

        Noise of δ changes a probability's odds by at most e^(2aδ), and so the probability by at
        most tanh(aδ / 2).
        """
        return TOLERANCE + float(np.tanh(self.noise / min(1.0, self.params.temperature or 1.0) / 2))

    def log_evidence(self, hypotheses, shown: Distribution) -> np.ndarray:
        """Of each hypothesis, given the logprobs that the endpoint showed beside a first token;
        shape (H,).

        They are no draw: they agree with what a hypothesis expects, within `tolerance`, or they do
        not. A true one disagrees with probability GLITCH, and how closely a false one agrees within
        the tolerance is not weighed.
        """
        expected = [self.expected(h) for h in hypotheses]
        agrees = {
            id(e): distance(e, shown) <= self.tolerance
            for e in {id(e): e for e in expected}.values()
        }
        return np.log([1 - GLITCH if agrees[id(e)] else GLITCH for e in expected])


def distance(prediction: Prediction, shown: Distribution) -> float:
    """The most by which a shown probability lies outside the bounds that were predicted for its
    token.

    A token that is not shown has at most the least shown probability, and no more than is unseen.
    """
    p = dict(zip(shown.bytes, shown.probs, strict=True))
    most = min(float(shown.probs.min()), shown.unseen) if shown.unseen else 0.0
    gaps = [
        max(0.0, x - prediction.bounds(token)[1], prediction.bounds(token)[0] - x)
        for token, x in p.items()
    ]
    hidden = [
        low - most
        for token, low in zip(prediction.bytes, prediction.low, strict=True)
        if token not in p
    ]
    return float(max([*gaps, *hidden, 0.0]))
