"""A fair order of those who wait for a slot."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count


@dataclass(eq=False)
class _Claim:
    """What somebody waits for, or has: a place of each of the `kinds`."""

    kinds: Sequence[str]
    owner: str
    served: asyncio.Future


class Places:
    """So many `places` of each kind, given out in a fair order.

    When places become free, the owner who has the fewest claims comes first; of two with as many,
    the one who was served longest ago. An owner's own claims are served in the order of coming,
    but one that cannot be served yet lets those pass that need other kinds. `share` is the most
    claims of one owner at the same time; None: there is no such limit.
    """

    def __init__(self, places: dict[str, int], share: int | None = None):
        self.share = share
        self._free = dict(places)
        self._turns = count()
        self._served: Counter[str] = Counter()  # claims of each owner
        self._waiting: dict[str, list[_Claim]] = {}  # of each owner
        self._last: dict[str, int] = {}  # when each owner was served last, in claims of all

    @asynccontextmanager
    async def take(self, kinds: Sequence[str], owner: str = "") -> AsyncIterator[None]:
        """A place of each kind, all at the same time; leave the context to give them back."""
        claim = _Claim(kinds, owner, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(owner, []).append(claim)
        self._serve()
        try:
            await claim.served
            yield
        finally:
            if claim.served.cancelled():
                self._no_longer_waits(claim)
            else:  # one that was cancelled just after it was served has its places, too
                self._change(claim, -1)
                self._serve()

    def _serve(self) -> None:
        """Serves all who can be served."""
        while (claim := self._next()) is not None:
            self._no_longer_waits(claim)
            self._change(claim, 1)
            self._last[claim.owner] = next(self._turns)
            claim.served.set_result(None)

    def _next(self) -> _Claim | None:
        def order(owner: str) -> tuple[int, int]:
            return self._served[owner], self._last.get(owner, -1)

        for owner in sorted(self._waiting, key=order):
            if self.share is not None and self._served[owner] >= self.share:
                return None  # so have those who come after
            for claim in self._waiting[owner]:
                is_free = all(self._free[kind] for kind in claim.kinds)
                if is_free and not claim.served.cancelled():
                    return claim
        return None

    def _no_longer_waits(self, claim: _Claim) -> None:
        self._waiting[claim.owner].remove(claim)
        if not self._waiting[claim.owner]:
            del self._waiting[claim.owner]

    def _change(self, claim: _Claim, by: int) -> None:
        for kind in claim.kinds:
            self._free[kind] -= by
        self._served[claim.owner] += by
