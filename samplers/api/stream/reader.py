"""A stream's bytes as chunks. A stream that ends badly, in whatever way, is a StreamBroken.

A stream is whole at its [DONE]. Some servers (transformers serve) and proxies send none, so a
stream that just ends is whole, too, if every answer in it has its finish_reason, and no event was
cut. How the connection ended does not matter then.
"""

import json
from collections.abc import Generator, Iterable, Iterator

import httpx

from samplers.api.deviations import dict_of, dicts_of
from samplers.api.error_body import error_in, message_of, scrubbed
from samplers.api.errors import ConnectionFailed, EndpointError
from samplers.api.results import Completion
from samplers.api.stream.accumulate import accumulate
from samplers.api.stream.chunk import Chunk
from samplers.api.stream.events import typed_events
from samplers.api.stream.pieces import Pieces

MAX_CHUNKS = 300_000  # of one stream, which are kept; the longest answers have 130,000 tokens


class StreamBroken(EndpointError):
    """A stream that ended before its answers did, or with an error event.

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


def read_chunks(arrivals: Iterable[tuple[float, bytes]], scrub=str, n: int = 1) -> Iterator[Chunk]:
    """The chunks in a stream's bytes, until [DONE] or the end. StreamBroken for an unfinished one.

    `arrivals`: (seconds, bytes), as stream_bytes() gives them. `scrub` removes the key from an
    error's text; the answer's own text is never changed. `n`: how many answers were asked for;
    without a [DONE] the stream is whole if so many have their finish_reason.
    """
    arrivals = iter(arrivals)  # unlike a list's, its repr holds no data

    failure = yield from _chunks(arrivals, scrub, n)
    if failure is not None:
        raise failure


def _chunks(arrivals: Iterator, scrub, n: int) -> Generator[Chunk, None, StreamBroken | None]:
    """The chunks; at the end the StreamBroken, or None.

    It is not raised here, because a traceback may print the locals of the frames that it passes,
    and this one holds what the endpoint sent.
    """
    chunks: list[Chunk] = []
    pieces = Pieces()
    breaks: list[str] = []
    problem: str | None = None
    error = None
    at = 0.0

    for kind, (at, data) in typed_events(_until_it_breaks(arrivals, scrub, breaks)):
        if data.strip() == "[DONE]":
            break
        if kind is None:
            problem = "the stream ended in the middle of an event."
            break
        if not data.strip() and kind != "error":
            continue

        came, problem, error = _read_event(kind, data, at, scrub)
        for chunk in map(pieces.complete, came):
            chunks.append(chunk)
            yield chunk
        if len(chunks) > MAX_CHUNKS:
            problem = problem or f"the stream has more than {MAX_CHUNKS:,} chunks."
        if problem:
            break
    else:
        if not _have_finished(chunks, n):
            problem = "the stream ended without its [DONE]."

    if problem and breaks:
        problem = breaks[0]
    for chunk in pieces.rest(at):
        chunks.append(chunk)
        yield chunk
    return None if problem is None else StreamBroken(problem, chunks, error)


def _until_it_breaks(arrivals: Iterator, scrub, breaks: list[str]) -> Iterator:
    """`arrivals` until their end, or until the connection breaks: then `breaks` gets the reason."""
    try:
        yield from arrivals
    except httpx.HTTPError as failure:
        breaks.append(scrub(f"the stream broke: {type(failure).__name__}: {failure}."))
    except ConnectionFailed as failure:
        breaks.append(str(failure))


def _have_finished(chunks: list[Chunk], n: int) -> bool:
    """Has every answer its finish_reason, and are there `n` at least?"""
    begun = {c.index for c in chunks if c.says_something or dicts_of(c.raw.get("choices"))}
    finished = {c.index for c in chunks if c.finish_reason}
    return len(finished) >= n and begun <= finished


def _read_event(
    kind: str, data: str, at: float, scrub
) -> tuple[list[Chunk], str | None, dict | None]:
    """An event's chunks, what is wrong with it (None: nothing), and the body of an error event."""
    body = _json(data)
    error = error_in(body)
    if error is None and kind == "error":
        error = dict_of(body) or {"message": data}

    try:
        chunks = [Chunk.from_wire(part, at) for part in _split(body)]
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError):
        chunks = []
        if error is None:
            return chunks, f"an event is not a chunk: {scrub(data)[:200]!r}.", None
    if error is None:
        return chunks, None, None

    error = scrubbed(error, scrub)
    message = message_of(error)
    stop = "" if message.endswith((".", "!", "?")) else "."
    said = [chunk for chunk in chunks if chunk.says_something]
    return said, f"the endpoint broke off: {message}{stop}", error


def _json(data: str):
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None  # no event is null


def _split(body: dict) -> list[dict]:
    """One event for each choice of an event: OpenAI sends one choice, the format allows more.

    An event without a choice is one, too.
    """
    choices = [choice for choice in body.get("choices") or () if choice is not None]
    return [body | {"choices": [choice]} for choice in choices] or [body]
