"""What identify learns of the model behind an endpoint before it asks how the endpoint samples from it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import combinations, product

import numpy as np

from samplers.api import APIError, Client
from samplers.compare.design import MARGIN, Experiment, design_experiment
from samplers.compare.hypotheses import Hypothesis, tokens_in
from samplers.compare.question import Question
from samplers.compare.request import shown
from samplers.distribution import Distribution
from samplers.params import SamplingParams

ANSWERS = 4  # how often the model's own distribution is asked for: its second tokens differ, and its noise shows


@dataclass(frozen=True, eq=False)
class Model:
    """The model's own next-token distribution after `messages`, and after each first token that was seen (`then`).

    `prompt`: {token's bytes: how often} in the messages. `noise`: the most by which the likeliest token's probability
    differed between two answers.
    """

    messages: object
    distribution: Distribution
    prompt: Mapping[bytes, int]
    then: Mapping[bytes, Distribution]
    noise: float

    @classmethod
    def of(cls, client: Client, messages, extra: dict) -> "Model":
        """From ANSWERS answers of two tokens at temperature 1, nothing truncated or penalised: there every engine's
        logprobs are the model's own."""
        plain = SamplingParams(max_tokens=2)
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: shown(client, messages, plain, extra), range(ANSWERS)))
        first = answers[0][0][1]
        top = [dict(zip(a[0][1].bytes, a[0][1].probs, strict=True)).get(first.bytes[0], 0.0) for a in answers]
        then = {answer[0][0]: answer[1][1] for answer in answers if len(answer) > 1 and answer[0][0]}
        try:
            tokens = client.tokenize(messages)
            prompt, size = Counter(tokens.bytes), tokens.vocabulary_size
        except APIError:  # most endpoints cannot
            prompt, size = tokens_in(messages, {token for d in (first, *then.values()) for token in d.bytes}), None
        then = {token: replace(d, vocabulary_size=size) for token, d in then.items()}
        return cls(messages, replace(first, vocabulary_size=size), prompt, then, float(max(top) - min(top)))

    def experiment(self, hypotheses: Sequence[Hypothesis], weights=None) -> Experiment | None:
        """The draws that tell most; None where the listed tokens are too few for any prediction.

        A boundary rule differs on exact ties only, which rounding decides on a measured distribution: MARGIN.
        """
        try:
            return design_experiment(
                self.distribution,
                hypotheses,
                weights=weights,
                messages=self.messages,
                prompt=self.prompt,
                then=self.then,
                margin=MARGIN,
            )
        except ValueError:
            return None

    def look(self, hypotheses: Sequence[Hypothesis]) -> tuple[float, Question]:
        """Where two meanings of the logprobs show the most different numbers, whatever the order; and how different."""
        kinds = {(h.order, h.logprobs): h for h in hypotheses}.values()
        best = 0.0, Question(self.messages, SamplingParams(), self.distribution)
        for t, p in product((0.5, 0.7), (0.5, 0.75, 0.9)):
            question = Question(self.messages, SamplingParams(temperature=t, top_p=p), self.distribution)
            gaps = []
            for a, b in combinations(kinds, 2):
                if a.logprobs != b.logprobs and a.order == b.order:
                    x, y = question.expected(a), question.expected(b)
                    gaps.append(float(np.maximum(x.low - y.high, y.low - x.high).max()))
            best = max(best, (min(gaps), question), key=lambda pair: pair[0])
        return best
