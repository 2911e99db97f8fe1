"""Lets requests go no faster than an endpoint's limits of requests and of tokens a minute allow."""

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf

from samplers.api.errors import APITimeoutError
from samplers.api.limits.headers import rate_limit
from samplers.api.limits.limit import Limit
from samplers.api.request import as_seconds
from samplers.wire.durations import duration_text
from samplers.wire.secret import shown

LOOK = 1.0  # seconds after which a wait is looked at again: on Windows, Ctrl-C does not end it


@dataclass(eq=False)
class Ticket:
    """A request that was let go, the `tokens` that it counts, and when it stops to count."""

    tokens: int
    start: float = 0.0
    end: float = 0.0


def check_limiter(limiter) -> None:
    """ValueError unless it is a Limiter or None."""
    if limiter is not None and not isinstance(limiter, Limiter):
        raise ValueError(
            f"limiter must be a Limiter, such as Limiter(rpm=60), or None, got {shown(limiter)}"
        )


class Limiter:
    """At most `rpm` requests and `tpm` tokens in any stretch of a minute: two sliding windows.

    None: what the endpoint's x-ratelimit headers say, and no limit until the first answer. A
    smaller limit in the headers holds in any case. What others use with the same key is seen there,
    too. Threads may share a limiter, and clients of one model at one endpoint, as providers limit
    each model by itself: whoever comes first is served first, and a call's timeout goes on while it
    waits. A fork has its own.

    An endpoint counts a request when it arrives, and not when it is let go. So one counts longer
    than a minute: by the time that its answer took, `late` seconds at most.

    `minute`: how many seconds a minute lasts: 1.0 at an endpoint whose time_factor is 60. `clock`
    and `wait` (a condition, for seconds) are for tests.
    """

    def __init__(
        self,
        rpm: int | None = None,
        tpm: int | None = None,
        *,
        minute: float = 60.0,
        late: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[threading.Condition, float], object] = threading.Condition.wait,
    ):
        for name, value in (("rpm", rpm), ("tpm", tpm)):
            is_count = isinstance(value, int) and not isinstance(value, bool)
            if value is not None and (not is_count or value < 1):
                raise ValueError(f"{name} must be an int >= 1 or None, got {value!r:.80}")
        self._minute = as_seconds("minute", minute)
        self._late = as_seconds("late", late) if late != 0 else 0.0
        self._clock = clock
        self._wait = wait
        self._requests = Limit(rpm, minute)
        self._tokens = Limit(tpm, minute)
        self._begin()

    def _lock(self) -> threading.Condition:
        """In a fork a new one, and nothing counts: a thread that it does not have may hold it."""
        if self._owner != os.getpid():
            self._begin()
        return self._changed

    def _begin(self) -> None:
        self._changed = threading.Condition()
        self._queue: deque[Ticket] = deque()
        self._counted: list[Ticket] = []
        self._running: set[Ticket] = set()
        self._owner = os.getpid()

    def acquire(self, tokens: int, deadline) -> Ticket:
        """Waits until a request that counts `tokens` (`tokens_of`) may go, and counts it.

        APITimeoutError if that is not before the deadline (`transport.deadline.Deadline`): at once
        where it is sure.
        """
        ticket = Ticket(tokens)
        with self._lock():
            self._queue.append(ticket)
            try:
                self._wait_for(ticket, deadline)
                ticket.start = self._clock()
                ticket.end = ticket.start + self._minute + self._late
                self._counted.append(ticket)
                self._running.add(ticket)
            finally:
                self._queue.remove(ticket)
                self._changed.notify_all()
        return ticket

    def _wait_for(self, ticket: Ticket, deadline) -> None:
        while True:
            seconds = inf  # until the others before it are served
            if self._queue[0] is ticket:
                seconds = self._seconds_until(ticket)
                if seconds == 0:
                    return
            left = self._left(deadline, seconds)
            if seconds == inf:
                self._changed.wait(min(left, LOOK))
            else:
                self._wait(self._changed, min(seconds, left, LOOK))

    def _left(self, deadline, seconds: float) -> float:
        """What is left of the call's time. APITimeoutError if a wait of `seconds` is too long.

        While requests run, none is: they may turn out to have cost less.
        """
        try:
            left = deadline.left(TimeoutError)
        except TimeoutError:
            left = 0.0
        if left > 0 and (self._running or seconds <= left or seconds == inf):
            return left
        when = "later" if seconds == inf else f"in {duration_text(seconds)}"
        raise APITimeoutError(
            f"not sent: the limit ({self._limits()}) lets it go {when}, when the call's time is "
            "over. Give it a longer timeout, or ask for less at the same time."
        )

    def _seconds_until(self, ticket: Ticket) -> float:
        now = self._clock()
        self._counted = [other for other in self._counted if other.end > now]
        return max(
            self._requests.wait(now, 1, [(other.end, 1) for other in self._counted]),
            self._tokens.wait(now, ticket.tokens, [(o.end, o.tokens) for o in self._counted]),
        )

    def learn(self, headers: Mapping[str, str]) -> None:
        """Takes what the headers of an answer, also of an error, say of the endpoint's limits."""
        requests = rate_limit(headers, "requests")
        tokens = rate_limit(headers, "tokens", "project-tokens")
        with self._lock():
            now = self._clock()
            counted = [ticket for ticket in self._counted if ticket.end > now]
            if requests is not None:
                self._requests.learn(now, requests, len(counted))
            if tokens is not None:
                self._tokens.learn(now, tokens, sum(ticket.tokens for ticket in counted))
            self._changed.notify_all()

    def settle(self, ticket: Ticket, tokens: int | None) -> None:
        """The ticket's request has ended, and its answer cost so many tokens.

        None: they are not known, and what was estimated goes on to count.
        """
        with self._lock():
            if ticket not in self._running:
                return  # settled before, or let go before a fork
            self._running.remove(ticket)
            took = min(self._clock() - ticket.start, self._late)
            ticket.end = ticket.start + self._minute + took
            if tokens is not None:
                ticket.tokens = tokens
            self._changed.notify_all()

    def _limits(self) -> str:
        def most(limit: float, unit: str) -> str:
            if limit == inf:
                return f"any number of {unit}s"
            return f"{limit} {unit}{'' if limit == 1 else 's'}"

        requests = most(self._requests.limit, "request")
        tokens = most(self._tokens.limit, "token")
        return f"{requests} and {tokens} in {self._minute:g} s"

    def __repr__(self) -> str:
        return f"<Limiter: {self._limits()}>"
