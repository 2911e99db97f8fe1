"""A streamed answer: server-sent events to chunks. Every way a stream can end badly is a StreamBroken."""

import json
from collections.abc import Iterator

import httpx

from samplers.api.errors import StreamBroken
from samplers.api.results import Chunk


def read_chunks(response: httpx.Response, scrub=str) -> Iterator[Chunk]:
    """The chunks of an open response, till [DONE]. `scrub` takes the key out of what an endpoint may echo."""
    from httpx_sse import EventSource, SSEError  # here: most programs never stream

    chunks: list[Chunk] = []
    try:
        for data in (scrub(event.data) for event in EventSource(response).iter_sse()):
            if data.strip() == "[DONE]":
                return
            chunk = _chunk(data, chunks)
            chunks.append(chunk)
            yield chunk
    except (httpx.HTTPError, SSEError) as error:
        reason = scrub(f"the stream broke: {type(error).__name__}: {error}.")
    else:
        reason = "the stream ended without its [DONE]."
    raise StreamBroken(reason, chunks)


def _chunk(data: str, chunks: list[Chunk]) -> Chunk:
    try:
        body = json.loads(data)
        error = body.get("error")
        chunk = Chunk.from_wire(body) if not error else None
    except (ValueError, TypeError, AttributeError, KeyError, IndexError):
        raise StreamBroken(f"an event is not a chunk: {data[:200]!r}.", chunks) from None
    if error:
        error = error if isinstance(error, dict) else {"message": error}
        raise StreamBroken(f"the endpoint broke off: {error.get('message')}.", chunks, error)
    return chunk
