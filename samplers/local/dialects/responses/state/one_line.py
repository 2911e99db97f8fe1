"""A line of a batch that is a request for a response."""

from dataclasses import replace

from samplers.local.dialects.responses.answer.draft import new_draft
from samplers.local.dialects.responses.request.abilities import check_abilities
from samplers.local.dialects.responses.request.fitting import fitting
from samplers.local.dialects.responses.request.read import read
from samplers.local.dialects.responses.state.inherited import inherited
from samplers.local.dialects.responses.state.kept import Keeper
from samplers.local.engine.model import ServedModel
from samplers.local.request.batches.line import not_in_a_batch
from samplers.local.request.job import prepare
from samplers.local.store.database import Database


async def response_of_line(
    models: tuple[ServedModel, ...], database: Database, owner: str, body: dict
) -> dict:
    """The response to a line's body, which is kept for the batch's owner."""
    asked = await read(models, body, is_long=True)
    for name in ("stream", "background"):
        if getattr(asked, name):
            raise not_in_a_batch(name)
    items = await inherited(database, owner, asked)
    check_abilities(asked)
    job = await prepare(models, await fitting(asked, items))
    job = replace(job, background=True, owner=owner)
    keeper = Keeper(database, owner, items)
    return await keeper.whole(new_draft(asked, job), lambda usage: None)
