"""The first question of `identify`: the one that shows best what an endpoint's logprobs mean."""

from collections.abc import Iterator, Sequence
from itertools import combinations, product

import numpy as np

from samplers.compare.baseline import Baseline
from samplers.compare.evidence import Question
from samplers.compare.hypotheses import Hypothesis
from samplers.params import SamplingParams

TEMPERATURES = (0.5, 0.7)
NUCLEI = (0.5, 0.75, 0.9, 1.0)
PRESENCE = 2.0


def first_question(baselines: Sequence[Baseline], hypotheses: Sequence[Hypothesis]) -> Question:
    """The question, on any prompt, that tells most meanings of the logprobs apart.

    Its answer has two tokens where that is possible: logprobs after the penalties differ from raw
    ones only where a token is counted, and before the first one of an answer most engines count
    none. Of two questions that tell equally many apart, the better is the one whose least gap
    between two meanings is greater.
    """
    plain = baselines[0].question(SamplingParams())
    # the boundary of the nucleus decides nothing here
    kinds = list({(h.order, h.counts, h.logprobs): h for h in hypotheses}.values())
    usable = [q for b in baselines for q in _candidates(b) if q.is_usable(kinds)]
    return max(usable, key=lambda question: sorted(_gaps(question, kinds)), default=plain)


def _candidates(baseline: Baseline) -> Iterator[Question]:
    two = {"presence_penalty": PRESENCE, "max_tokens": 2} if baseline.then else {}
    for t, p in product(TEMPERATURES, NUCLEI):
        yield baseline.question(SamplingParams(temperature=t, top_p=p, **two))


def _gaps(question: Question, hypotheses: Sequence[Hypothesis]) -> Iterator[float]:
    """The gap in shown probabilities of every two hypotheses that differ in the logprobs alone.

    It is the one at the first token or, if that is wider, the mean one at the second.
    """
    probs = dict(zip(question.distribution.bytes, question.distribution.probs, strict=True))
    for a, b in combinations(hypotheses, 2):
        if (a.order, a.counts) == (b.order, b.counts):
            second = sum(probs.get(f, 0.0) * _gap(question, a, b, f) for f in question.then)
            yield max(_gap(question, a, b, None), second)


def _gap(question: Question, a: Hypothesis, b: Hypothesis, first: bytes | None) -> float:
    """The most by which the bounds of what two hypotheses show lie apart; 0 if that is no sign."""
    p = question.expected_logprobs(a, first)
    q = question.expected_logprobs(b, first)
    if p is None or q is None:
        return 0.0
    gap = float(np.maximum(p.low - q.high, q.low - p.high).max())
    return gap if gap > question.tolerance else 0.0
