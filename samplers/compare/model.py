"""What identify learns of the model behind an endpoint before it asks how the endpoint samples from
it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, product

import numpy as np

from samplers.api import APIError, Client
from samplers.compare.design import Experiment, most_telling, questions
from samplers.compare.hypotheses import Hypothesis, tokens_in
from samplers.compare.question import Question
from samplers.compare.request import shown
from samplers.distribution import Distribution
from samplers.params import SamplingParams

# how often the model's own distribution is asked for: its second tokens differ, and its noise shows
ANSWERS = 6
LIKELY = 0.05  # a token whose logprob's noise is looked at: a rare one's matters less
LAPSED = 0.3  # total variation from the other answers
LEAST_NOISE = 0.01  # nats, whatever little was seen in few answers


@dataclass(frozen=True, eq=False)
class Model:
    """The model's own next-token distribution after `messages`, and after each first token that was
    seen (`then`).

    `prompt`: {token's bytes: how often} in the messages. `noise`, in nats: the most by which a
    likely token's logprob lay from the answers' mean. Servers are not exact: what else is in the
    batch changes their sums.
    """

    messages: object
    distribution: Distribution
    prompt: Mapping[bytes, int]
    then: Mapping[bytes, Distribution]
    noise: float

    @classmethod
    def of(cls, client: Client, messages, extra: dict) -> "Model":
        """From ANSWERS answers of two tokens at temperature 1, nothing truncated or penalised:
        there every engine's logprobs are the model's own.
        """
        plain = SamplingParams(max_tokens=2)
        with ThreadPoolExecutor(4) as pool:
            answers = list(
                pool.map(lambda _: shown(client, messages, plain, extra), range(ANSWERS))
            )
        first, noise = _mean([answer[0][1] for answer in answers])
        second: dict[bytes, list[Distribution]] = {}
        for answer in answers:
            if len(answer) > 1:
                second.setdefault(answer[0][0], []).append(answer[1][1])
        then = {token: _mean(found) for token, found in second.items()}
        noise, then = (
            max([noise, *(n for _, n in then.values())]),
            {token: d for token, (d, _) in then.items()},
        )
        try:
            tokens = client.tokenize(messages)
            prompt, size = Counter(tokens.bytes), tokens.vocabulary_size
        except APIError:  # most endpoints cannot
            prompt, size = (
                tokens_in(messages, {token for d in (first, *then.values()) for token in d.bytes}),
                None,
            )
        then = {token: replace(d, vocabulary_size=size) for token, d in then.items()}
        return cls(messages, replace(first, vocabulary_size=size), prompt, then, noise)

    def experiment(self, hypotheses: Sequence[Hypothesis], weights=None) -> Experiment | None:
        """The draws that tell most; None where the listed tokens are too few for any prediction.

        A boundary rule differs on exact ties only, which a measured distribution does not have.
        """
        try:
            return most_telling(self._questions, hypotheses, weights)
        except ValueError:
            return None

    @cached_property
    def _questions(self) -> list[Question]:
        return questions(self.distribution, self.messages, self.prompt, self.then, self.noise)

    def look(self, hypotheses: Sequence[Hypothesis]) -> tuple[float, Question]:
        """Where two meanings of the logprobs show the most different numbers, whatever the order;
        and how different.
        """
        kinds = {(h.order, h.logprobs): h for h in hypotheses}.values()
        best = 0.0, self._question(SamplingParams())
        for t, p in product((0.5, 0.7), (0.5, 0.75, 0.9, 1.0)):
            question = self._question(SamplingParams(temperature=t, top_p=p))
            gaps = []
            for a, b in combinations(kinds, 2):
                if a.logprobs != b.logprobs and a.order == b.order:
                    x, y = question.expected(a), question.expected(b)
                    gaps.append(float(np.maximum(x.low - y.high, y.low - x.high).max()))
            if question.usable(kinds):
                best = max(best, (min(gaps), question), key=lambda pair: pair[0])
        return best

    def _question(self, params: SamplingParams) -> Question:
        return Question(self.messages, params, self.distribution, self.prompt, noise=self.noise)


def _mean(distributions: list[Distribution]) -> tuple[Distribution, float]:
    """The mean of what several answers showed of the tokens that all of them list, and the noise
    around it.

    An answer that shows something else altogether (llama.cpp under load was once seen to) is a
    lapse and left out.
    """
    shown = [dict(zip(d.bytes, d.probs, strict=True)) for d in distributions]
    apart = np.array([[_variation(p, q) for q in shown] for p in shown])
    middle = int(apart.sum(axis=1).argmin())
    first, shown = (
        distributions[middle],
        [p for p, far in zip(shown, apart[middle], strict=True) if far < LAPSED],
    )
    everywhere = [i for i, b in enumerate(first.bytes) if all(b in p for p in shown)]
    names, pieces = ([x[i] for i in everywhere] for x in (first.tokens, first.bytes))
    p = np.array([[one[b] for b in pieces] for one in shown])
    mean = p.mean(axis=0)
    with np.errstate(divide="ignore"):
        off = np.abs(np.log(p[:, mean >= LIKELY]) - np.log(mean[mean >= LIKELY])).max(
            initial=LEAST_NOISE
        )
        logprobs = np.log(mean)
    return Distribution(
        tuple(names), logprobs, tuple(pieces), float(max(0.0, 1 - mean.sum()))
    ), float(off)


def _variation(p: dict, q: dict) -> float:
    """Total variation distance over the tokens that either lists."""
    return sum(abs(p.get(token, 0.0) - q.get(token, 0.0)) for token in {*p, *q}) / 2
