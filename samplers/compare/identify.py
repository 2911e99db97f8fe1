"""Which engine answers? Ask, draw, and weigh every hypothesis by the answers."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, product

import numpy as np
from tqdm.auto import tqdm

from samplers.api import Client
from samplers.checks import instance, number
from samplers.compare.baseline import ANSWERS, Baseline
from samplers.compare.evidence import Question
from samplers.compare.hypotheses import Hypothesis, all_hypotheses
from samplers.compare.identification import Identification, Observation
from samplers.compare.observe import Counts, observe
from samplers.compare.posterior import summarize
from samplers.compare.request import check_client, extensions, shown_distributions
from samplers.params import SamplingParams

DRAWS_PER_STEP = 20  # between two updates of the posterior
CERTAIN = 0.999  # the probability of order and counts together at which asking stops
LEAST_INFORMATION = 1e-4  # nats per draw; a question that tells less is not worth drawing for

# The first question's settings: the cold magnify what temperature does to the logprobs shown.
FIRST_TEMPERATURES = (0.5, 0.7)
FIRST_NUCLEI = (0.5, 0.75, 0.9, 1.0)
FIRST_PRESENCE = 2.0


def _message(role: str, text: str) -> dict:
    return {"role": role, "content": text}


def _few_shot(question: str, answers: Sequence[str]) -> list[dict]:
    """A conversation that has answered the question several times, and is asked it once more."""
    messages = [_message("system", "Answer with digits only.")]
    for answer in answers:
        messages += [_message("user", question), _message("assistant", answer)]
    return [*messages, _message("user", question)]


# The first has a handful of likely answers, of tokens that the prompt holds. The second has a first
# token that is likely to come again. Both are short: an engine that counts only the last 64 tokens
# (llama.cpp) then counts the same ones as an engine that counts all.
PROMPTS = (
    _few_shot("Roll two dice.", ("14", "62", "35")),
    _few_shot("Four random bits.", ("0110", "1101", "1011")),
)


def identify(
    client: Client, messages=None, draws: int = 500, *, progress: bool = True
) -> Identification:
    """Find out how an endpoint samples and what its logprobs mean.

    It decides between all hypotheses on four things: the order of the stages, the boundary of the
    nucleus, the meaning of the logprobs, and the tokens that penalties count. It needs nothing but
    chat completions with top_logprobs.

    First it asks for the model's own distribution after each of PROMPTS (or after `messages`
    alone), at temperature 1 with nothing truncated or penalised: there all hypotheses agree. Then
    it looks once at the logprobs shown where their meanings differ most (`first_question`). Then it
    repeats three steps: it picks the setting that tells the remaining hypotheses apart fastest
    (`design_experiment`), looks at the logprobs shown there too, and draws. It stops when order and
    counts are CERTAIN, nothing more can be learnt, or `draws` are used.

    Every answer counts as a draw. Stopping when certain does not bias the posterior, which depends
    only on what was drawn: of the hypotheses named at CERTAIN at most one in a thousand is wrong,
    if one of them is true and the model's distribution was measured well. `Identification.fits`
    tests that.

    The likelihood of a draw is its predicted probability, except for a share `evidence.LAPSE` that
    is spread evenly over all cells. Shown logprobs are not draws, see `Question.log_evidence`.
    Hypotheses that no answer told apart become one, with "undecided" in the fields where they
    differ.

    The measurements before the first draw always take ANSWERS answers for each prompt, and one
    more: 13 with PROMPTS, even if `draws` is smaller. EndpointError where the endpoint cannot be
    asked.
    """
    draws = number(draws, "draws", int, 1)
    check_client(client)
    instance(progress, "progress", bool, "True or False")

    prompts = PROMPTS if messages is None else (messages,)
    hypotheses = all_hypotheses()
    with tqdm(total=draws, unit="draw", disable=not progress) as bar:
        extra = extensions(client, prompts[0])
        baselines = [Baseline.measure(client, prompt, extra) for prompt in prompts]
        observations: dict[str, Observation] = {}
        used = ANSWERS * len(baselines)
        question = first_question(baselines, hypotheses)
        while question is not None:
            key = repr((question.messages, question.params))
            if key not in observations:
                observations[key] = _observe_logprobs(client, question, extra)
                used += 1
            else:
                counts = observations[key].counts
                used += _draw(client, question, counts, min(DRAWS_PER_STEP, draws - used), extra)
                if counts.stopped:
                    break
            bar.update(min(used, draws) - bar.n)
            question = None
            if used < draws:
                question = _next_question(baselines, hypotheses, list(observations.values()))
        return summarize(hypotheses, list(observations.values()), baselines, used)


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
    two = {"presence_penalty": FIRST_PRESENCE, "max_tokens": 2} if baseline.then else {}
    for t, p in product(FIRST_TEMPERATURES, FIRST_NUCLEI):
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


def _observe_logprobs(client: Client, question: Question, extra: dict) -> Observation:
    """A first look at a question: the logprobs shown beside one answer, and no draws yet."""
    shown = shown_distributions(client, question.messages, question.params, extra)
    return Observation(question, Counts(), shown)


def _draw(client: Client, question: Question, counts: Counts, more: int, extra: dict) -> int:
    """Add up to `more` draws to a question's counts; returns the number of new draws."""
    before = counts.draws
    observe(
        client,
        question.messages,
        question.params,
        before + more,
        into=counts,
        extra=extra,
        progress=False,
    )
    return counts.draws - before


def _next_question(baselines, hypotheses, observations: Sequence[Observation]) -> Question | None:
    """The most informative question on any prompt; None if no more are needed."""
    weights = None
    # Whatever the shown logprobs say, draws are to confirm it.
    if any(observation.counts.draws for observation in observations):
        weights = _weights(hypotheses, observations)
        if _is_certain(hypotheses, weights):
            return None

    experiments = [baseline.best_experiment(hypotheses, weights) for baseline in baselines]
    usable = [experiment for experiment in experiments if experiment is not None]
    best = max(usable, key=lambda experiment: experiment.information, default=None)
    if best is None or best.information <= LEAST_INFORMATION:
        return None
    return best.question


def _weights(hypotheses, observations: Sequence[Observation]) -> np.ndarray:
    """Each hypothesis' likelihood relative to the best one's, shape (H,)."""
    log_likelihoods = sum(o.log_likelihoods(hypotheses) for o in observations)
    return np.exp(log_likelihoods - log_likelihoods.max())


def _is_certain(hypotheses, weights: np.ndarray) -> bool:
    """Are order and counts, taken together, CERTAIN?"""
    total = Counter()
    for h, weight in zip(hypotheses, weights, strict=True):
        total[h.order, h.counts] += weight
    return max(total.values()) >= CERTAIN * weights.sum()
