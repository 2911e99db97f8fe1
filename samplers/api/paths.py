"""Paths of an endpoint that it may lack, and the ids in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from samplers.api.errors import NAMES_AN_OBJECT, APIError, NotFoundError
from samplers.wire.secret import shown


@contextmanager
def has_path(base_url: str, path: str, instead: str) -> Iterator[None]:
    """Says so in the error, where an endpoint has no such path at all, and what to do `instead`."""
    try:
        yield
        return
    except APIError as error:
        is_object = error.param is not None or NAMES_AN_OBJECT.search(error.message)
        is_missing = error.status in (404, 405, 501) and not is_object
        if not is_missing or not base_url.endswith("/v1"):
            raise
        status = error.status
    raise NotFoundError(status, f"this endpoint has no {path}; {instead}", code="unsupported")


def quoted(some) -> str:
    """An id as a part of an address; ValueError for what is none."""
    return quote(some_id(some), safe="")


def some_id(value) -> str:
    """`value` if it is a str that can be an id."""
    if not isinstance(value, str) or not is_id(value):
        raise ValueError(f"id must be a str, such as file-…, batch_… or resp_…, got {shown(value)}")
    return value


def is_id(text: str) -> bool:
    """Whether a text can be an id: in an address "" and ".." would lead elsewhere."""
    return text.strip(" ./") != ""
