"""From token bytes to text: whole characters only, and never a part of a stop string."""

import codecs


def overlap(data: bytes, stop: bytes) -> int:
    """How many bytes at the end of `data` could begin `stop`; always fewer than `stop` has."""
    for size in range(min(len(data), len(stop) - 1), 0, -1):
        if data.endswith(stop[:size]):
            return size
    return 0


class TextStream:
    """Feed it tokens' bytes; it returns the text that is certain by then.

    It holds back the bytes of a character that is not whole yet, and those that may turn out to
    begin a stop string. `begun` are bytes of a character that came before and were not fed.
    `released` is the number of fed bytes that were returned as text so far. `stop` is the stop
    string that came, if one has.
    """

    def __init__(self, stops: tuple[str, ...] = (), begun: bytes = b""):
        self.released = -len(begun)
        self.stop: str | None = None
        self._stops = {stop: stop.encode() for stop in stops}
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = b""  # bytes not yet given to the decoder
        self._free = 0  # how many of these no stop string may lie in as a whole
        self._decoder.decode(begun)
        self._pending = len(begun)  # bytes that the decoder keeps until their character is whole

    @property
    def stopped(self) -> bool:
        """Whether a stop string has come."""
        return self.stop is not None

    def feed(self, data: bytes, may_stop: bool = True) -> str:
        """The text that `data` makes certain; may be empty. After a stop string nothing follows.

        `may_stop`: a stop string may end in `data`.
        """
        if self.stopped:
            return ""

        self._held += data
        if not may_stop:
            self._free = len(self._held)
        starts = {
            stop: self._held.find(data, max(0, self._free - len(data) + 1))
            for stop, data in self._stops.items()
        }
        starts = {stop: start for stop, start in starts.items() if start >= 0}

        if starts:
            self.stop = min(starts, key=starts.get)
            return self._release(starts[self.stop], final=True)

        keep = max((overlap(self._held, data) for data in self._stops.values()), default=0)
        return self._release(len(self._held) - keep, final=False)

    def finish(self) -> str:
        """At the end, the text still held back; bytes that never became a character are U+FFFD."""
        return "" if self.stopped else self._release(len(self._held), final=True)

    def _release(self, size: int, final: bool) -> str:
        text = self._decoder.decode(self._held[:size], final)
        self._held = self._held[size:]
        self._free = max(0, self._free - size)
        pending = len(self._decoder.getstate()[0])
        self.released += size + self._pending - pending
        self._pending = pending
        return text
