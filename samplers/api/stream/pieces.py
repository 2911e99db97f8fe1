"""What one chunk leaves open and only the ones before it tell.

Which tool call a piece without an index belongs to, and the first half of a surrogate pair whose
second half comes in the next chunk.
"""

import codecs
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from samplers.api.stream.chunk import Chunk, ToolCallDelta


class Halves:
    """Joins the halves of surrogate pairs in the pieces of several texts, each with a key."""

    def __init__(self):
        # a decoder of UTF-16 keeps half a pair until the next piece
        self._decoders: dict[tuple, codecs.IncrementalDecoder] = {}

    def whole(self, key: tuple, piece: str) -> str:
        """What is known of this text so far, and was not given before."""
        if piece.isascii() and key not in self._decoders:
            return piece
        if key not in self._decoders:
            self._decoders[key] = codecs.getincrementaldecoder("utf-16-le")("replace")
        return self._decoders[key].decode(piece.encode("utf-16-le", "surrogatepass"))

    def rest(self) -> Iterator[tuple[tuple, str]]:
        """(key, U+FFFD) of each text that ended with half a pair."""
        for key, decoder in self._decoders.items():
            if half := decoder.decode(b"", True):
                yield key, half


class Pieces:
    """Completes the chunks of one stream, in their order."""

    def __init__(self):
        self._calls: dict[int, CallPlaces] = defaultdict(CallPlaces)  # by choice
        self._halves = Halves()  # by choice, kind ("text", "refusal", "arguments") and call

    def complete(self, chunk: Chunk) -> Chunk:
        """`chunk` with an index in each tool call's piece, and text that can be encoded."""
        if not chunk.says_something:
            return chunk

        text = self._halves.whole((chunk.index, "text", 0), chunk.text)
        refusal = self._halves.whole((chunk.index, "refusal", 0), chunk.refusal)
        calls = []
        for delta in chunk.tool_calls:
            place = self._calls[chunk.index].place(delta)
            arguments = self._halves.whole((chunk.index, "arguments", place), delta.arguments)
            calls.append(replace(delta, index=place, arguments=arguments))

        if not calls and (text, refusal) == (chunk.text, chunk.refusal):
            return chunk
        return replace(chunk, text=text, refusal=refusal, tool_calls=tuple(calls))

    def rest(self, at: float) -> Iterator[Chunk]:
        """A chunk with U+FFFD for each text whose end was half a pair."""
        for (index, kind, place), half in self._halves.rest():
            if kind == "arguments":
                delta = ToolCallDelta(place, arguments=half)
                yield Chunk("", index, at=at, tool_calls=(delta,))
            else:
                yield replace(Chunk("", index, at=at), **{kind: half})


class CallPlaces:
    """The place of each piece's call among the calls of one answer.

    OpenAI's pieces have an index, and that is the place. Others leave it out or always send 0, send
    an empty id, or a fresh one with every piece. So a new id that comes with a name begins a call,
    and everything else continues the last call of its index, or without one the last call of all.
    """

    def __init__(self):
        self._taken: set[int] = set()
        # By the index that came, where None is any: the place of the last call there.
        self._last: dict[int | None, int] = {}
        # By the index that came, where None is any, and the id.
        self._by_id: dict[tuple[int | None, str], int] = {}

    def place(self, delta: ToolCallDelta) -> int:
        """Where the call of `delta` stands, from 0. Pieces must come in their order."""
        place = self._by_id.get((delta.index, delta.id)) if delta.id else None
        if place is None and not (delta.id and delta.name):
            place = self._last.get(delta.index)
        if place is None:
            place = self._free(delta.index)

        self._taken.add(place)
        self._last.setdefault(place, place)
        for index in (delta.index, None):
            self._last[index] = place
            if delta.id:
                self._by_id[index, delta.id] = place
        return place

    def _free(self, index: int | None) -> int:
        if index is None or index in self._taken:
            return max(self._taken, default=-1) + 1
        return index
