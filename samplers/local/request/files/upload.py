"""POST /v1/files: the form that came in, checked.

OpenAI's sentence for the name of a batch's file is from public error reports. The sentences for the
form itself, for its size and for too many uploads are reconstructed.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import BinaryIO

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from samplers.local.request import checks
from samplers.local.request.body import refuse_encoding
from samplers.local.request.errors import (
    ApiError,
    bad_request,
    missing,
    overloaded,
    unknown,
)
from samplers.local.store.database import StoreError

BIGGEST_FILE = 512 << 20  # bytes
BIGGEST_BATCH = 200 << 20
BIGGEST_FORM = BIGGEST_FILE + (64 << 10)  # with its other fields
MOST_UPLOADS = 4  # that are arriving at the same time
LONGEST_FIELD = 1024  # bytes
LONGEST_NAME = 1024  # characters of a file's name
# OpenAI takes "evals", too, but no file that it answers with can have it: its API file and its SDK
# have no such purpose there.
PURPOSES = ("assistants", "batch", "fine-tune", "vision", "user_data")
LEAST_SECONDS = 3_600
MOST_SECONDS = 2_592_000  # 30 days
ANCHOR = "expires_after[anchor]"
SECONDS = "expires_after[seconds]"
FIELDS = ("file", "purpose", ANCHOR, SECONDS)
ESCAPES = {"%22": '"', "%0D": "\r", "%0A": "\n"}  # of a name in a form: HTML, multipart form data


@dataclass(frozen=True)
class Upload:
    """A file that came in; it is kept for so many `seconds`."""

    filename: str
    purpose: str
    content: BinaryIO
    seconds: int


class Uploads:
    """Reads the forms of uploads, and bounds how many arrive at the same time."""

    def __init__(self) -> None:
        self._running = 0

    @asynccontextmanager
    async def form(self, request: Request) -> AsyncIterator[Upload]:
        """The checked upload; its content is there inside the context, in a temporary file.

        ApiError 400 for a wrong form, 413 for a file that is too big, 415 for a compressed body,
        503 if too many are arriving. StoreError if it cannot be written.
        """
        if self._running >= MOST_UPLOADS:
            raise overloaded(f"{MOST_UPLOADS} files are arriving. Please try again later.")
        self._running += 1
        try:
            form = await _form(request)
            try:
                yield _checked(form)
            finally:
                await form.close()
        finally:
            self._running -= 1


async def _form(request: Request) -> FormData:
    refuse_encoding(request)
    content_type = request.headers.get("content-type", "")
    if not re.match(r"multipart/form-data\s*(;|$)", content_type, re.IGNORECASE):
        got = content_type[:80] or "none"
        raise bad_request(f"Invalid Content-Type header ({got}), expected multipart/form-data.")
    charset = re.search(r"charset\s*=\s*\"?([^\s;\"]*)", content_type, re.IGNORECASE)
    if charset is not None and charset[1].lower() not in ("utf-8", "utf8"):
        raise bad_request("Invalid Content-Type header: expected the charset utf-8.")

    parser = MultiPartParser(
        request.headers,
        _bounded(request),
        max_files=1,
        max_fields=len(FIELDS),
        max_part_size=LONGEST_FIELD,
    )
    try:
        return await parser.parse()
    except MultiPartException as error:
        raise bad_request(f"Could not parse multipart form: {error.message}") from None
    except OSError as error:  # the disk with the temporary files is full
        raise StoreError(error.strerror or type(error).__name__) from error


async def _bounded(request: Request) -> AsyncIterator[bytes]:
    announced = int(request.headers.get("content-length", 0))
    size = 0
    async for part in request.stream():
        size += len(part)
        if max(size, announced) > BIGGEST_FORM:
            raise _too_big(BIGGEST_FILE)
        yield part


def _too_big(most: int) -> ApiError:
    message = f"The file is larger than {most} bytes."
    return ApiError(413, message, param="file", code="request_too_large")


def _checked(form: FormData) -> Upload:
    names = [name for name, _ in form.multi_items()]
    for name in names:
        if name not in FIELDS:
            raise unknown(name, FIELDS)
        if names.count(name) > 1:
            raise bad_request(f"Duplicate parameter: '{name}'.", name, "duplicate_parameter")

    file = form.get("file")
    if file is None or (isinstance(file, UploadFile) and not file.filename):
        raise missing("file")
    if not isinstance(file, UploadFile):
        message = "Invalid type for 'file': expected a file: a part of the form with a filename."
        raise bad_request(message, "file", "invalid_type")
    if "purpose" not in form:
        raise missing("purpose")

    purpose = checks.one_of(*PURPOSES)("purpose", _text(form, "purpose"))
    filename = _filename(file.filename)
    if purpose == "batch" and not filename.lower().endswith(".jsonl"):
        raise bad_request("Invalid file format for Batch API. Must be .jsonl")
    seconds = _seconds(form)
    most = BIGGEST_BATCH if purpose == "batch" else BIGGEST_FILE
    if file.size > most:
        raise _too_big(most)
    return Upload(filename, purpose, file.file, seconds)


def _filename(name: str) -> str:
    """The name as it was before the client put it into the form."""
    for escape, character in ESCAPES.items():
        name = re.sub(escape, character, name, flags=re.IGNORECASE)
    return checks.string(LONGEST_NAME)("file", name)


def _seconds(form: FormData) -> int:
    """How long the file is kept. OpenAI keeps all but a batch's files for ever; here none is."""
    if ANCHOR not in form and SECONDS not in form:
        return MOST_SECONDS
    for name in (ANCHOR, SECONDS):
        if name not in form:
            raise missing(name)
    checks.one_of("created_at")(ANCHOR, _text(form, ANCHOR))
    value = checks.whole_number(SECONDS, _text(form, SECONDS))
    return checks.integer(LEAST_SECONDS, MOST_SECONDS)(SECONDS, value)


def _text(form: FormData, name: str) -> str:
    value = form[name]
    if isinstance(value, UploadFile):
        message = f"Invalid type for '{name}': expected a string, but got a file instead."
        raise bad_request(message, name, "invalid_type")
    return value
