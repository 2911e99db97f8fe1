"""An answer's bytes, decompressed a piece at a time and no more than a bound of them.

httpx decompresses each network read as a whole: 64 kB of gzip can become 64 MB, and its coding may
be doubled. Here memory is bounded whatever comes, also for an answer that simply never ends.
"""

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

import httpx

MAX_BYTES = 128 * 2**20  # of one answer, decompressed; a vocabulary's logprobs are 5 to 30 MB
MAX_FILE = 2**30  # bytes of a file's content; a batch may take in 200 MB, and answer with more
BINARY = "application/binary"  # what a request for a file's content accepts, as OpenAI's SDK has it
PIECE = 2**16  # bytes that are decompressed at once
CODINGS = "gzip, deflate"  # what requests ask for


class UnreadableBody(httpx.DecodingError):
    """A body that is too large, or compressed in a way that cannot be read. `status` is HTTP's."""

    def __init__(self, message: str, status: int):
        self.status = status
        super().__init__(message)


def decode_within_bounds(response: httpx.Response) -> None:
    """A hook for httpx's responses: takes the decompression, and its header, away from httpx."""
    codings = response.headers.pop("content-encoding", "").lower().split(",")
    names = [coding.strip() for coding in codings]
    most = MAX_FILE if response.request.headers.get("accept") == BINARY else MAX_BYTES
    response.stream = _Bounded(response.stream, names, response.status_code, most)


class _Bounded(httpx.SyncByteStream):
    """A response's stream, decompressed."""

    def __init__(self, stream: httpx.SyncByteStream, codings: list[str], status: int, most: int):
        self._stream = stream
        self._codings = codings
        self._status = status
        self._most = most

    def __iter__(self) -> Iterator[bytes]:
        if len(self._codings) > 2 or not all(name in _DECODERS for name in self._codings):
            names = ", ".join(self._codings)
            problem = f"its content-encoding is {names!r:.80}, and {CODINGS} were asked for"
            raise UnreadableBody(problem, self._status)

        parts = self._bounded(self._stream)
        for name in reversed(self._codings):
            parts = self._bounded(_DECODERS[name](parts))
        try:
            yield from parts
        except zlib.error as error:
            raise UnreadableBody(f"its compression is broken ({error})", self._status) from None

    def _bounded(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        size = 0
        for part in parts:
            size += len(part)
            if size > self._most:
                problem = f"it is larger than {self._most // 2**20} MiB"
                raise UnreadableBody(problem, self._status)
            yield part

    def close(self) -> None:
        self._stream.close()


def _gunzipped(parts: Iterable[bytes]) -> Iterator[bytes]:
    return _inflated(parts, zlib.MAX_WBITS | 16)


def _undeflated(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The coding "deflate" is zlib's format; some servers send it without zlib's header."""
    parts = iter(parts)
    begin = b""
    while len(begin) < 2 and (part := next(parts, None)) is not None:
        begin += part

    try:
        zlib.decompressobj().decompress(begin[:2])
        bits = zlib.MAX_WBITS
    except zlib.error:
        bits = -zlib.MAX_WBITS
    return _inflated(chain([begin], parts), bits)


def _inflated(parts: Iterable[bytes], bits: int) -> Iterator[bytes]:
    decoder = zlib.decompressobj(bits)
    for part in parts:
        # What follows the end is no part of the answer. It is read, or the connection could not be
        # used again.
        is_full = not decoder.eof
        while is_full:
            data = decoder.decompress(part, PIECE)
            part = decoder.unconsumed_tail
            is_full = len(data) == PIECE
            if data:
                yield data


_DECODERS = {
    "": iter,
    "identity": iter,
    "gzip": _gunzipped,
    "x-gzip": _gunzipped,
    "deflate": _undeflated,
}
