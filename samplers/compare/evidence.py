"""One question to an endpoint, and what each hypothesis expects of the answers.

An answer is evidence twice: by the tokens that are drawn, and by the logprobs shown beside them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from samplers.compare.hypotheses import Hypothesis, counted
from samplers.compare.predict import Weighed, kept, predict, predict_weighed, weighed
from samplers.compare.prediction import Prediction
from samplers.compare.truncate import OFF
from samplers.distribution import Distribution
from samplers.params import SamplingParams

LAPSE = 0.005  # the share of draws that no hypothesis explains: rounding, another model, a bit flip
GLITCH = 1e-4  # the chance that shown logprobs disagree with a true hypothesis
TOLERANCE = 0.02  # of shown probabilities, which are rounded on their way
Shown = tuple[bytes, Distribution]  # a drawn token and the distribution shown beside it
WIDEST = 0.05  # an interval prediction wider than this is no basis for a likelihood


@dataclass(frozen=True, eq=False)
class Question:
    """Messages, parameters, and what is known of the model's distributions.

    `distribution`: the model's own after the messages. `prompt`: {token's bytes: how often} in the
    messages. `then`: {first token's bytes: distribution of the second}; with it the question is
    about two tokens, and `params.max_tokens` is 2. `noise`: by how much the measured logprobs may
    be off, in nats. `known`: what was computed already. Two questions that differ in `then`,
    `params.max_tokens` and `params.top_p` alone can share it.
    """

    messages: object
    params: SamplingParams
    distribution: Distribution
    prompt: Mapping[bytes, int] = field(default_factory=dict)
    then: Mapping[bytes, Distribution] = field(default_factory=dict)
    noise: float = 0.0
    # a question is evaluated for many hypotheses, again and again as draws come in
    known: dict = field(default_factory=dict, repr=False)

    def prediction(self, h: Hypothesis, first: bytes | None = None) -> Prediction:
        """The prediction of the first token, or of the second after `first`."""
        counts = self._counts(h, first)
        key = (self.params.top_p, h.order, h.boundary, tuple(counts.items()), first)
        return self._cached(key, lambda: predict_weighed(self._weighed(h, first), self.params, h))

    def is_steady(self, h: Hypothesis, first: bytes | None = None) -> bool:
        """Is the nucleus the same for all true logprobs within `noise` of the measured ones?

        A logprob that is off by at most δ is off by δ / t after a temperature t that comes first.
        The odds of the share before a token, its weight to that of all the rest, then change by a
        factor of at most e^(2δ/t). So this tries top_p with its odds changed by that factor, both
        ways.
        """
        p = self.params.top_p
        if not (self.noise and 0 < p < 1):
            return True

        t = self.params.temperature if h.order == "temperature first" else 1.0
        status = self.prediction(h, first).status
        before = self._weighed(h, first)
        shifted = self._cached(("shifted", p, t), lambda: self._shifted(2 * self.noise / t))
        return all(kept(before, params, h) == status for params in shifted)

    def _shifted(self, shift: float) -> list[SamplingParams]:
        """The parameters with the odds of top_p changed by the factors e^-shift and e^shift."""
        p = self.params.top_p
        factors = np.exp([-shift, shift])
        return [self.params.replace(top_p=float(1 / (1 + (1 - p) / p * f))) for f in factors]

    def cells(
        self, h: Hypothesis, first: bytes | None = None
    ) -> tuple[dict[bytes, int], np.ndarray] | None:
        """{bytes: cell} and the cells' probabilities (C,), the unlisted tokens' last.

        None where they are too uncertain. LAPSE of the probability is spread evenly over the cells,
        so that no draw is impossible.
        """
        counts = self._counts(h, first)
        key = ("cells", self.params.top_p, h.order, h.boundary, tuple(counts.items()), first)
        return self._cached(key, lambda: self._compute_cells(h, first))

    def is_usable(self, hypotheses) -> bool:
        """Does every hypothesis say what to expect of a first draw?"""
        return all(self.cells(h) is not None for h in hypotheses)

    def log_likelihoods(self, hypotheses, sequences: Counter) -> np.ndarray:
        """Each hypothesis' log-likelihood, given {(token's bytes, …): draws}; shape (H,).

        The second token counts only where every hypothesis has a distribution after the first.
        Whether that is so does not depend on the second token, so leaving it out favours none.
        """
        total = np.zeros(len(hypotheses))
        for sequence, n in sequences.items():
            total += n * self._log_probs(hypotheses, None, sequence[0])
            if len(sequence) > 1 and sequence[0] in self.then:
                total += n * self._log_probs(hypotheses, sequence[0], sequence[1])
        return total

    def expected_logprobs(self, h: Hypothesis, first: bytes | None = None) -> Prediction | None:
        """The logprobs that the endpoint shows beside a first token if `h` is true.

        `first`: beside the second token, after this one. None where truncation leaves that open, as
        in `cells`.
        """
        if h.logprobs == "processed":
            is_known = self.cells(h, first) is not None
            return self.prediction(h, first) if is_known else None
        counts = {} if h.logprobs == "raw" else self._counts(h, first)
        key = ("logprobs", h.logprobs, first, tuple(counts.items()))
        params = self._shown_params
        return self._cached(key, lambda: predict(self._before(first), params(h), h, counts))

    def _shown_params(self, h: Hypothesis) -> SamplingParams:
        """The parameters that act on the logprobs shown if `h`, which truncates none, is true."""
        if h.logprobs == "raw":
            return SamplingParams()
        params = self.params.replace(**OFF)
        is_later = h.logprobs == "processed before temperature"
        return params.replace(temperature=1) if is_later else params

    @property
    def tolerance(self) -> float:
        """How far a shown probability may lie from the expected one: TOLERANCE, and more by noise.

        A noise of δ in the logprobs changes a probability's odds, after temperature t, by a factor
        of at most e^(2δ/t), and so the probability by at most tanh(δ / 2t).
        """
        coldest = min(1.0, self.params.temperature or 1.0)
        return TOLERANCE + float(np.tanh(self.noise / coldest / 2))

    def log_evidence(self, hypotheses, shown: Sequence[Shown]) -> np.ndarray:
        """Each hypothesis' log-likelihood, given the logprobs beside one answer; shape (H,).

        Logprobs are not a draw: they agree with what a hypothesis expects, within `tolerance`, or
        they do not. A true hypothesis disagrees with probability GLITCH. How closely a false one
        agrees within the tolerance is not weighed, and one that does not say what to expect agrees.
        The second token counts where the model's distribution after the first is known.
        """
        (token, at_first), *later = shown
        agree = self._agreement(hypotheses, None, at_first)
        if later and token in self.then:
            _, at_second = later[0]
            agree &= self._agreement(hypotheses, token, at_second)
        return np.log(np.where(agree, 1 - GLITCH, GLITCH))

    def _agreement(self, hypotheses, first: bytes | None, shown: Distribution) -> np.ndarray:
        """Do the logprobs shown beside a token agree with each hypothesis? (H,)"""
        agrees = {id(None): True}  # by the prediction's identity: many hypotheses share one
        expected = [self.expected_logprobs(h, first) for h in hypotheses]
        for prediction in expected:
            if id(prediction) not in agrees:
                agrees[id(prediction)] = distance(prediction, shown) <= self.tolerance
        return np.array([agrees[id(prediction)] for prediction in expected])

    def _weighed(self, h: Hypothesis, first: bytes | None) -> Weighed:
        """The first token's weights before a nucleus, or the second's; for all nuclei, once."""
        counts = self._counts(h, first)
        key = ("weighed", h.order, self.params.top_p < 1, tuple(counts.items()), first)
        return self._cached(key, lambda: weighed(self._before(first), self.params, h, counts))

    def _before(self, first: bytes | None) -> Distribution:
        """The model's distribution of the first token, or of the second after `first`."""
        return self.distribution if first is None else self.then[first]

    def _counts(self, h: Hypothesis, first: bytes | None) -> dict[bytes, int]:
        """What `h`'s penalties count before the first token, or after `first`; {} without any."""
        if not (self.params.presence_penalty or self.params.frequency_penalty):
            return {}
        output = [] if first is None else [first]
        return self._cached(
            ("counts", h.counts, first), lambda: counted(h.counts, self.prompt, output)
        )

    def _compute_cells(self, h: Hypothesis, first: bytes | None):
        prediction = self.prediction(h, first)
        if prediction.width > WIDEST or prediction.undecided or not self.is_steady(h, first):
            return None

        index, low, high = prediction.cells()
        p = (low + high) / 2
        return index, (1 - LAPSE) * p / p.sum() + LAPSE / len(p)

    def _log_probs(self, hypotheses, first: bytes | None, token: bytes) -> np.ndarray:
        """Each hypothesis' logprob of a drawn token (H,); zeros where one has no expectation."""
        cells = {h.draw_rules: self.cells(h, first) for h in hypotheses}
        if None in cells.values():
            return np.zeros(len(hypotheses))

        logs = {rules: np.log(p[index.get(token, -1)]) for rules, (index, p) in cells.items()}
        return np.array([logs[h.draw_rules] for h in hypotheses])

    def _cached(self, key, compute):
        if key not in self.known:
            self.known[key] = compute()
        return self.known[key]


def probs_by_bytes(distribution: Distribution) -> dict[bytes, float]:
    """{token's bytes: probability}. Tokens of the same bytes cannot be told apart: they add up."""
    probs: dict[bytes, float] = {}
    for raw, p in zip(distribution.bytes, distribution.probs.tolist(), strict=True):
        probs[raw] = probs.get(raw, 0.0) + p
    return probs


def distance(prediction: Prediction, shown: Distribution) -> float:
    """The most by which a shown probability lies outside the bounds predicted for its token.

    A token that is not shown has at most the least shown probability, and no more than is unseen.
    """
    shown_probs = probs_by_bytes(shown)
    most_hidden = min(float(shown.probs.min()), shown.unseen) if shown.unseen else 0.0

    gaps = [0.0]
    for token, p in shown_probs.items():
        low, high = prediction.bounds(token)
        gaps += [low - p, p - high]
    for token, low in zip(prediction.bytes, prediction.low, strict=True):
        if token not in shown_probs:
            gaps.append(low - most_hidden)
    return float(max(gaps))
