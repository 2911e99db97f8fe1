"""What the endpoint knows of a provider's API apart from its requests and its answers."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Dialect:
    """One provider's paths and errors.

    `paths` are what its paths begin with. `error(status, error, request_id)` is the provider's body
    for an error, whose `error` is the object inside OpenAI's body. `request_id` is the header that
    names a request.
    """

    name: str
    paths: tuple[str, ...]
    error: Callable[[int, dict, str], dict]
    request_id: str = "x-request-id"
