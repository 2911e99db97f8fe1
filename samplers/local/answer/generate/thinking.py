"""The thoughts of the simulated reasoning model: really drawn, counted, and shown to nobody."""

from contextlib import aclosing
from dataclasses import dataclass, replace

from samplers.local.answer.generate.generation import Generation
from samplers.local.engine.seed import engine_seed
from samplers.local.engine.slots import Slot
from samplers.local.request.job import Choice, Job
from samplers.local.request.prompt import prompt_ids
from samplers.local.request.scratchpad import TEMPERATURE, with_notes


@dataclass(frozen=True)
class Thoughts:
    """What thinking cost, and the job that is left: the answer, which may have no token left.

    `tokens` counts a token that ends the thoughts, too. `cached` are the prompt's tokens that the
    engine had already read; None if there were no thoughts.
    """

    job: Job
    tokens: int = 0
    cached: int | None = None


async def think(job: Job, choice: Choice, slot: Slot) -> Thoughts:
    """Draws the thoughts of a choice, none for a job without a scratchpad.

    `slot` is one that the caller holds. The same seed gives the same thoughts.
    """
    pad = job.scratchpad
    if pad is None:
        return Thoughts(job)

    generation = Generation(
        replace(
            job,
            request=replace(job.request, temperature=TEMPERATURE, stream=False),
            prompt=job.prompt + pad.opening,
            limit=min(pad.most, job.limit),
        ),
        Choice(choice.index, engine_seed(choice.seed, -2), calls=False, grammar=None, stops=()),
        slot,
    )
    async with aclosing(generation.tokens()) as tokens:
        count = len([token async for token in tokens])

    cached = min(generation.cached or 0, len(job.prompt))
    return Thoughts(await _answer(job, generation.text(), job.limit - count), count, cached)


async def _answer(job: Job, thoughts: str, limit: int) -> Job:
    """The job of the answer, after the thoughts."""
    if limit == 0:
        return replace(job, limit=0)
    engine = job.model.engine
    prompt = await prompt_ids(engine, with_notes(job.request.messages, thoughts))
    return replace(job, prompt=prompt, limit=min(limit, engine.context - len(prompt)))
