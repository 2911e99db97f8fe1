"""Whether each choice is function calls or text; with `tool_choice: "auto"` the model decides.

The distribution of the first token has the probability that the model begins a call. Models of this
size hardly ever do, so the odds are multiplied by exp(LEANING), a constant of our own; nothing else
favours a call. Then each choice draws: at temperature T the odds are raised to 1/T, at 0 the more
probable side wins. The choice is then generated: calls under their grammar, text as without tools.

A choice that thinks first decides after its thoughts, which stand in the prompt by then. It calls
less often: of 30 questions about the weather 7 became calls then and 25 without thoughts, of 30
other messages none and 5. (With the thoughts before the definitions these were 10 and 4.)
"""

import random
from math import exp, log

from samplers.local.answer.generate.next_logprobs import next_logprobs
from samplers.local.answer.generate.sampling import GREEDY_BELOW
from samplers.local.engine.calls import Engine
from samplers.local.engine.grammars.grammar import OPENING
from samplers.local.engine.seed import engine_seed
from samplers.local.engine.slots import Slot
from samplers.local.request.job import Choice, Job

# In nats, so the odds times 55. By itself the model asks for the weather with a probability of 0.15
# (see samplers.local.request.tool_text); with this it becomes 0.9.
LEANING = 4.0
_COUNT = 500  # the most probable tokens that are looked at; the probability of others is too small
_LEAST = 1e-12  # the least probability of either side, so that the odds stay finite


async def choices(job: Job) -> tuple[list[Choice], int | None]:
    """The job's choices, and the number of the prompt's cached tokens.

    The number is None if the prompt was not read to decide.
    """
    request = job.request
    if request.tools is None or request.tools.forced:
        calls = request.tools is not None
        return [job.choice(i, calls) for i in range(request.n)], None
    if job.scratchpad is not None:
        return [job.choice(i, None) for i in range(request.n)], None
    engine = job.model.engine
    async with job.slot(1) as slot:
        log_odds, cached = await call_log_odds(engine, slot, job.prompt)
    drawn = [draw(log_odds, request.temperature, job.choice_seed(i)) for i in range(request.n)]
    return [job.choice(i, calls) for i, calls in enumerate(drawn)], cached


async def decided(job: Job, choice: Choice, slot: Slot) -> Choice:
    """The choice, decided if it was not. `job` is what is left of its own after the thoughts.

    `slot` is one that the caller holds.
    """
    if choice.calls is not None:
        return choice
    if job.limit < 1:
        return job.choice(choice.index, False)
    log_odds, _ = await call_log_odds(job.model.engine, slot, job.prompt)
    return job.choice(choice.index, draw(log_odds, job.request.temperature, choice.seed))


async def call_log_odds(engine: Engine, slot: Slot, prompt: list[int]) -> tuple[float, int]:
    """The log-odds of a call against text after `prompt`, with LEANING; and the cached tokens."""
    entries, cached = await next_logprobs(engine, slot, prompt, _COUNT)
    begins = _beginnings(engine)
    probability = sum(exp(logprob) for token, logprob in entries if token in begins)
    probability = min(max(probability, _LEAST), 1 - _LEAST)
    return log(probability) - log(1 - probability) + LEANING, cached


def _beginnings(engine: Engine) -> set[int]:
    """The tokens that a call can begin with: those that spell a beginning of OPENING."""
    opening = OPENING.encode()
    spelled = [opening[:size] for size in range(1, len(opening) + 1)]
    ids = [engine.vocabulary.ids.get(data, -1) for data in spelled]
    return {token for token in ids if token >= 0}


def draw(log_odds: float, temperature: float, seed: int) -> bool:
    """Whether the choice with this seed is a call."""
    if temperature < GREEDY_BELOW:
        return log_odds > 0
    probability = 1 / (1 + exp(min(-log_odds / temperature, 700)))
    return random.Random(engine_seed(seed, -1)).random() < probability
