"""Another model that answers where the first one stays down."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from samplers.api.errors import EndpointError
from samplers.api.results import Completion
from samplers.api.retries.attempt import outcome_of
from samplers.api.retries.retries import is_retryable
from samplers.api.stream.chunk import Chunk
from samplers.wire.secret import looks_like_a_key, shown


def check_fallback(model: str | None) -> None:
    """ValueError unless it is a model's name or None."""
    is_name = isinstance(model, str) and model != "" and not looks_like_a_key(model)
    if model is not None and not is_name:
        raise ValueError(f"fallback must be a model's name, a str, or None, got {shown(model)}")


def bodies_of(make: Callable[[dict], dict], params: dict, fallback: str | None) -> list[dict]:
    """What `make` makes of `params`, and of the same with `fallback` as the model.

    So a request that the fallback does not take is a ValueError at once, not in an emergency.
    """
    bodies = [make(params)]
    if fallback in (None, bodies[0]["model"]):
        return bodies
    try:
        return [*bodies, make({**params, "model": fallback})]
    except ValueError as error:
        raise ValueError(f"fallback must take the same request: {error}") from None


def or_fallback(ask: Callable[[dict], Completion], bodies: list[dict], deadline) -> Completion:
    """What `ask` returns for the first of the `bodies`; for the second where that stays down.

    That is after an error which could have passed, when all retries are done. An error that another
    model has, too, such as a wrong request or an empty account, is raised.
    """
    try:
        return ask(bodies[0])
    except EndpointError as error:
        if len(bodies) == 1 or not is_retryable(error) or not deadline.allows(0):
            raise
        failure = error
    with _noted(failure):
        return ask(bodies[1])


def stream_or_fallback(
    ask: Callable[[dict], Iterator[Chunk]], bodies: list[dict]
) -> Iterator[Chunk]:
    """The same of a stream. One that has begun and breaks is not begun again."""
    try:
        yield from ask(bodies[0])
        return
    except EndpointError as error:
        # StreamBroken is not retryable, so nothing has come before
        if len(bodies) == 1 or not is_retryable(error):
            raise
        failure = error
    with _noted(failure):
        yield from ask(bodies[1])


@contextmanager
def _noted(first: EndpointError) -> Iterator[None]:
    """Says in the fallback's error that the first model has failed, too."""
    try:
        yield
    except EndpointError as error:
        error.add_note(f"This is the fallback's; the first model failed with {outcome_of(first)}.")
        raise
