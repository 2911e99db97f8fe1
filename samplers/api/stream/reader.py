"""A stream's bytes as chunks. A stream that ends badly, in whatever way, is a StreamBroken."""

import json
from collections.abc import Iterable, Iterator

import httpx

from samplers.api.errors import EndpointError
from samplers.api.results import Completion
from samplers.api.stream.accumulate import accumulate
from samplers.api.stream.chunk import Chunk
from samplers.api.stream.events import read_events


class StreamBroken(EndpointError):
    """A stream that ended before its [DONE], or with an error event.

    What had arrived is kept: `text` (of the first choice) and `chunks`, joined with its tool calls
    as `completion`. `error`: the error event's body, or None.
    """

    def __init__(self, message: str, chunks=(), error: dict | None = None):
        self.chunks: tuple[Chunk, ...] = tuple(chunks)
        self.error = error
        self.text = "".join(chunk.text for chunk in self.chunks if chunk.index == 0)
        super().__init__(
            f"{message} {len(self.text)} characters had arrived: "
            "see .text, .chunks and .completion."
        )

    @property
    def completion(self) -> Completion:
        """What had arrived as a Completion. Its finish_reason is None unless that had arrived."""
        return accumulate(self.chunks).read()


def read_chunks(arrivals: Iterable[tuple[float, bytes]], scrub=str) -> Iterator[Chunk]:
    """The chunks in a stream's bytes, until [DONE].

    `arrivals`: (seconds, bytes), as stream_bytes() gives them. `scrub` removes the key from a text
    that an endpoint sends.
    """
    chunks: list[Chunk] = []
    try:
        # scrubbed before it has a name in this frame, which a traceback may print
        for at, data in ((at, scrub(data)) for at, data in read_events(arrivals)):
            if data.strip() == "[DONE]":
                return
            for chunk in _chunks_of(data, at, chunks):
                chunks.append(chunk)
                yield chunk
    except httpx.HTTPError as error:
        reason = scrub(f"the stream broke: {type(error).__name__}: {error}.")
    else:
        reason = "the stream ended without its [DONE]."

    raise StreamBroken(reason, chunks)


def _chunks_of(data: str, at: float, earlier: list[Chunk]) -> list[Chunk]:
    """One chunk for each choice of an event. OpenAI sends one choice; the format allows more.

    `earlier`: the chunks before it, which a StreamBroken keeps.
    """
    try:
        body = json.loads(data)
        error = body.get("error")
        if not error:
            return [Chunk.from_wire(part, at) for part in _split(body)]
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError):
        raise StreamBroken(f"an event is not a chunk: {data[:200]!r}.", earlier) from None

    error = error if isinstance(error, dict) else {"message": error}
    raise StreamBroken(f"the endpoint broke off: {error.get('message')}.", earlier, error)


def _split(body: dict) -> list[dict]:
    """An event of several choices as one event for each; one without a choice as it is."""
    choices = body.get("choices") or ()
    return [body | {"choices": [choice]} for choice in choices] or [body]
