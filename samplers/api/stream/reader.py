"""A stream's bytes as chunks. A stream that ends badly, in whatever way, is a StreamBroken.

A stream is whole at its [DONE]. Some servers (transformers serve) and proxies send none, so a
stream that just ends is whole, too, if every answer in it has its finish_reason, and no event was
cut. How the connection ended does not matter then.
"""

import json
from collections.abc import Callable, Generator, Iterable, Iterator

import httpx

from samplers.api.deviations import dict_of, dicts_of
from samplers.api.error_body import error_in, message_of, scrubbed
from samplers.api.errors import ConnectionFailed, EndpointError
from samplers.api.stream.accumulate import JoinedChunks
from samplers.api.stream.chunk import Chunk
from samplers.api.stream.events import typed_events
from samplers.api.stream.pieces import Pieces

UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError)
MAX_CHUNKS = 300_000  # of one stream, which are kept; the longest answers have 130,000 tokens


class StreamBroken(EndpointError):
    """A stream that ended before its answers did, or with an error event.

    What had arrived is kept: `text` (of the first choice) and `chunks`, joined with its tool calls
    as `completion`; of Responses the events, joined as a Response. `error`: the error event's
    body, or None. `joiner` makes what joins the chunks.
    """

    def __init__(
        self, message: str, chunks=(), error: dict | None = None, joiner: Callable = JoinedChunks
    ):
        self.chunks: tuple[Chunk, ...] = tuple(chunks)
        self.error = error
        self.joiner = joiner
        self.text = "".join(chunk.text for chunk in self.chunks if chunk.index == 0)
        super().__init__(
            f"{message} {len(self.text)} characters had arrived: "
            "see .text, .chunks and .completion."
        )

    @property
    def completion(self):
        """What had arrived as a Completion. Its finish_reason is None unless that had arrived.

        Of Responses a Response, whose status is "in_progress".
        """
        joined = self.joiner()
        for chunk in self.chunks:
            joined.add(chunk)
        return joined.result()


def read_chunks(arrivals: Iterable[tuple[float, bytes]], scrub=str, n: int = 1) -> Iterator[Chunk]:
    """The chunks in a stream's bytes, until [DONE] or the end. StreamBroken for an unfinished one.

    `arrivals`: (seconds, bytes), as stream_bytes() gives them. `scrub` removes the key from an
    error's text; the answer's own text is never changed. `n`: how many answers were asked for;
    without a [DONE] the stream is whole if so many have their finish_reason.
    """
    return read_stream(arrivals, scrub, ChatStream(n))


class ChatStream:
    """How the events of a stream of Chat are read; n: how many answers were asked for."""

    last = "its [DONE]"  # what ends a stream
    joiner = JoinedChunks

    def __init__(self, n: int = 1):
        self._pieces = Pieces()
        self._n = n

    def read(self, kind: str, body: dict, at: float) -> list[Chunk]:
        """The chunks of an event whose data is `body`, any JSON. It may raise what UNREADABLE has.

        OpenAI sends one choice in an event, the format allows more.
        """
        choices = [choice for choice in body.get("choices") or () if choice is not None]
        parts = [body | {"choices": [choice]} for choice in choices] or [body]
        chunks = [Chunk.from_wire(part, at) for part in parts]
        return list(map(self._pieces.complete, chunks))

    def error(self, kind: str, body) -> dict | None:
        """The error that an event holds; None if it holds none."""
        return error_in(body)

    def is_last(self, chunk: Chunk) -> bool:
        """Whether nothing follows this chunk: only [DONE] says that here."""
        return False

    def is_whole(self, chunks: list[Chunk], done: bool) -> bool:
        """Was it `done`, or has every answer its finish_reason, and are there `n` at least?"""
        begun = {c.index for c in chunks if c.says_something or dicts_of(c.raw.get("choices"))}
        finished = {c.index for c in chunks if c.finish_reason}
        return done or (len(finished) >= self._n and begun <= finished)

    def rest(self, at: float) -> Iterator[Chunk]:
        """What the last chunks left open."""
        return self._pieces.rest(at)


def read_stream(arrivals: Iterable[tuple[float, bytes]], scrub, form) -> Iterator:
    """The chunks in a stream's bytes as `form`, such as a ChatStream, reads them."""
    arrivals = iter(arrivals)  # unlike a list's, its repr holds no data

    failure = yield from _chunks(arrivals, scrub, form)
    if failure is not None:
        raise failure


def _chunks(arrivals: Iterator, scrub, form) -> Generator:
    """The chunks; at the end the StreamBroken, or None.

    It is not raised here, because a traceback may print the locals of the frames that it passes,
    and this one holds what the endpoint sent.
    """
    chunks: list = []
    breaks: list[str] = []
    problem: str | None = None
    error = None
    done = False  # it ended with [DONE]
    is_last = False
    at = 0.0

    for kind, (at, data) in typed_events(_until_it_breaks(arrivals, scrub, breaks)):
        if data.strip() == "[DONE]":
            done = True
            break
        if kind is None:
            problem = "the stream ended in the middle of an event."
            break
        if not data.strip() and kind != "error":
            continue

        came, problem, error = _read_event(kind, data, at, scrub, form)
        for chunk in came:
            chunks.append(chunk)
            is_last = form.is_last(chunk)
            yield chunk
        if len(chunks) > MAX_CHUNKS:
            problem = problem or f"the stream has more than {MAX_CHUNKS:,} chunks."
        if problem or is_last:
            break

    if problem is None and not is_last and not form.is_whole(chunks, done):
        problem = f"the stream ended without {form.last}."
    if problem and breaks:
        problem = breaks[0]
    for chunk in form.rest(at):
        chunks.append(chunk)
        yield chunk
    return None if problem is None else StreamBroken(problem, chunks, error, form.joiner)


def _until_it_breaks(arrivals: Iterator, scrub, breaks: list[str]) -> Iterator:
    """`arrivals` until their end, or until the connection breaks: then `breaks` gets the reason."""
    try:
        yield from arrivals
    except httpx.HTTPError as failure:
        breaks.append(scrub(f"the stream broke: {type(failure).__name__}: {failure}."))
    except ConnectionFailed as failure:
        breaks.append(str(failure))


def _read_event(
    kind: str, data: str, at: float, scrub, form
) -> tuple[list, str | None, dict | None]:
    """An event's chunks, what is wrong with it (None: nothing), and the body of an error event."""
    body = _json(data)
    error = form.error(kind, body)
    if error is None and kind == "error":
        error = dict_of(body) or {"message": data}

    try:
        chunks = form.read(kind, body, at)
    except UNREADABLE:
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
