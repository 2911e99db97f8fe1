"""Which question to ask next: the one whose answer tells the hypotheses apart with the fewest
draws.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from samplers.compare.hypotheses import Hypothesis
from samplers.compare.question import Question
from samplers.distribution import Distribution
from samplers.params import SamplingParams

TEMPERATURES = (0.5, 0.7, 1.0, 1.4, 2.0)  # colder ones magnify the noise of measured logprobs
NUCLEI = (0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0)  # dyadic: where halves and quarters have ties
PENALTIES = (0.0, 2.0)  # presence: it asks whether a token was counted, not how often


@dataclass(frozen=True)
class Experiment:
    """A question, and what one draw of it tells: `information` nats about which hypothesis is true.

    `per_draw[i, j]`: the expected log-likelihood ratio of hypothesis i to j, in nats a draw, where
    i is true.
    """

    question: Question
    hypotheses: tuple[Hypothesis, ...]
    information: float
    per_draw: np.ndarray

    @property
    def params(self) -> SamplingParams:
        return self.question.params

    def __repr__(self) -> str:
        p = self.params
        apart = int(
            (
                np.minimum(self.per_draw, self.per_draw.T)[np.triu_indices(len(self.hypotheses), 1)]
                > 1e-6
            ).sum()
        )
        pairs = len(self.hypotheses) * (len(self.hypotheses) - 1) // 2
        return (
            f"<Experiment: temperature {p.temperature:g}, top_p {p.top_p:g}, presence_penalty {p.presence_penalty:g}, "
            f"{p.max_tokens or 1} token(s): {self.information:.3f} nats a draw, tells {apart} of {pairs} pairs apart>"
        )


def design_experiment(
    distribution: Distribution,
    hypotheses: Sequence[Hypothesis],
    *,
    weights=None,
    messages=None,
    prompt: Mapping[bytes, int] | None = None,
    then: Mapping[bytes, Distribution] | None = None,
    noise: float = 0.0,
) -> Experiment:
    """The temperature, top_p and presence penalty whose draws separate `hypotheses` most.

    The measure is Lindley's (1956): the expected log-likelihood ratio of the true hypothesis to the
    mixture of all, in nats a draw, Σ w_h KL(P_h ‖ Σ w P); it is the mean fall of the entropy of
    `weights` (their probabilities now; None: alike). `prompt` and `then` are as in `Question`: the
    tokens that a penalty on the prompt would count, and the distributions after a first token, with
    which questions of two tokens are weighed too (per draw, not per token).

    Settings under which some hypothesis cannot say what to expect are left out: where too few
    tokens are listed, or, with `noise` (in nats, of measured logprobs), where the nucleus might be
    another. A boundary rule shows itself on exact ties alone, so it takes noise 0 and dyadic
    numbers. ValueError if no setting is left or there are fewer than two hypotheses.
    """
    return most_telling(questions(distribution, messages, prompt, then, noise), hypotheses, weights)


def questions(
    distribution: Distribution, messages=None, prompt=None, then=None, noise: float = 0.0
) -> list[Question]:
    """Those that `design_experiment` chooses from. They remember what they worked out, so keep them
    to ask again.
    """
    found = []
    for t, p, penalty, two in product(
        TEMPERATURES, NUCLEI, PENALTIES, (False, True) if then else (False,)
    ):
        if two and not penalty:
            continue  # a second token tells more than the first only by what it counts
        params = SamplingParams(
            temperature=t, top_p=p, presence_penalty=penalty, max_tokens=2 if two else None
        )
        found.append(
            Question(messages, params, distribution, prompt or {}, then if two else {}, noise)
        )
    return found


def most_telling(
    among: Sequence[Question], hypotheses: Sequence[Hypothesis], weights=None
) -> Experiment:
    """The one of some questions on the same model whose draws separate `hypotheses` most; as
    `design_experiment`.
    """
    hypotheses = tuple(hypotheses)
    if len(hypotheses) < 2:
        raise ValueError(f"hypotheses must be two or more, got {len(hypotheses)}")
    w = np.full(len(hypotheses), 1.0) if weights is None else np.asarray(weights, dtype=float)
    few, few_w = _alike(hypotheses, w / w.sum(), any(question.noise for question in among))
    found = [
        (_information(question, few, few_w), question) for question in among if question.usable(few)
    ]
    for told, question in sorted(found, key=lambda pair: -pair[0]):
        if question.usable(hypotheses):
            return Experiment(question, hypotheses, told, separation(question, hypotheses))
    raise ValueError(
        "distribution must list more tokens: under no setting is there a prediction to compare with"
    )


def _alike(hypotheses, w: np.ndarray, noisy: bool) -> tuple[list[Hypothesis], np.ndarray]:
    """One of each kind that draws can tell apart, and the kinds' weights; where noise is, boundary
    rules are none.
    """
    kinds: dict[tuple, list] = {}
    for h, weight in zip(hypotheses, w, strict=True):
        kinds.setdefault((h.order, h.counts) if noisy else h.draws_like, [h, 0.0])[1] += weight
    few, weights = zip(*kinds.values(), strict=True)
    return list(few), np.array(weights)


def separation(question: Question, hypotheses: Sequence[Hypothesis]) -> np.ndarray:
    """Expected log-likelihood ratio of i to j a draw where i is true, KL(P_i ‖ P_j); shape (H, H),
    nats.
    """
    first = _table(question, hypotheses, None)
    kl = _kl(first)
    for token, place in _after(question, hypotheses):
        second = _table(question, hypotheses, token)
        if second is not None:
            kl += first[:, place][:, None] * _kl(second)
    return kl


def _information(question: Question, hypotheses, w: np.ndarray) -> float:
    first = _table(question, hypotheses, None)
    total = _mixture_kl(first, w)
    for token, place in _after(question, hypotheses):
        second = _table(question, hypotheses, token)
        if second is not None:
            mass = w * first[:, place]
            total += mass.sum() * _mixture_kl(second, mass / mass.sum())
    return float(total)


def _table(question: Question, hypotheses, first) -> np.ndarray | None:
    """Each hypothesis' probabilities of the cells, shape (H, C); all have the same cells: the
    listed tokens.
    """
    cells = {h.draws_like: question.cells(h, first) for h in hypotheses}
    return (
        None if None in cells.values() else np.stack([cells[h.draws_like][1] for h in hypotheses])
    )


def _after(question: Question, hypotheses):
    index, _ = question.cells(hypotheses[0])
    return [(token, index[token]) for token in question.then if token in index]


def _kl(p: np.ndarray) -> np.ndarray:
    logs = np.log(p)
    return np.maximum((p * logs).sum(axis=1)[:, None] - p @ logs.T, 0.0)


def _mixture_kl(p: np.ndarray, w: np.ndarray) -> float:
    return float(max(0.0, (w[:, None] * p * (np.log(p) - np.log(w @ p))).sum()))
