"""OpenAI's paths under /v1/files."""

import time
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from samplers.local.answer.json_text import json_response
from samplers.local.answer.stored import files as answers
from samplers.local.answer.stored.page import page
from samplers.local.key import owner_of
from samplers.local.request.errors import bad_request
from samplers.local.request.files.query import file_list
from samplers.local.request.files.upload import uploads
from samplers.local.store import files
from samplers.local.store.database import Database
from samplers.local.store.files import StoredFile, StoreFull, is_id


def file_routes(database: Database, most_bytes: int) -> list[Route]:
    """The routes of files that `database` keeps. Each key sees its own files alone.

    `most_bytes`: of the files of each key.
    """
    forms = uploads()

    async def all_files(request: Request) -> Response:
        return await (create if request.method == "POST" else listed)(request)

    async def create(request: Request) -> Response:
        owner = owner_of(request.scope)
        async with forms.form(request) as upload:
            try:
                file = await database.write(
                    files.add,
                    owner,
                    upload.filename,
                    upload.purpose,
                    upload.content,
                    upload.seconds,
                    time.time(),
                    most_bytes,
                )
            except StoreFull:
                raise answers.store_full(most_bytes) from None
        return json_response(answers.file_object(file))

    async def listed(request: Request) -> Response:
        asked = file_list(request.query_params)
        if asked.after is not None and not is_id("file-", asked.after):
            raise bad_request(f"No such File object: {asked.after[:200]}", "after")
        owner = owner_of(request.scope)
        of = (owner, asked.purpose, asked.after, asked.order, asked.limit + 1)
        found = await database.read(files.page, *of, time.time())
        return json_response(page([answers.file_object(file) for file in found], asked.limit))

    async def one_file(request: Request) -> Response:
        file = await _file(request)
        if request.method != "DELETE":
            return json_response(answers.file_object(file))
        await database.write(files.delete, owner_of(request.scope), file.id, time.time())
        return json_response(answers.deleted(file))

    async def content(request: Request) -> Response:
        file = await _file(request)
        return answers.content(file, _pieces(owner_of(request.scope), file))

    async def _file(request: Request) -> StoredFile:
        file_id = request.path_params["file_id"]
        owner = owner_of(request.scope)
        file = await database.read(files.get, owner, file_id, time.time())
        if file is None:
            raise answers.no_such_file(file_id)
        return file

    async def _pieces(owner: str, file: StoredFile) -> AsyncIterator[bytes]:
        start = 0
        while start < file.bytes:
            piece = await database.read(files.piece, owner, file.id, start, time.time())
            if piece is None:
                return  # it was deleted meanwhile: the client sees that bytes are missing
            yield piece
            start += len(piece)

    return [
        Route("/v1/files", all_files, methods=["GET", "POST"]),
        Route("/v1/files/{file_id}", one_file, methods=["GET", "DELETE"]),
        Route("/v1/files/{file_id}/content", content, methods=["GET"]),
    ]
