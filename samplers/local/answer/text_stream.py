"""From a stream of token bytes to a stream of text: whole characters only, and never a part of a
stop string.
"""

import codecs


def overlap(data: bytes, stop: bytes) -> int:
    """How many bytes at the end of `data` could be the beginning of `stop` (all of it not counted)."""
    for size in range(min(len(data), len(stop) - 1), 0, -1):
        if data.endswith(stop[:size]):
            return size
    return 0


class TextStream:
    """Feed it tokens' bytes; it returns the text that is certain by then.

    Held back are the bytes of a character that is not whole yet and those that may turn out to
    begin a stop string. `released` is the number of bytes returned as text so far, `stopped` tells
    that a stop string came.
    """

    def __init__(self, stops: tuple[str, ...] = ()):
        self._stops = tuple(stop.encode() for stop in stops)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = b""  # bytes not yet given to the decoder
        self._pending = 0  # bytes that the decoder keeps until their character is whole
        self.released = 0
        self.stopped = False

    def feed(self, data: bytes) -> str:
        """The text that `data` makes certain; may be empty. After a stop string nothing follows."""
        if self.stopped:
            return ""
        self._held += data
        cuts = [cut for stop in self._stops if (cut := self._held.find(stop)) >= 0]
        if cuts:
            self.stopped = True
            return self._release(min(cuts), final=True)
        keep = max((overlap(self._held, stop) for stop in self._stops), default=0)
        return self._release(len(self._held) - keep, final=False)

    def finish(self) -> str:
        """The text still held back, at the end; bytes that never became a character show as U+FFFD."""
        return "" if self.stopped else self._release(len(self._held), final=True)

    def _release(self, size: int, final: bool) -> str:
        text = self._decoder.decode(self._held[:size], final)
        self._held = self._held[size:]
        pending = len(self._decoder.getstate()[0])
        self.released += size + self._pending - pending
        self._pending = pending
        return text
