"""One limit, of requests or of tokens: at most so much in any stretch of a minute."""

from collections.abc import Iterable
from math import inf

from samplers.api.limits.headers import RateLimit


class Limit:
    """At most `limit` in any `minute` seconds; `given` is the one that the user named, or None.

    What counts comes in as pairs of (when it stops to count, how much it is). What others have used
    of the same limit, other programs with the same key, is known from the headers alone.
    """

    def __init__(self, given: int | None, minute: float):
        self._given = inf if given is None else given
        self._minute = minute
        self._others = (0.0, 0)  # when it is free again, how much
        self._closed_until = 0.0
        self.limit = self._given

    def wait(self, now: float, amount: int, counted: Iterable[tuple[float, int]]) -> float:
        """The seconds until `amount` fits: 0.0 if it does now.

        More than the limit waits until nothing else counts: it may be an estimate from above.
        """
        if now < self._closed_until:
            return self._closed_until - now

        used = [pair for pair in (*counted, self._others) if pair[0] > now]
        excess = sum(much for _, much in used) + min(amount, self.limit) - self.limit
        if excess <= 0:
            return 0.0
        seconds = 0.0
        for end, much in sorted(used):
            if excess <= 0:
                break
            excess -= much
            seconds = end - now
        return seconds

    def learn(self, now: float, sent: RateLimit, own: int) -> None:
        """Takes what an answer's headers say, when `own` counts of this client.

        A limit whose reset is farther away than a minute is not one of a minute, but perhaps of a
        day: then it only matters when nothing of it remains.
        """
        of_a_minute = sent.reset is None or sent.reset <= 2 * self._minute
        is_used_up = sent.remaining == 0 and not of_a_minute
        self._closed_until = now + sent.reset if is_used_up else 0.0
        if not of_a_minute:
            return

        self.limit = min(self._given, sent.limit)
        if sent.remaining is not None and sent.reset is not None:
            others = max(sent.limit - sent.remaining - own, 0)
            self._others = (now + min(sent.reset, self._minute), others)
