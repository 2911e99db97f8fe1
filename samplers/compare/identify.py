"""Which engine answers? Ask, draw, and weigh every hypothesis by what came back."""

from collections import Counter

import numpy as np
from tqdm.auto import tqdm

from samplers.api import Client
from samplers.compare.hypotheses import Hypothesis, all_hypotheses
from samplers.compare.identification import Asked, Identification, summary
from samplers.compare.model import ANSWERS, Model
from samplers.compare.observe import Counts, observe
from samplers.compare.question import Question
from samplers.compare.request import extensions, shown

STEP = 20  # draws between two looks at the posterior
CERTAIN = 0.999  # of order and counts together: where asking stops
LITTLE = 1e-4  # nats a draw that are not worth drawing for


def _turns(ask: str, answers: str) -> list[dict]:
    shots = [
        message for a in answers.split() for message in (_says("user", ask), _says("assistant", a))
    ]
    return [_says("system", "Answer with digits only."), *shots, _says("user", ask)]


def _says(role: str, text: str) -> dict:
    return {"role": role, "content": text}


# One with a handful of likely answers, of tokens that the prompt holds; one whose first token is
# likely to come again. Both short: an engine that counts only the last 64 tokens (llama.cpp) counts
# the same ones as one that counts all.
PROMPTS = (_turns("Roll two dice.", "14 62 35"), _turns("Four random bits.", "0110 1101 1011"))


def identify(
    client: Client, messages=None, draws: int = 500, *, progress: bool = True
) -> Identification:
    """Find out how an endpoint orders its stages, cuts its nucleus, what its logprobs mean and its
    penalties count.

    It needs nothing but chat completions with top_logprobs. First it asks for the model's own
    distribution after each of PROMPTS (or after `messages` alone), at temperature 1 with nothing
    truncated or penalised: there all hypotheses agree. Then it looks once at the logprobs shown
    where their meanings differ most (`Model.look`). Then, until order and counts are CERTAIN,
    nothing more can be learnt or `draws` are used, it picks the setting that tells the remaining
    hypotheses apart fastest (`design_experiment`), looks at the logprobs shown there too, and
    draws.

    Every answer counts as a draw. Stopping when certain does not bias the posterior, which depends
    on what was drawn alone: of the hypotheses named at CERTAIN at most one in a thousand is wrong,
    if one of them is true and the model's distribution was measured well. `Identification.fits`
    tests that.

    The likelihood of a draw is its predicted probability, but for a share `question.LAPSE` that is
    spread alike over all cells; shown logprobs are no draws, see `Question.log_evidence`.
    Hypotheses to which all answers are equally likely become one, with "undecided" in the fields
    where they differ. `draws` below some ten answers for the model's own distribution and a look
    are not kept to. EndpointError where the endpoint cannot be asked.
    """
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < 1:
        raise ValueError(f"draws must be an int >= 1, got {draws!r}")
    prompts = PROMPTS if messages is None else (messages,)
    hypotheses, asked = all_hypotheses(), {}
    with tqdm(total=draws, unit="draw", disable=not progress) as bar:
        extra = extensions(client, prompts[0])
        models = [Model.of(client, prompt, extra) for prompt in prompts]
        used = ANSWERS * len(models)
        question = max((model.look(hypotheses) for model in models), key=lambda pair: pair[0])[1]
        while question is not None:
            key = repr((question.messages, question.params))
            if key not in asked:  # a first look at the logprobs shown there
                look = shown(client, question.messages, question.params, extra)[0][1]
                asked[key] = Asked(question, Counts(), look)
                used += 1
            elif used < draws:
                counts = asked[key].counts
                before = counts.draws
                observe(
                    client, question.messages, question.params, before + min(STEP, draws - used), into=counts,
                    extra=extra, progress=False,
                )  # fmt: skip
                used += counts.draws - before
                if counts.stopped:
                    break
            bar.update(min(used, draws) - bar.n)
            question = _next(models, hypotheses, list(asked.values())) if used < draws else None
        return summary(hypotheses, list(asked.values()), models, used)


def _next(models: list[Model], hypotheses: list[Hypothesis], asked: list[Asked]) -> Question | None:
    """The most telling question on any prompt; None where order and counts are certain or nothing
    tells more.
    """
    log_weights = sum(a.log_likelihoods(hypotheses) for a in asked)
    weights = np.exp(log_weights - log_weights.max())
    # whatever the shown logprobs say, draws are to confirm it
    if any(a.counts.draws for a in asked):
        settled = Counter()
        for h, weight in zip(hypotheses, weights, strict=True):
            settled[h.order, h.counts] += weight
        if max(settled.values()) >= CERTAIN * weights.sum():
            return None
    else:
        weights = None
    found = [e for model in models if (e := model.experiment(hypotheses, weights)) is not None]
    best = max(found, key=lambda e: e.information, default=None)
    return best.question if best is not None and best.information > LITTLE else None
