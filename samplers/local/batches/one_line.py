"""One line of a batch, answered as a live request with its body is.

What is simulated for live requests, limits, faults and latency, does not touch a batch's lines, as
OpenAI's Batch has limits of its own. A request's extensions are named in headers, which a line does
not have.
"""

import asyncio
import logging
from dataclasses import replace

from samplers.local.answer import chat
from samplers.local.answer.stored.batches import answered
from samplers.local.dialects.completions.one_line import completion_of_line
from samplers.local.dialects.responses.state.one_line import response_of_line
from samplers.local.engine.model import ServedModel
from samplers.local.moderation.answer import moderation
from samplers.local.moderation.request import inputs
from samplers.local.request.batches.create import MODERATIONS
from samplers.local.request.batches.line import not_in_a_batch
from samplers.local.request.body import check_unicode, loads
from samplers.local.request.errors import ApiError, server_error
from samplers.local.request.job import parsed, prepare
from samplers.local.store.batch_lines import Answered, Line
from samplers.local.store.batches import Batch
from samplers.local.store.database import Database

PATIENCE = 5.0  # seconds that a chat waits for a moment without live requests

log = logging.getLogger("samplers.local")
Models = tuple[ServedModel, ...]


async def answer(models: Models, database: Database, batch: Batch, line: Line) -> Answered:
    """What answers a line: its endpoint's answer, or the error that it has for the line's body."""
    try:
        request = loads(line.request.decode())
        await check_unicode(request["body"])
        body = await _body(models, database, batch, request["body"])
    except ApiError as error:
        return answered(line.custom_id, error.status, error.body)
    except Exception:
        log.exception("a line of a batch failed")
        error = server_error()
        return answered(line.custom_id, error.status, error.body)
    return answered(line.custom_id, 200, body)


async def _body(models: Models, database: Database, batch: Batch, body: dict) -> dict:
    """The body of the answer to a line's body."""
    if batch.endpoint == MODERATIONS:
        return await asyncio.to_thread(lambda: moderation(inputs(body)))
    await models[0].engine.slots.quiet(PATIENCE)
    if batch.endpoint == "/v1/responses":
        return await response_of_line(models, database, batch.owner, body)
    answer_line = completion_of_line if batch.endpoint == "/v1/completions" else _chat
    return await answer_line(models, batch.owner, body)


async def _chat(models: Models, owner: str, body: dict) -> dict:
    request = await parsed(models, body, {}, is_long=True)
    if request.stream:
        raise not_in_a_batch("stream")
    job = await prepare(models, request)
    return await chat.complete(replace(job, background=True, owner=owner))
