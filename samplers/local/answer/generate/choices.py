"""All choices of a job, generated side by side."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

from samplers.local.answer.generate.choice import Delta, End, generate
from samplers.local.answer.generate.thinking import Thought
from samplers.local.request.job import Choice, Job
from samplers.wire.logprobs import MAX_TOP_LOGPROBS

# Tokens. Choices after a longer prompt run one after the other, so that it is read once.
LONG_PROMPT = 128


async def generate_all(
    job: Job, choices: list[Choice]
) -> AsyncIterator[tuple[Choice, Thought | Delta | End]]:
    """The deltas of all choices as they come. Each choice's last event is its End.

    A choice that is not decided yet comes decided with its first Delta or End. Before these come
    its thoughts, if the job shows them.
    """
    is_alone = len(job.prompt) > LONG_PROMPT or job.background
    at_once = 1 if is_alone else job.model.engine.slots.of_a_job
    side_by_side = asyncio.Semaphore(at_once)
    events: asyncio.Queue = asyncio.Queue(maxsize=4 * at_once)  # a slow reader slows the engine
    whole = (job.request.top_logprobs or 0) > MAX_TOP_LOGPROBS

    async def run(choice: Choice) -> None:
        try:
            async with (
                side_by_side,
                job.slot(job.limit, whole, choice.index == 0) as slot,
                aclosing(generate(job, choice, slot)) as generated,
            ):
                async for event in generated:
                    if isinstance(event, Choice):
                        choice = event
                        continue
                    await events.put((choice, event))
        except Exception as error:
            await events.put((choice, error))

    tasks = [asyncio.create_task(run(choice)) for choice in choices]
    try:
        running = len(tasks)
        while running:
            choice, event = await events.get()
            if isinstance(event, Exception):
                raise event
            if isinstance(event, End):
                running -= 1
            yield choice, event
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
