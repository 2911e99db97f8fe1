"""A line of a batch that is a request for a response."""

import time
from dataclasses import replace

from samplers.local.dialects.responses.answer.draft import Draft
from samplers.local.dialects.responses.ids import new_id
from samplers.local.dialects.responses.request.abilities import check_abilities
from samplers.local.dialects.responses.request.fitting import fitting
from samplers.local.dialects.responses.request.read import read
from samplers.local.dialects.responses.state.inherited import inherited
from samplers.local.dialects.responses.state.kept import Keeper
from samplers.local.engine.model import ServedModel
from samplers.local.request.errors import bad_request
from samplers.local.request.job import prepare
from samplers.local.store.database import Database


async def response_of_line(
    models: tuple[ServedModel, ...], database: Database, owner: str, body: dict
) -> dict:
    """The response to a line's body, which is kept for the batch's owner."""
    asked = await read(models, body, is_long=True)
    for name in ("stream", "background"):
        if getattr(asked, name):
            message = f"Unsupported value: '{name}' must be false in a batch."
            raise bad_request(message, name, "unsupported_value")
    items = await inherited(database, owner, asked)
    check_abilities(asked)
    job = await prepare(models, await fitting(asked, items))
    job = replace(job, background=True, owner=owner)
    draft = Draft(new_id("resp"), int(time.time()), asked, job)
    return await Keeper(database, owner, items).whole(draft, lambda usage: None)
