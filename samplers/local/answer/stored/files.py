"""The answers of /v1/files, and its errors.

"No such File object" and "Not allowed to download" are OpenAI's, from public error reports. The
error of a full store is ours.
"""

from collections.abc import AsyncIterator
from urllib.parse import quote

from starlette.responses import StreamingResponse

from samplers.local.request.errors import ApiError, bad_request
from samplers.local.store.files import MOST_BYTES, StoredFile

KEPT_TO_ITSELF = ("assistants", "user_data", "vision")  # purposes whose content OpenAI never sends


def file_object(file: StoredFile) -> dict:
    return {
        "object": "file",
        "id": file.id,
        "purpose": file.purpose,
        "filename": file.filename,
        "bytes": file.bytes,
        "created_at": file.created_at,
        "expires_at": file.expires_at,
        "status": "processed",
    }


def deleted(file: StoredFile) -> dict:
    return {"object": "file", "deleted": True, "id": file.id}


def content(file: StoredFile, pieces: AsyncIterator[bytes]) -> StreamingResponse:
    """The file's bytes, as they came. ApiError (400) if OpenAI does not send this purpose's."""
    if file.purpose in KEPT_TO_ITSELF:
        raise bad_request(f"Not allowed to download files of purpose: {file.purpose}")
    headers = {
        "content-length": str(file.bytes),
        "content-disposition": f"attachment; filename*=UTF-8''{quote(file.filename, safe='')}",
    }
    return StreamingResponse(pieces, headers=headers, media_type="application/octet-stream")


def no_such_file(file_id: str) -> ApiError:
    return ApiError(404, f"No such File object: {file_id[:200]}", param="id")


def store_full(of_a_key: int) -> ApiError:
    share = f", and {of_a_key} of one key" if of_a_key < MOST_BYTES else ""
    message = (
        f"This endpoint keeps at most {MOST_BYTES} bytes of files, of all its keys together{share}."
        " Please delete some, or wait until some expire."
    )
    return bad_request(message, "file", "storage_limit_exceeded")
