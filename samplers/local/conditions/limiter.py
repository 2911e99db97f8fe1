"""A key's limits: requests a minute and a day, tokens a minute, and requests at the same time."""

from samplers.local.conditions.clock import Clock
from samplers.local.conditions.refusals import Refusal, busy, reached, too_large
from samplers.local.conditions.tiers import Limits
from samplers.local.conditions.window import Entry, Window
from samplers.wire.durations import duration_text

MINUTE = 60
DAY = 24 * 60 * MINUTE
Counted = dict[Window, Entry]  # a request's entry in each limit that counts it


class Limiter:
    """Lets a key's requests in, of all models together, as long as all limits allow it.

    A request that is let in counts at once, whatever becomes of it, as failed requests count at
    OpenAI. One that a limit refuses counts nowhere: so the wait that its refusal names is right.
    OpenAI's page says that unsuccessful requests count, but the refusals that public reports quote
    never show more used than the limit.

    Tokens are counted twice. Before the answer they are those that the request can cost at most:
    the prompt's and `max_tokens` for each choice. When the answer is there, they are those that it
    has cost. OpenAI counts the greater of max_tokens and an estimate by characters, and is not
    known to correct it; then the real tokens of a minute can be more than the limit, which never
    happens here.
    """

    def __init__(self, limits: Limits, tier: str, clock: Clock):
        self._limits = limits
        self._tier = tier
        self._clock = clock
        self._minute = limits.rpm and Window(limits.rpm, MINUTE)
        self._day = limits.rpd and Window(limits.rpd, DAY)
        self._tokens = limits.tpm and Window(limits.tpm, MINUTE)

    def enter(self, running: int) -> Counted:
        """Counts a request, beside `running` others. LimitReached if a limit does not allow it.

        Where the minute and the day refuse it, the error names the one with the longer wait.
        """
        now = self._clock.now()
        windows = {"rpm": self._minute, "rpd": self._day}
        waits = {name: window.wait(now) for name, window in windows.items() if window}
        name = max(waits, key=waits.get, default=None)
        if name is not None and waits[name] > 0:
            raise reached(self._refusal(name, windows[name], 1, waits[name]))
        most = self._limits.concurrency
        if most is not None and running >= most:
            raise busy(Refusal("concurrency", self._tier, most, running, 1, self._clock.real(1)))

        return {window: window.add(now) for window in windows.values() if window}

    def reserve(self, counted: Counted, tokens: int) -> None:
        """Counts the tokens that a request can cost at most.

        LimitReached if their limit does not allow it now, or ever. Then the request counts nowhere.
        """
        if self._tokens is None:
            return
        now = self._clock.now()
        wait = self._tokens.wait(now, tokens)
        if wait == 0:
            counted[self._tokens] = self._tokens.add(now, tokens)
            return

        for window, entry in counted.items():
            window.remove(entry)
        if wait is None:
            raise too_large(self._refusal("tpm", self._tokens, tokens, 0))
        raise reached(self._refusal("tpm", self._tokens, tokens, wait))

    def settle(self, counted: Counted, tokens: int) -> None:
        """Counts the tokens that a request has cost instead of those that were reserved."""
        if self._tokens in counted:
            self._tokens.settle(counted[self._tokens], tokens)

    def _refusal(self, name: str, window: Window, amount: int, wait: float) -> Refusal:
        seconds = self._clock.real(wait)
        return Refusal(name, self._tier, window.limit, window.used, amount, seconds)

    def headers(self) -> dict[str, str]:
        """OpenAI's x-ratelimit headers, as they are now, in real seconds.

        Those of requests are the minute's or the day's: of the one with fewer left, then of the one
        that takes longer. `reset` is the time until all of that limit is free again.
        """
        now = self._clock.now()
        requests = [window for window in (self._minute, self._day) if window]
        tightest = min(requests, key=lambda w: (w.remaining(now), -w.reset(now)), default=None)
        found: dict[str, str] = {}
        for kind, window in {"requests": tightest, "tokens": self._tokens}.items():
            if window:
                found[f"x-ratelimit-limit-{kind}"] = str(window.limit)
                found[f"x-ratelimit-remaining-{kind}"] = str(window.remaining(now))
                reset = self._clock.real(window.reset(now))
                found[f"x-ratelimit-reset-{kind}"] = duration_text(reset)
        return found

    def used(self) -> dict[str, dict[str, int]]:
        """What counts now of each limit, and the most that ever counted at one time."""
        now = self._clock.now()
        windows = {"rpm": self._minute, "tpm": self._tokens, "rpd": self._day}
        return {
            name: {
                "limit": window.limit,
                "remaining": window.remaining(now),
                "used": window.used,
                "peak": window.peak,
            }
            for name, window in windows.items()
            if window
        }
