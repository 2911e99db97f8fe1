"""Which question to ask next: the one whose draws tell the hypotheses apart fastest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from samplers.arrays import as_array
from samplers.checks import instance, is_sequence, number, shown
from samplers.compare.evidence import Question
from samplers.compare.hypotheses import Hypothesis
from samplers.compare.prediction import by_bytes
from samplers.distribution import Distribution
from samplers.params import SamplingParams

TEMPERATURES = (0.5, 0.7, 1.0, 1.4, 2.0)  # colder ones magnify the noise of measured logprobs
NUCLEI = (0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0)  # dyadic: where halves and quarters have ties
PENALTIES = (0.0, 2.0)  # presence: it asks whether a token was counted, not how often


@dataclass(frozen=True)
class Experiment:
    """A question, and how well one draw of it tells some hypotheses apart.

    `information`: in nats per draw, as `design_experiment` measures it. `per_draw[i, j]`: the
    expected log-likelihood ratio of hypothesis i to j where i is true, in nats per draw.
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
        first, second = np.triu_indices(len(self.hypotheses), 1)
        worse_way = np.minimum(self.per_draw, self.per_draw.T)[first, second]
        return (
            f"<Experiment: temperature {p.temperature:g}, top_p {p.top_p:g}, "
            f"presence_penalty {p.presence_penalty:g}, {p.max_tokens or 1} token(s): "
            f"{self.information:.3f} nats per draw, "
            f"tells {(worse_way > 1e-6).sum()} of {len(first)} pairs apart>"
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
    mixture of all, in nats per draw, Σ w_h KL(P_h ‖ Σ w P). That is the mean fall of the entropy of
    `weights`, the hypotheses' probabilities now (None: all alike). `prompt` and `then` are as in
    `Question`: the tokens that a penalty on the prompt would count, and the distributions after a
    first token. With `then`, questions of two tokens compete too, per draw and not per token.

    A setting is left out if some hypothesis does not say what to expect under it: because too few
    tokens are listed, or because, within `noise` (in nats, of measured logprobs), the nucleus might
    be another. A boundary rule shows only on exact ties, so it takes noise 0 and dyadic numbers.
    ValueError if no setting is left or there are fewer than two hypotheses.
    """
    instance(distribution, "distribution", Distribution, "a Distribution")
    noise = number(noise, "noise", float, 0)
    prompt = None if prompt is None else by_bytes(prompt, distribution, "prompt")
    instance(then, "then", Mapping | None, "{a first token's bytes: a Distribution}")
    for token, second in (then or {}).items():
        instance(token, "then", bytes, "{a first token's bytes: a Distribution}")
        instance(second, "then", Distribution, "{a first token's bytes: a Distribution}")

    questions = candidate_questions(distribution, messages, prompt, then, noise)
    return most_informative(questions, hypotheses, weights)


def candidate_questions(
    distribution: Distribution,
    messages=None,
    prompt=None,
    then=None,
    noise: float = 0.0,
    known: dict | None = None,
) -> list[Question]:
    """The questions that `design_experiment` chooses from.

    A question caches its predictions, so keep the list to choose from it again. `known`:
    {(temperature, presence penalty): what other questions on this prompt know already}.
    """
    known = {} if known is None else known
    questions = []
    for t, p, penalty in product(TEMPERATURES, NUCLEI, PENALTIES):
        params = SamplingParams(temperature=t, top_p=p, presence_penalty=penalty)
        shared = known.setdefault((t, penalty), {})
        question = Question(messages, params, distribution, prompt or {}, {}, noise, shared)
        questions.append(question)
        # A second token tells more than the first only by what is counted.
        if then and penalty:
            of_two = params.replace(max_tokens=2)
            questions.append(replace(question, params=of_two, then=then))  # shares what is known
    return questions


def most_informative(
    questions: Sequence[Question], hypotheses: Sequence[Hypothesis], weights=None
) -> Experiment:
    """The question whose draws separate `hypotheses` most, as in `design_experiment`."""
    if not is_sequence(hypotheses) or not all(isinstance(h, Hypothesis) for h in hypotheses):
        raise ValueError(f"hypotheses must be a sequence of Hypothesis, got {shown(hypotheses)}")
    hypotheses = tuple(hypotheses)
    if len(hypotheses) < 2:
        raise ValueError(f"hypotheses must be two or more, got {len(hypotheses)}")
    weights = _weights(weights, len(hypotheses))
    noisy = any(question.noise for question in questions)
    kinds, kind_weights = _kinds(hypotheses, weights / weights.sum(), noisy)
    ranked = [(_information(q, kinds, kind_weights), q) for q in questions if q.is_usable(kinds)]
    for information, question in sorted(ranked, key=lambda pair: -pair[0]):
        if question.is_usable(hypotheses):
            per_draw = separation(question, hypotheses)
            return Experiment(question, hypotheses, information, per_draw)
    raise ValueError(
        "distribution must list more tokens: under no setting is there a prediction to compare with"
    )


def _weights(weights, n: int) -> np.ndarray:
    """The hypotheses' weights (n,), all alike for None; ValueError unless some are above 0."""
    if weights is None:
        return np.ones(n)
    weights = as_array(weights, "weights").astype(np.float64)
    if weights.shape != (n,):
        raise ValueError(f"weights must have shape ({n},), one a hypothesis, got {weights.shape}")
    if not ((weights >= 0) & (weights < np.inf)).all() or not weights.any():
        raise ValueError(f"weights must be >= 0 and not all 0, got {shown(weights)}")
    return weights


def separation(question: Question, hypotheses: Sequence[Hypothesis]) -> np.ndarray:
    """Expected log-likelihood ratio of i to j where i is true, KL(P_i ‖ P_j), in nats per draw.

    Shape (H, H).
    """
    first = _cell_probs(question, hypotheses, None)
    kl = _kl(first)
    for token, cell in _first_tokens(question, hypotheses):
        second = _cell_probs(question, hypotheses, token)
        if second is not None:
            kl += first[:, cell][:, None] * _kl(second)
    return kl


def _information(question: Question, hypotheses, weights: np.ndarray) -> float:
    """Lindley's measure of a question, in nats per draw."""
    first = _cell_probs(question, hypotheses, None)
    total = _mixture_kl(first, weights)
    for token, cell in _first_tokens(question, hypotheses):
        second = _cell_probs(question, hypotheses, token)
        if second is not None:
            joint = weights * first[:, cell]
            total += joint.sum() * _mixture_kl(second, joint / joint.sum())
    return float(total)


def _kinds(hypotheses, weights: np.ndarray, noisy: bool) -> tuple[list[Hypothesis], np.ndarray]:
    """One hypothesis of each kind that draws can tell apart, and the kinds' weights.

    Where there is noise, draws tell nothing about the boundary rule.
    """
    kinds: dict[tuple, Hypothesis] = {}
    kind_weights: dict[tuple, float] = {}
    for h, weight in zip(hypotheses, weights, strict=True):
        kind = (h.order, h.counts) if noisy else h.draw_rules
        kinds.setdefault(kind, h)
        kind_weights[kind] = kind_weights.get(kind, 0.0) + weight
    return list(kinds.values()), np.array(list(kind_weights.values()))


def _cell_probs(question: Question, hypotheses, first: bytes | None) -> np.ndarray | None:
    """Each hypothesis' probabilities of the cells, shape (H, C); None where one has none.

    All hypotheses have the same cells: the listed tokens.
    """
    cells = {h.draw_rules: question.cells(h, first) for h in hypotheses}
    if None in cells.values():
        return None
    return np.stack([cells[h.draw_rules][1] for h in hypotheses])


def _first_tokens(question: Question, hypotheses) -> list[tuple[bytes, int]]:
    """The first tokens after which the second's distribution is known, and their cells."""
    index, _ = question.cells(hypotheses[0])
    return [(token, index[token]) for token in question.then if token in index]


def _kl(p: np.ndarray) -> np.ndarray:
    """KL(P_i ‖ P_j) of the rows of p (H, C), shape (H, H)."""
    logs = np.log(p)
    return np.maximum((p * logs).sum(axis=1)[:, None] - p @ logs.T, 0.0)


def _mixture_kl(p: np.ndarray, weights: np.ndarray) -> float:
    """Σ w_h KL(P_h ‖ Σ w P) of the rows of p (H, C)."""
    logs = np.log(p) - np.log(weights @ p)
    return float(max(0.0, (weights[:, None] * p * logs).sum()))
