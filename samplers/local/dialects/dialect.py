"""What the endpoint knows of a provider's API apart from its requests and its answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


def same_status(status: int, error: dict, headers: Mapping[str, str]) -> int:
    """OpenAI's status, whatever the error."""
    return status


@dataclass(frozen=True)
class Dialect:
    """One provider's paths and errors.

    `paths` are what its paths begin with. `error(status, error, request_id)` is the provider's body
    for an error, whose `error` is the object inside OpenAI's body. `request_id` is the header that
    names a request. `status(status, error, headers)` is the provider's status for an error with
    OpenAI's `status`; `headers` are the request's.
    """

    name: str
    paths: tuple[str, ...]
    error: Callable[[int, dict, str], dict]
    request_id: str = "x-request-id"
    status: Callable[[int, dict, Mapping[str, str]], int] = same_status
