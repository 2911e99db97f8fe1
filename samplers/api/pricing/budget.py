"""A limit in USD for all calls together. What one call can cost is in `bound.py`."""

import math
import os
import threading
from decimal import Decimal, InvalidOperation

from samplers.api.errors import EndpointError
from samplers.api.pricing.prices import exact
from samplers.wire.secret import shown


class BudgetExceeded(EndpointError):
    """A call that was not sent because it could cost more than is left of the budget (USD).

    `bound`: the most that the call could cost; `left` of the budget's `limit`.
    """

    def __init__(self, bound: Decimal, left: Decimal, limit: Decimal):
        self.bound = bound
        self.left = left
        self.limit = limit
        super().__init__(
            f"not sent: the call could cost {usd(bound, 4)}, and {usd(left, 4)} is left of the "
            f"budget of {usd(limit)}. Ask for a shorter answer (max_completion_tokens; in respond "
            "max_output_tokens), or raise SAMPLERS_BUDGET_USD and connect again."
        )


class Budget:
    """`limit` USD in total: `spent` by answers that reported their usage, `held` by other calls.

    A call's highest possible cost is held until its real cost is known, for good if it never is.
    Threads may share a budget: what is held counts against the limit, so calls that run at once
    cannot exceed it together. All amounts are exact decimals.
    """

    def __init__(self, limit: float | Decimal):
        self.limit = exact(limit, "limit")
        self.spent = Decimal(0)
        self.held = Decimal(0)
        self._named: dict[str, Decimal] = {}
        self._lock = threading.Lock()

    @property
    def left(self) -> Decimal:
        return self.limit - self.spent - self.held

    def reserve(self, bound: float | Decimal) -> None:
        """Holds `bound` USD for a call. Raises BudgetExceeded if the call must not be sent."""
        bound = exact(bound)
        with self._lock:
            if bound > self.left:
                raise BudgetExceeded(bound, max(Decimal(0), self.left), self.limit)
            self.held += bound

    def settle(self, bound: float | Decimal, real: float | Decimal) -> None:
        """Replaces what was held for a call by what it really cost (0 if it was refused)."""
        with self._lock:
            self.held -= exact(bound)
            self.spent += exact(real)

    def hold(self, name: str, bound: float | Decimal) -> None:
        """Reserves `bound` USD for what ends long after its call, such as a batch, by its name.

        What was held by this name is given back: that batch was never made.
        """
        self.end(name, 0)
        self.reserve(bound)
        self.name(name, bound)

    def name(self, name: str, bound: float | Decimal) -> None:
        """Gives a name to `bound` USD that are reserved already, for `end`."""
        self._named[name] = exact(bound)

    def end(self, name: str, real: float | Decimal) -> None:
        """Settles what is held by this name, once; nothing if nothing is."""
        bound = self._named.pop(name, None)
        if bound is not None:
            self.settle(bound, real)

    def __repr__(self) -> str:
        return f"<Budget {usd(self.limit)}: {usd(self.spent, 6)} spent, {usd(self.held, 6)} held>"


DEFAULT_LIMIT = "0.10"  # USD, as the environment variable would say it
_shared = Budget(Decimal(DEFAULT_LIMIT))


def shared_budget() -> Budget:
    """The one budget of this process: SAMPLERS_BUDGET_USD, 0.10 if unset.

    Connecting again does not refill it. Another process, such as a second notebook's kernel or a
    fork, has a budget of its own.
    """
    _shared.limit = _limit_from(os.environ.get("SAMPLERS_BUDGET_USD") or DEFAULT_LIMIT)
    return _shared


def usd(amount: float | Decimal, decimals: int = 2) -> str:
    """`amount` for a reader: $1,234.50, with `decimals`.

    Where those would all be zeros, with two significant digits: $0.00000010.
    """
    if 0 < amount < Decimal(1).scaleb(-decimals):
        decimals = 1 - math.floor(math.log10(amount))
    return f"${amount:,.{decimals}f}"


def _limit_from(text: str) -> Decimal:
    try:
        limit = Decimal(text)
    except InvalidOperation:
        limit = Decimal("NaN")
    if not limit.is_finite() or limit < 0:
        raise ValueError(f"SAMPLERS_BUDGET_USD must be a number of USD >= 0, got {shown(text)}")
    return limit
