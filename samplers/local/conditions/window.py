"""A sliding window: at most so much in any stretch of time of one length."""

from collections import deque
from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Entry:
    """An `amount` that was counted at a `time`; `counts`: the window still has it in its sum."""

    time: float
    amount: int
    counts: bool = True


class Window:
    """Counts amounts so that no half-open stretch of `length` seconds holds more than `limit`.

    An entry of the time t counts until t + length, and no longer at that moment. The times that
    come in must not decrease. `peak` is the most that one stretch has held.
    """

    def __init__(self, limit: int, length: float):
        self.limit = limit
        self.length = length
        self.used = 0
        self.peak = 0
        self._entries: deque[Entry] = deque()

    def wait(self, now: float, amount: int = 1) -> float | None:
        """The seconds until `amount` fits, if nothing else comes: 0.0 if it does now.

        None: it is more than the limit and never fits.
        """
        self._forget(now)
        if amount > self.limit:
            return None
        excess = self.used + amount - self.limit
        if excess <= 0:
            return 0.0

        for entry in self._entries:
            excess -= entry.amount
            if excess <= 0:
                return entry.time + self.length - now
        raise AssertionError("the entries are all of what is used")

    def add(self, now: float, amount: int = 1) -> Entry:
        """Counts an amount that fits."""
        self._forget(now)
        entry = Entry(now, amount)
        self._entries.append(entry)
        self.used += amount
        self.peak = max(self.peak, self.used)
        return entry

    def settle(self, entry: Entry, amount: int) -> None:
        """Changes what an entry counts, from now on. One that is too old changes nothing."""
        if entry.counts:
            self.used += amount - entry.amount
            self.peak = max(self.peak, self.used)
            entry.amount = amount

    def remove(self, entry: Entry) -> None:
        """Counts an entry no longer, as if it had not come. One that is too old changes nothing."""
        if entry.counts:
            self._entries.remove(entry)
            entry.counts = False
            self.used -= entry.amount

    def remaining(self, now: float) -> int:
        """How much still fits."""
        self._forget(now)
        return max(self.limit - self.used, 0)

    def reset(self, now: float) -> float:
        """The seconds until the whole limit is free again, if nothing else comes."""
        self._forget(now)
        return self._entries[-1].time + self.length - now if self._entries else 0.0

    def _forget(self, now: float) -> None:
        while self._entries and self._entries[0].time + self.length <= now:
            entry = self._entries.popleft()
            entry.counts = False
            self.used -= entry.amount
