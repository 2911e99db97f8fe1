"""Pictures of a lesson as files in one folder, each named by what is in it."""

import base64
import hashlib
import re
from pathlib import Path
from urllib.parse import unquote, unquote_to_bytes

from nbformat import NotebookNode

SUFFIXES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/svg+xml": ".svg",
}
DATA = re.compile(r"data:([\w/+.-]+)[^,]*?(;base64)?,(.*)", re.DOTALL)


def store(content: bytes, suffix: str, folder: Path) -> str:
    """Write a picture into `folder`; returns its file name."""
    name = hashlib.sha256(content).hexdigest()[:16] + suffix
    (folder / name).write_bytes(content)
    return name


def store_output(kind: str, data: str, folder: Path) -> str:
    """Store the picture of an output, which is text for SVG and base64 for the others."""
    content = data.encode() if kind == "image/svg+xml" else base64.b64decode(data)
    return store(content, SUFFIXES[kind], folder)


def store_named(target: str, cell: NotebookNode, near: Path, folder: Path) -> str:
    """Store the picture that a Markdown cell names: an attachment, a data URI or a file.

    `near` is the folder in which a file is looked for. ValueError if the picture is not there.
    """
    if target.startswith("attachment:"):
        name = unquote(target.removeprefix("attachment:"))
        attached = cell.get("attachments", {}).get(name)
        if not attached:
            raise ValueError(f"cell {cell.id} shows {target}, and has no such attachment")
        kind, data = next(iter(attached.items()))
        return store_output(kind, data, folder)

    if inline := DATA.fullmatch(target):
        kind, is_base64, data = inline.groups()
        content = base64.b64decode(data) if is_base64 else unquote_to_bytes(data)
        return store(content, SUFFIXES.get(kind, ".png"), folder)

    path = near / unquote(target)
    if not path.is_file():
        raise ValueError(f"cell {cell.get('id')} shows {target}, and {path} is not there")
    return store(path.read_bytes(), path.suffix.lower(), folder)
