"""A form with one file in it (multipart/form-data): read to its end, with bounds.

The sentences for the form itself, for its size and for too many uploads are reconstructed.
"""

import re
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

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

OTHER_FIELDS = 64 << 10  # bytes of a form beside its file
LONGEST_NAME = 1024  # characters of a file's name
ESCAPES = {"%22": '"', "%0D": "\r", "%0A": "\n"}  # of a name in a form: HTML, multipart form data

Checked = TypeVar("Checked")


class Uploads(Generic[Checked]):
    """Reads forms, and bounds how many are here at the same time.

    `check` makes of a form what `form` gives. A form has at most `fields` fields of `longest_field`
    bytes, and a file of at most `biggest` bytes; `most` forms are here at the same time.
    """

    def __init__(
        self,
        check: Callable[[FormData], Checked],
        *,
        fields: int,
        biggest: int,
        most: int,
        longest_field: int = 1024,
    ):
        self._check = check
        self._fields = fields
        self._longest_field = longest_field
        self._biggest = biggest
        self._most = most
        self._running = 0

    @asynccontextmanager
    async def form(self, request: Request) -> AsyncIterator[Checked]:
        """The checked form; its file is there inside the context, in a temporary file.

        ApiError 400 for a wrong form, 413 for a file that is too big, 415 for a compressed body,
        503 if too many are here. StoreError if it cannot be written.
        """
        if self._running >= self._most:
            raise overloaded(f"{self._most} files are arriving. Please try again later.")
        self._running += 1
        try:
            form = await self._read(request)
            try:
                yield self._check(form)
            finally:
                await form.close()
        finally:
            self._running -= 1

    async def _read(self, request: Request) -> FormData:
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
            self._bounded(request),
            max_files=1,
            max_fields=self._fields,
            max_part_size=self._longest_field,
        )
        try:
            return await parser.parse()
        except MultiPartException as error:
            raise bad_request(f"Could not parse multipart form: {error.message}") from None
        except OSError as error:  # the disk with the temporary files is full
            raise StoreError(error.strerror or type(error).__name__) from error

    async def _bounded(self, request: Request) -> AsyncIterator[bytes]:
        announced = int(request.headers.get("content-length", 0))
        size = 0
        async for part in request.stream():
            size += len(part)
            if max(size, announced) > self._biggest + OTHER_FIELDS:
                raise too_big(self._biggest)
            yield part


def too_big(most: int) -> ApiError:
    """The file has more than `most` bytes."""
    message = f"The file is larger than {most} bytes."
    return ApiError(413, message, param="file", code="request_too_large")


def check_names(form: FormData, known: Collection[str], arrays: Collection[str] = ()) -> None:
    """ApiError if a field is not known, or is there twice; `arrays` may be there more often."""
    names = [name for name, _ in form.multi_items()]
    for name in names:
        if name not in known:
            raise unknown(name, known)
        if names.count(name) > 1 and name not in arrays:
            raise bad_request(f"Duplicate parameter: '{name}'.", name, "duplicate_parameter")


def file_of(form: FormData, most: int) -> UploadFile:
    """The form's file. ApiError if there is none, or it has more than `most` bytes."""
    file = form.get("file")
    if file is None or (isinstance(file, UploadFile) and not file.filename):
        raise missing("file")
    if not isinstance(file, UploadFile):
        message = "Invalid type for 'file': expected a file: a part of the form with a filename."
        raise bad_request(message, "file", "invalid_type")
    if file.size > most:
        raise too_big(most)
    return file


def filename(name: str) -> str:
    """The name as it was before the client put it into the form."""
    for escape, character in ESCAPES.items():
        name = re.sub(escape, character, name, flags=re.IGNORECASE)
    return checks.string(LONGEST_NAME)("file", name)


def text(name: str, value: str | UploadFile) -> str:
    """The text of the field of that name. ApiError if it is a file."""
    if isinstance(value, UploadFile):
        message = f"Invalid type for '{name}': expected a string, but got a file instead."
        raise bad_request(message, name, "invalid_type")
    return value
