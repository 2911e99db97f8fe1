"""A line of a batch whose endpoint is /v1/completions."""

from dataclasses import replace

from samplers.local.dialects.completions.answer import whole
from samplers.local.dialects.completions.jobs import Completion, parsed, prepare
from samplers.local.engine.model import ServedModel
from samplers.local.request.batches.line import not_in_a_batch


async def completion_of_line(models: tuple[ServedModel, ...], owner: str, body: dict) -> dict:
    """The answer to a line's body. ApiError as the path itself has it, and for a stream."""
    asked = await parsed(models, body, is_long=True)
    if asked.sampling.stream:
        raise not_in_a_batch("stream")
    jobs = await prepare(models, asked)
    background = [replace(job, background=True, owner=owner) for job in jobs]
    return await whole(Completion(asked, background), lambda usage: None)
