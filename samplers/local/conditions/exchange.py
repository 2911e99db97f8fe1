"""One request while it is answered under its key's conditions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from samplers.local.conditions.key_conditions import KeyConditions
from samplers.local.conditions.limiter import Counted
from samplers.local.conditions.refusals import LimitReached
from samplers.local.request.job import Job

SCOPE = "samplers.exchange"  # where the ASGI scope has it
PASSED = 8  # tokens that the simulated content filter lets pass
SIMULATED = "x-samplers-simulated"  # the header that says what was made worse


class Exchange:
    """A request: its `fault`, its tokens, and what was made worse about its answer."""

    def __init__(self, conditions: KeyConditions):
        self.conditions = conditions
        self.fault: str | None = None
        self.clock = conditions.clock
        self.start = self.clock.now()
        self.others = conditions.running  # that run when it comes
        self.prompt_tokens = 0
        self.completion_tokens = 0  # 0 until the answer is there
        self._notes: list[str] = []
        self._limiter = conditions.limiter
        self._counted: Counted = {}

    def enter(self) -> None:
        """Counts the request. LimitReached if a limit does not allow it."""
        if self._limiter is not None:
            with self._noted_refusal():
                self._counted = self._limiter.enter(self.others)

    def reserve(self, prompt_tokens: int, most: int) -> None:
        """Counts its prompt's tokens and the `most` that its answer can have.

        LimitReached if the limit of tokens does not allow it.
        """
        self.prompt_tokens = prompt_tokens
        if self._limiter is not None:
            with self._noted_refusal():
                self._limiter.reserve(self._counted, prompt_tokens + most)

    def settle(self, usage: dict) -> None:
        """Counts the tokens of the answer's `usage` instead. Without it the reserved ones stay."""
        self.completion_tokens = usage["completion_tokens"]
        if self._limiter is not None:
            self._limiter.settle(self._counted, usage["total_tokens"])

    @contextmanager
    def _noted_refusal(self) -> Iterator[None]:
        try:
            yield
        except LimitReached as error:
            self.note(f"limit={error.limit}")
            raise

    def note(self, what: str) -> None:
        """Something was made worse: the answer's header says so, and it is counted, once."""
        if what not in self._notes:
            self._notes.append(what)
            self.conditions.counts[what] += 1

    def headers(self) -> dict[str, str]:
        """What its answer's headers have besides."""
        limits = {} if self._limiter is None else self._limiter.headers()
        return limits | ({SIMULATED: ", ".join(self._notes)} if self._notes else {})


def reserve(scope, jobs: list[Job]) -> Callable[[dict], None]:
    """Counts the tokens that a request's jobs can cost. LimitReached if they are too many.

    What comes back is to be called with the answer's usage.
    """
    exchange: Exchange = scope[SCOPE]
    most = sum(job.request.n * job.limit for job in jobs)
    exchange.reserve(sum(job.prompt_tokens for job in jobs), most)
    return exchange.settle


def filtered(scope, job: Job) -> Job:
    """The job as the request's fault leaves it: "content_filter" ends its answer early."""
    exchange: Exchange = scope[SCOPE]
    if exchange.fault != "content_filter" or job.request.compact:
        return job
    exchange.note(f"fault={exchange.fault}")
    return replace(job, limit=min(job.limit, PASSED), filtered=True)
