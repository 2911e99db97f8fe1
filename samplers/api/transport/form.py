"""A request's body: JSON, or a form with a file in it."""

from dataclasses import dataclass, field
from typing import BinaryIO

from samplers.api.request import encode


@dataclass(frozen=True)
class Form:
    """A form (multipart/form-data) with one file: what is uploaded. `content`: from its start."""

    fields: dict[str, str | list[str]]
    filename: str
    content: bytes | BinaryIO = field(repr=False)


def built(body: dict | Form | None) -> tuple[dict, dict]:
    """The headers of a body, and what httpx's build_request takes for it."""
    if isinstance(body, Form):
        file = (body.filename, body.content, "application/octet-stream")
        return {}, {"data": body.fields, "files": {"file": file}}
    content = None if body is None else encode(body)
    return {"Content-Type": "application/json"}, {"content": content}
