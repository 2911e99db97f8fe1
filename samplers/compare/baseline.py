"""The model's own distributions after a prompt: what identify measures before anything else."""

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from samplers.api import APIError, Client
from samplers.compare.design import Experiment, candidate_questions, most_informative
from samplers.compare.evidence import Question, probs_by_bytes
from samplers.compare.hypotheses import Hypothesis, tokens_in
from samplers.compare.request import shown_distributions
from samplers.distribution import Distribution
from samplers.params import SamplingParams

# How often the model's own distributions are asked for, so that answers begin with different tokens
# and the noise shows.
ANSWERS = 6
LIKELY = 0.05  # the least probability of a token whose logprob counts for the noise
OUTLIER = 0.3  # total variation from the other answers
LEAST_NOISE = 0.01  # nats, however little a few answers differ
MOST_NOISE = 0.2  # nats; with more, hardly a question has a prediction to compare with


@dataclass(frozen=True, eq=False)
class Baseline:
    """The model's own next-token distributions after `messages`, measured on an endpoint.

    `distribution`: of the first token. `then`: {first token's bytes: distribution of the second},
    for each first token that was seen, if that was measured well. `prompt`: {token's bytes: how
    often} in the messages. `noise`, in nats: the most by which a likely token's logprob lay from
    the answers' mean. Servers are not exact: what else is in the batch changes their sums.
    """

    messages: object
    distribution: Distribution
    prompt: Mapping[bytes, int]
    then: Mapping[bytes, Distribution]
    noise: float
    # {(temperature, presence penalty): what its questions know}, see `Question`
    known: dict = field(default_factory=dict, repr=False)

    @classmethod
    def measure(cls, client: Client, messages, extra: dict) -> "Baseline":
        """Take the mean of ANSWERS answers of two tokens, at temperature 1 with nothing else on.

        Where nothing is truncated or penalised, every engine's logprobs are the model's own.
        """
        plain = SamplingParams(max_tokens=2)

        def answer(_) -> list[tuple[bytes, Distribution]]:
            return shown_distributions(client, messages, plain, extra)

        # One alone comes first: an engine that keeps prompts then reads this one once, not four
        # times at the same time.
        answers = [answer(0)]
        with ThreadPoolExecutor(4) as pool:
            answers += pool.map(answer, range(1, ANSWERS))

        first, noise = _mean([answer[0][1] for answer in answers])
        most = max(noise, MOST_NOISE)
        then = {}
        for token, distributions in _by_first_token(answers).items():
            second, second_noise = _mean(distributions)
            if second_noise <= most:
                then[token] = second
                noise = max(noise, second_noise)

        prompt, size = _prompt_tokens(client, messages, [first, *then.values()])
        first = replace(first, vocabulary_size=size)
        then = {token: replace(d, vocabulary_size=size) for token, d in then.items()}
        return cls(messages, first, prompt, then, noise)

    def best_experiment(self, hypotheses: Sequence[Hypothesis], weights=None) -> Experiment | None:
        """The question on this prompt whose draws tell most; None if too few tokens are listed.

        Boundary rules differ only on exact ties, which a measured distribution does not have.
        """
        try:
            return most_informative(self._questions, hypotheses, weights)
        except ValueError:
            return None

    @cached_property
    def _questions(self) -> list[Question]:
        return candidate_questions(
            self.distribution, self.messages, self.prompt, self.then, self.noise, self.known
        )

    def question(self, params: SamplingParams) -> Question:
        """A question on this prompt; with `max_tokens` of 2 or more, about two tokens.

        `params` may set temperature, top_p and presence_penalty; all else is off.
        """
        then = self.then if (params.max_tokens or 1) > 1 else {}
        known = self.known.setdefault((params.temperature, params.presence_penalty), {})
        return Question(
            self.messages, params, self.distribution, self.prompt, then, self.noise, known
        )


def _by_first_token(answers: list[list[tuple]]) -> dict[bytes, list[Distribution]]:
    """{first token's bytes: the distributions of the second}; some answers end after the first."""
    second: dict[bytes, list[Distribution]] = {}
    for answer in answers:
        if len(answer) > 1:
            (token, _), (_, distribution) = answer[:2]
            second.setdefault(token, []).append(distribution)
    return second


def _prompt_tokens(client: Client, messages, distributions) -> tuple[Counter, int | None]:
    """{token's bytes: how often} in the messages, and the vocabulary's size; None if not known.

    Most endpoints do not tokenize for us. Then only the distributions' tokens are counted.
    """
    try:
        tokens = client.tokenize(messages)
    except APIError:
        listed = {token for distribution in distributions for token in distribution.bytes}
        return tokens_in(messages, listed), None
    return Counter(tokens.bytes), tokens.vocabulary_size


def _mean(distributions: list[Distribution]) -> tuple[Distribution, float]:
    """The mean of several answers' distributions over the tokens that all list, and its noise.

    An answer that shows something else altogether is left out: llama.cpp under load has been seen
    to give one.
    """
    probs = [probs_by_bytes(d) for d in distributions]
    apart = np.array([[_total_variation(p, q) for q in probs] for p in probs])
    middle = int(apart.sum(axis=1).argmin())
    alike = [p for p, far in zip(probs, apart[middle], strict=True) if far < OUTLIER]

    reference = distributions[middle]
    first_places = {b: reference.bytes.index(b) for b in reference.bytes}
    token_bytes = tuple(b for b in first_places if all(b in p for p in alike))
    p = np.array([[one[b] for b in token_bytes] for one in alike])
    mean = p.mean(axis=0)
    unseen = float(max(0.0, 1 - mean.sum()))
    with np.errstate(divide="ignore"):
        logprobs = np.log(mean)
    tokens = tuple(reference.tokens[first_places[b]] for b in token_bytes)
    return Distribution(tokens, logprobs, token_bytes, unseen), _noise(p, mean)


def _noise(p: np.ndarray, mean: np.ndarray) -> float:
    """The most by which a likely token's logprob in p (answers, K) lies from that of the mean."""
    likely = mean >= LIKELY
    with np.errstate(divide="ignore"):
        deviations = np.abs(np.log(p[:, likely]) - np.log(mean[likely]))
    return float(deviations.max(initial=LEAST_NOISE))


def _total_variation(p: dict, q: dict) -> float:
    """The total variation distance over the tokens that either lists."""
    return sum(abs(p.get(token, 0.0) - q.get(token, 0.0)) for token in {*p, *q}) / 2
