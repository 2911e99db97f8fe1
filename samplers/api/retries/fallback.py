"""Another model that answers where the first one stays down."""

from collections.abc import Callable, Iterator

from samplers.api.errors import EndpointError
from samplers.api.results import Completion
from samplers.api.retries.retries import can_pass
from samplers.api.stream.chunk import Chunk
from samplers.wire.secret import shown


def check_fallback(model: str | None) -> None:
    """ValueError unless it is a model's name or None."""
    if model is not None and (not isinstance(model, str) or not model):
        raise ValueError(f"fallback must be a model's name, a str, or None, got {shown(model)}")


def or_fallback(
    ask: Callable[[dict], Completion], params: dict, fallback: str | None, deadline
) -> Completion:
    """What `ask(params)` returns. With `fallback` as the model where it stays down.

    That is after an error which could have passed, when all retries are done. An error that another
    model has, too, such as a wrong request or an empty account, is raised.
    """
    try:
        return ask(params)
    except EndpointError as error:
        if fallback is None or not can_pass(error) or not deadline.allows(0):
            raise
    return ask({**params, "model": fallback})


def stream_or_fallback(
    ask: Callable[[dict], Iterator[Chunk]], params: dict, fallback: str | None
) -> Iterator[Chunk]:
    """The same of a stream. One that has begun and breaks is not begun again."""
    chunks = ask(params)
    if fallback is None:
        return chunks
    return _chunks(chunks, lambda: ask({**params, "model": fallback}))


def _chunks(chunks: Iterator[Chunk], otherwise: Callable[[], Iterator[Chunk]]) -> Iterator[Chunk]:
    try:
        yield from chunks
        return
    except EndpointError as error:
        if not can_pass(error):  # StreamBroken cannot, so nothing has come before
            raise
    yield from otherwise()
