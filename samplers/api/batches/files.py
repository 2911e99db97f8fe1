"""The files that an endpoint keeps (/v1/files)."""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from io import BytesIO
from os import PathLike
from pathlib import Path
from urllib.parse import urlencode

from samplers.api.client import Client
from samplers.api.deviations import count_of, dicts_of, well_formed
from samplers.api.errors import NotFoundError
from samplers.api.paths import has_path, quoted, some_id
from samplers.api.retries.retries import is_retryable
from samplers.api.transport.deadline import Deadline
from samplers.api.transport.decoding import BINARY
from samplers.api.transport.form import Form
from samplers.api.transport.reservation import is_free
from samplers.checks import shown

TRANSFER = 3_600  # seconds for a file on its way; some lines are slow, and some files large
PAGE = 100  # files or batches in one answer


@dataclass(frozen=True)
class StoredFile:
    """A file that an endpoint keeps, without its content. Times are in Unix seconds.

    `expires_at`: None if it is kept until it is deleted.
    """

    id: str
    filename: str
    bytes: int | None
    purpose: str | None
    created_at: int | None
    expires_at: int | None

    @classmethod
    def from_wire(cls, file: dict) -> "StoredFile":
        return cls(
            id=some_id(file["id"]),
            filename=well_formed(str(file.get("filename") or "")),
            bytes=count_of(file.get("bytes")),
            purpose=file.get("purpose"),
            created_at=count_of(file.get("created_at")),
            expires_at=count_of(file.get("expires_at")),
        )


def upload_file(
    client: Client,
    content: PathLike | bytes | str,
    *,
    filename: str | None = None,
    purpose: str = "batch",
) -> StoredFile:
    """Uploads a file: a Path's, or what bytes or a text hold.

    `filename` None: the path's name, or "file.jsonl". An upload is tried again only where it
    certainly did not arrive. ValueError for a str that is the name of a file: write Path(…).
    """
    return upload(client, content, filename, purpose, {})


def upload(
    client: Client, content, filename: str | None, purpose: str, headers: dict
) -> StoredFile:
    """The same, with more headers."""
    opened, name = _opened(content)
    filename = name if filename is None else filename
    for parameter, value in (("filename", filename), ("purpose", purpose)):
        if not isinstance(value, str) or not value:
            raise ValueError(f"{parameter} must be a str, not empty, got {shown(value)}")

    transport = client.endpoint.transport
    with opened as file, has_batch_path(client, "/v1/files"):
        response = transport.request(
            "POST",
            "/files",
            Form({"purpose": purpose}, well_formed(filename), file),
            headers,
            deadline=Deadline(TRANSFER),
            repeats=did_not_arrive,
        )
    return transport.read(response, StoredFile.from_wire)


def list_files(client: Client, *, purpose: str | None = None) -> list[StoredFile]:
    """The files that the endpoint keeps for this key, the newest first; None: of any purpose."""
    query = {} if purpose is None else {"purpose": purpose}
    return list(listed(client, "/files", StoredFile.from_wire, query))


def file_content(client: Client, file_id: str) -> bytes:
    """What is in a file. At OpenAI only a batch's and a fine-tuning's can be read."""
    path = f"/files/{quoted(file_id)}/content"
    transport = client.endpoint.transport
    deadline = Deadline(TRANSFER)
    return transport.request("GET", path, headers={"Accept": BINARY}, deadline=deadline).content


def delete_file(client: Client, file_id: str) -> None:
    """Deletes a file. NotFoundError if there is none of this id."""
    client.endpoint.transport.request("DELETE", f"/files/{quoted(file_id)}")


def find_file(client: Client, file_id: str) -> StoredFile | None:
    """The file of this id, or None."""
    transport = client.endpoint.transport
    try:
        response = transport.request("GET", f"/files/{quoted(file_id)}")
    except NotFoundError:
        return None
    return transport.read(response, StoredFile.from_wire)


def listed(client: Client, path: str, reader, query: dict | None = None) -> Iterator:
    """What `reader` makes of each object of a list, page after page."""
    transport = client.endpoint.transport
    query = {"limit": PAGE} | (query or {})
    seen: set[str] = set()
    while True:
        with has_batch_path(client, f"/v1{path}"):
            response = transport.request("GET", f"{path}?{urlencode(query)}")
        found, has_more = transport.read(response, lambda page: _page(page, reader))
        new = [item for item in found if item.id not in seen]  # a server may know no `after`
        yield from new
        if not has_more or not new:
            return
        seen.update(item.id for item in new)
        query["after"] = new[-1].id


def did_not_arrive(error: BaseException) -> bool:
    """Whether what makes a file or a batch may be sent again: it certainly made none."""
    return is_retryable(error) and is_free(error)


def has_batch_path(client: Client, path: str):
    """Says so in the error, where an endpoint has no such path at all."""
    return has_path(client.base_url, path, "gather() asks many requests live")


def _page(page: dict, reader) -> tuple[list, bool]:
    items = page["data"]
    # some servers do not say it: then the next page has nothing new
    return [reader(item) for item in dicts_of(items)], page.get("has_more") is not False


def _opened(content):
    """A context that gives what is to be sent, and the file's name."""
    name = "file.jsonl"
    if isinstance(content, PathLike):
        path = Path(content)
        return path.open("rb"), path.name
    if isinstance(content, str):
        if "\n" not in content and _is_file(content):
            raise ValueError(f"content must be Path({content!r:.200}) for the file of this name")
        return nullcontext(BytesIO(content.encode("utf-8"))), name
    if isinstance(content, bytes | bytearray):
        return nullcontext(BytesIO(content)), name
    raise ValueError(f"content must be a Path, bytes or a str, got {shown(content)}")


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # too long, or a NUL in it
        return False
