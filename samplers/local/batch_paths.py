"""OpenAI's paths under /v1/batches."""

import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from samplers.local.answer.json_text import json_response
from samplers.local.answer.stored import batches as answers
from samplers.local.answer.stored.page import page
from samplers.local.batches.worker import Worker
from samplers.local.key import owner_of
from samplers.local.request.batches.create import WINDOW_SECONDS, batch_list, new_batch
from samplers.local.request.body import Bodies
from samplers.local.request.errors import bad_request
from samplers.local.store import batches
from samplers.local.store.batches import Batch, WrongInput, is_batch_id
from samplers.local.store.database import Database
from samplers.local.store.files import StoreFull


def batch_routes(
    database: Database,
    worker: Worker,
    bodies: Bodies,
    time_factor: Callable[[str], float],
) -> list[Route]:
    """The routes of batches that `database` keeps and `worker` works on.

    `time_factor(owner)`: how much faster simulated time runs for an owner. It shortens the window
    of 24 hours; all times are those of the real clock.
    """

    async def all_batches(request: Request) -> Response:
        return await (create if request.method == "POST" else listed)(request)

    async def create(request: Request) -> Response:
        async with bodies.json(request) as body:
            asked = new_batch(body)
        owner = owner_of(request.scope)
        window = WINDOW_SECONDS / time_factor(owner)
        try:
            batch = await database.write(
                batches.create,
                owner,
                asked.endpoint,
                asked.input_file_id,
                asked.metadata,
                asked.output_seconds,
                window,
                time.time(),
                database.run,
            )
        except WrongInput as error:
            raise answers.wrong_input(asked.input_file_id, error.file) from None
        except StoreFull:
            raise answers.too_many() from None
        worker.wake()
        return json_response(answers.batch_object(batch))

    async def listed(request: Request) -> Response:
        asked = batch_list(request.query_params)
        if asked.after is not None and not is_batch_id(asked.after):
            raise bad_request(f"No batch found with id '{asked.after[:200]}'.", "after")
        owner = owner_of(request.scope)
        found = await database.read(batches.page, owner, asked.after, asked.limit + 1)
        return json_response(page([answers.batch_object(batch) for batch in found], asked.limit))

    async def one_batch(request: Request) -> Response:
        batch_id = request.path_params["batch_id"]
        batch = await database.read(batches.get, owner_of(request.scope), batch_id)
        return json_response(answers.batch_object(_there(batch, batch_id)))

    async def cancel(request: Request) -> Response:
        batch_id = request.path_params["batch_id"]
        owner = owner_of(request.scope)
        _there(await database.read(batches.get, owner, batch_id), batch_id)  # no write for none
        batch = await database.write(batches.cancel, owner, batch_id, time.time())
        if _there(batch, batch_id).status not in ("cancelling", "cancelled"):
            raise answers.not_cancellable(batch)
        worker.wake()
        return json_response(answers.batch_object(batch))

    return [
        Route("/v1/batches", all_batches, methods=["GET", "POST"]),
        Route("/v1/batches/{batch_id}", one_batch, methods=["GET"]),
        Route("/v1/batches/{batch_id}/cancel", cancel, methods=["POST"]),
    ]


def _there(batch: Batch | None, batch_id: str) -> Batch:
    if batch is None:
        raise answers.no_such_batch(batch_id)
    return batch
