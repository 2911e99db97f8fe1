"""What requests hold while they are on their way: money of a budget, tokens of a limiter."""

from collections import deque
from collections.abc import Sequence
from decimal import Decimal
from types import TracebackType

from samplers.api.errors import APIError, ConnectionFailed, EndpointError
from samplers.api.limits.tokens import tokens_of
from samplers.api.pricing.bound import upper_bound
from samplers.api.pricing.budget import Budget
from samplers.api.pricing.prices import cost, exact
from samplers.api.results import Usage


class Reservation:
    """Holds the most that requests can cost, which are sent one after the other.

    They are of Chat or of Responses; `inherited`: tokens of each prompt that its body does not
    show, see `upper_bound`. `budget`: None where nothing is paid for. `surcharge`: how many times
    the table's prices a call costs at this address. `limiter`: None for no limits. A context: at
    its end what was not used is given back. BudgetExceeded if the requests must not be sent.
    """

    def __init__(
        self,
        bodies: Sequence[dict],
        budget: Budget | None,
        surcharge: float,
        limiter,
        inherited: int = 0,
    ):
        self._bodies = deque(bodies)
        self._inherited = inherited
        self._budget = budget
        self._surcharge = exact(surcharge)
        self._limiter = limiter
        self._ticket = None
        self._is_sent = False  # the first body, by the attempt that is under way
        self._bounds: deque[Decimal] = deque()
        if budget is not None:
            bounds = [upper_bound(body, inherited=inherited) for body in bodies]
            self._bounds.extend(bound * self._surcharge for bound in bounds)
            budget.reserve(sum(self._bounds))

    def enter(self, deadline) -> None:
        """Waits until the limiter lets the request in. It counts each attempt, as endpoints do.

        EndpointError if that is not before the `deadline`, a Deadline.
        """
        if self._limiter is not None:
            try:
                tokens = tokens_of(self._bodies[0], self._inherited)
                self._ticket = self._limiter.acquire(tokens, deadline)
            except EndpointError as error:
                error.should_retry = False
                raise
        self._is_sent = True

    def repeat(self, error: EndpointError) -> None:
        """The request failed with `error` and is to be sent again: both may be billed.

        BudgetExceeded if the budget forbids it.
        """
        if self._budget is not None and not is_free(error):
            self._budget.reserve(self._bounds[0])
        self._settle_ticket(None)
        self._is_sent = False

    def settle(self, usage: Usage | None, name: str | None = None) -> None:
        """The request is answered, and the next one begins. Without usage all of it stays held.

        `name`: what the budget calls it, where it goes on and its usage comes later: `Budget.end`.
        """
        body = self._bodies.popleft()
        self._is_sent = False
        self._settle_ticket(usage)
        if self._budget is not None:
            bound = self._bounds.popleft()
            if usage is not None:
                self._budget.settle(bound, cost(body["model"], usage) * self._surcharge)
            elif name is not None:
                self._budget.name(name, bound)

    def _settle_ticket(self, usage: Usage | None) -> None:
        if self._ticket is not None:
            self._limiter.settle(self._ticket, None if usage is None else usage.total_tokens)
            self._ticket = None

    def __enter__(self) -> "Reservation":
        return self

    def __exit__(self, kind, error: BaseException | None, traceback: TracebackType | None) -> None:
        """A request that was sent stays held, for it may be billed, unless `error` is free."""
        self._settle_ticket(None)
        if self._bounds and self._is_sent and not is_free(error):
            self._bounds.popleft()
        for bound in self._bounds:
            self._budget.settle(bound, 0)


def is_free(error: BaseException | None) -> bool:
    """Whether a call that ended with this error certainly costs nothing."""
    if isinstance(error, APIError):
        return 400 <= error.status < 500
    return isinstance(error, ConnectionFailed) and not error.sent
