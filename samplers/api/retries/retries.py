"""A client's retries: which call is tried again, when, and how often."""

import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from samplers.api.errors import (
    ConflictError,
    ConnectionFailed,
    EndpointError,
    InternalServerError,
    QuotaError,
    RateLimitError,
    RequestTimeoutError,
)
from samplers.api.retries.attempt import Attempt, outcome_of
from samplers.api.retries.jitter import full_jitter

if TYPE_CHECKING:
    from tenacity import RetryCallState

LONGEST_WAIT = 120  # seconds, as in OpenAI's SDK; whoever is asked to wait longer gets the error
BUDGET = 100  # retries that a client has while its endpoint is down
KEPT = 1000  # attempts
DOWN = (ConnectionFailed, InternalServerError)
TEMPORARY = (*DOWN, RequestTimeoutError, ConflictError, RateLimitError)

Answer = TypeVar("Answer")


def is_retryable(error: BaseException) -> bool:
    """Whether the same call may succeed a little later.

    It may where no answer came, and after 408, 409, 429 and 500 or more, unless the header
    x-should-retry says something else. An account without credit stays so, whatever the header
    says. Source: OpenAI's Python SDK 3.54, which repeats that one, too.
    """
    if isinstance(error, QuotaError):
        return False
    said = getattr(error, "should_retry", None)
    return isinstance(error, TEMPORARY) if said is None else said


class Retries:
    """Tries a client's calls again, each `max_retries` times at most. Threads may share it.

    While the endpoint is down (no answer, or a status of 500 or more), all calls together have
    BUDGET retries, and each call that succeeds gives one back. So a service that is down is soon
    asked once for each call, and not three times. `attempts`: the last KEPT requests.
    """

    def __init__(self, max_retries: int, sleep: Callable[[float], object]):
        if isinstance(max_retries, bool) or not isinstance(max_retries, int) or max_retries < 0:
            raise ValueError(f"max_retries must be an int >= 0, got {max_retries!r:.80}")
        self.max_retries = max_retries
        self.attempts: deque[Attempt] = deque(maxlen=KEPT)
        self._sleep = sleep
        self._begin = time.monotonic()
        # A deque needs no lock, which a fork could inherit while it is held.
        self._budget = deque(range(BUDGET), maxlen=BUDGET)

    def call(
        self,
        name: str,
        send: Callable[[], Answer],
        deadline,
        reservation=None,
        repeats: Callable[[BaseException], bool] = is_retryable,
    ) -> Answer:
        """What `send()` returns. Else its last error, with a note on why it is the last.

        `name`: the call's in `attempts`. `deadline`: a Deadline; no wait goes beyond it.
        `reservation`: a Reservation, which each attempt enters, and which may forbid another one.
        `repeats`: after which errors it is tried again.
        """
        from tenacity import Retrying, retry_if_exception  # here: it loads asyncio and tornado

        def stop(state: "RetryCallState") -> bool:
            reason = self._reason_to_stop(state, deadline, reservation)
            if reason:
                state.outcome.exception().add_note(reason)
            return reason is not None

        attempts = Retrying(
            retry=retry_if_exception(repeats),
            wait=_wait,
            stop=stop,
            sleep=self._sleep,
            reraise=True,
        )
        for attempt in attempts:
            with attempt:
                if reservation is not None:
                    reservation.enter(deadline)
                return self._recorded(name, send, attempt.retry_state)

    def _reason_to_stop(self, state: "RetryCallState", deadline, reservation) -> str | None:
        """Why a call that failed is not tried again, "" where that is plain. None: it is."""
        error = state.outcome.exception()
        wait = state.upcoming_sleep
        if state.attempt_number > self.max_retries:
            return f"Tried {state.attempt_number} times." if self.max_retries else ""
        if wait > LONGEST_WAIT:
            asked = f"the endpoint asks to wait {wait:,.10g} s"
            return f"Not tried again: {asked}, and {LONGEST_WAIT} s are the most that is waited."
        if not deadline.allows(0):
            return ""
        if not deadline.allows(wait):
            return f"Not tried again: {wait:.2g} s later the call's {deadline:g} s would be over."
        if isinstance(error, DOWN) and not self._take():
            return f"Not tried again: this client's {BUDGET} retries of what is down are used up."
        if reservation is None:
            return None
        try:
            reservation.repeat(error)
        except EndpointError as refusal:
            return f"It may have been billed, and was not tried again: {refusal}"
        return None

    def _take(self) -> bool:
        try:
            self._budget.pop()
        except IndexError:
            return False
        return True

    def _recorded(self, name: str, send: Callable[[], Answer], state: "RetryCallState") -> Answer:
        start = time.monotonic()
        outcome = "answered"
        try:
            answer = send()
            self._budget.append(None)
            return answer
        except BaseException as error:
            outcome = outcome_of(error)
            raise
        finally:
            attempt = Attempt(
                call=name,
                number=state.attempt_number,
                waited=state.upcoming_sleep,
                at=start - self._begin,
                seconds=time.monotonic() - start,
                outcome=outcome,
            )
            self.attempts.append(attempt)


def _wait(state: "RetryCallState") -> float:
    """Seconds until the next try: what the endpoint asks for, or else by chance."""
    asked = getattr(state.outcome.exception(), "retry_after", None)
    return asked or full_jitter(state.attempt_number)
