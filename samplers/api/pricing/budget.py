"""A limit in USD that calls are held against before they are sent."""

import math
import os
import threading

from samplers.api.errors import BudgetExceeded, usd


class Budget:
    """`limit` USD in all; `spent` by answers that told their usage; `held` by calls that have not
    told it (yet).

    Safe to share between threads: what is held counts against the limit, so calls at once cannot
    exceed it together.
    """

    def __init__(self, limit: float):
        self.limit, self.spent, self.held = limit, 0.0, 0.0
        self._lock = threading.Lock()

    @property
    def left(self) -> float:
        return self.limit - self.spent - self.held

    def reserve(self, bound: float) -> None:
        """Holds `bound` USD for a call, or raises BudgetExceeded: then the call must not be sent."""
        with self._lock:
            if bound > self.left:
                raise BudgetExceeded(bound, max(0.0, self.left), self.limit)
            self.held += bound

    def settle(self, bound: float, real: float) -> None:
        """Puts what a call really cost (0 if it was refused) in the place of what was held for it."""
        with self._lock:
            self.held = max(0.0, self.held - bound)
            self.spent += real

    def __repr__(self) -> str:
        return f"<Budget {usd(self.limit)}: {usd(self.spent, 6)} spent, {usd(self.held, 6)} held>"


_shared = Budget(0.10)


def shared_budget() -> Budget:
    """This process's one budget: SAMPLERS_BUDGET_USD, 0.10 if unset. Connecting again does not
    refill it.
    """
    _shared.limit = _limit(os.environ.get("SAMPLERS_BUDGET_USD") or "0.10")
    return _shared


def _limit(text: str) -> float:
    try:
        limit = float(text)
    except ValueError:
        limit = math.nan
    if not 0 <= limit < math.inf:
        raise ValueError(f"SAMPLERS_BUDGET_USD must be a number of USD >= 0, got {text!r}")
    return limit
