"""The thoughts of a simulated reasoning model: really drawn, and counted.

OpenAI shows them to nobody, other providers do. What is shown is what was drawn: the words that
they begin with (`scratchpad.OPENING`) belong to the prompt. Nobody drew them or pays for them, so
they would stand in every answer, and `reasoning_tokens` would not count what is shown.
"""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace

from samplers.local.answer.generate.generation import Generation
from samplers.local.answer.generate.text_stream import TextStream
from samplers.local.engine.seed import engine_seed
from samplers.local.engine.slots import Slot
from samplers.local.request.chat import ChatRequest
from samplers.local.request.job import Choice, Job, prompt_messages
from samplers.local.request.prompt import prompt_ids
from samplers.local.request.scratchpad import TEMPERATURE, with_notes


@dataclass(slots=True)
class Thought:
    """More of a choice's thoughts: new `text`, which may be empty, and the token drawn for it.

    The token that ends the thoughts has no text. `token` is None where only text was held back.
    """

    text: str
    token: int | None


@dataclass(frozen=True)
class Thoughts:
    """What thinking cost, and the job that is left: the answer, which may have no token left.

    `tokens` counts a token that ends the thoughts, too. `cached` are the prompt's tokens that the
    engine had already read; None if there were no thoughts.
    """

    job: Job
    tokens: int = 0
    cached: int | None = None


async def think(job: Job, choice: Choice, slot: Slot) -> AsyncIterator[Thought | Thoughts]:
    """Draws the thoughts of a choice: each as it comes, then all. None without a scratchpad.

    `slot` is one that the caller holds. The same seed gives the same thoughts, however the answer
    is sampled.
    """
    pad = job.scratchpad
    if pad is None:
        return

    generation = Generation(
        replace(
            job,
            request=_own_sampling(job.request),
            prompt=job.prompt + pad.opening,
            limit=min(pad.most, job.limit),
        ),
        Choice(choice.index, engine_seed(choice.seed, -2), calls=False, grammar=None, stops=()),
        slot,
    )
    token_bytes = job.model.engine.vocabulary.token_bytes
    text = TextStream()
    async with aclosing(generation.tokens()) as tokens:
        async for token in tokens:
            yield Thought(text.feed(token_bytes[token.id]), token.id)
    rest = text.finish()
    if rest:
        yield Thought(rest, None)

    count = len(generation.ids)
    cached = min(generation.cached or 0, len(job.prompt))
    yield Thoughts(await _answer(job, generation.text(), job.limit - count), count, cached)


def _own_sampling(request: ChatRequest) -> ChatRequest:
    """The request with the sampling of the thoughts, which is always the same."""
    return replace(
        request,
        temperature=TEMPERATURE,
        top_p=1.0,
        top_k=0,
        frequency_penalty=0.0,
        presence_penalty=0.0,
        logit_bias={},
        top_logprobs=None,
        stream=request.stream and request.shows_thoughts,
    )


async def _answer(job: Job, thoughts: str, limit: int) -> Job:
    """The job of the answer, after the thoughts."""
    if limit == 0:
        return replace(job, limit=0)
    engine = job.model.engine
    prompt = await prompt_ids(engine, with_notes(prompt_messages(job.request), thoughts))
    return replace(job, prompt=prompt, limit=min(limit, engine.context - len(prompt)))
