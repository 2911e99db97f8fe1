"""A streamed answer: the network's bytes to chunks. Every way a stream can end badly is a
StreamBroken.
"""

import json
from collections.abc import Iterable, Iterator

import httpx

from samplers.api.errors import StreamBroken
from samplers.api.stream.chunk import Chunk
from samplers.api.stream.events import read_events


def read_chunks(arrivals: Iterable[tuple[float, bytes]], scrub=str) -> Iterator[Chunk]:
    """The chunks in a stream's bytes, till [DONE].

    `arrivals`: (seconds, bytes), as stream_bytes() gives. `scrub` takes the key out of what an
    endpoint may echo.
    """
    chunks: list[Chunk] = []
    try:
        # scrubbed before it has a name in this frame, which a traceback may print
        for at, data in ((at, scrub(data)) for at, data in read_events(arrivals)):
            if data.strip() == "[DONE]":
                return
            for chunk in _chunks(data, at, chunks):
                chunks.append(chunk)
                yield chunk
    except httpx.HTTPError as error:
        reason = scrub(f"the stream broke: {type(error).__name__}: {error}.")
    else:
        reason = "the stream ended without its [DONE]."
    raise StreamBroken(reason, chunks)


def _chunks(data: str, at: float, chunks: list[Chunk]) -> list[Chunk]:
    """An event as a chunk for each of its choices: OpenAI sends one at a time, the format allows
    more.
    """
    try:
        body = json.loads(data)
        error = body.get("error")
        parts = [body | {"choices": [choice]} for choice in body.get("choices") or ()] or [body]
        found = [] if error else [Chunk.from_wire(part, at) for part in parts]
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError):
        raise StreamBroken(f"an event is not a chunk: {data[:200]!r}.", chunks) from None
    if error:
        error = error if isinstance(error, dict) else {"message": error}
        raise StreamBroken(f"the endpoint broke off: {error.get('message')}.", chunks, error)
    return found
