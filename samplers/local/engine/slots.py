"""Who may use the engine, and when: one client must not stop the others.

The engine works on all its slots in turn, one step after the other. So a job holds a slot while it
is answered, one slot is kept for short jobs, and prompts are read in slices that take turns.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress

from samplers.local.engine.fair import Places

# Answers of any length that are generated at the same time, unless it is said otherwise. On one
# thread, 4 together are 1.6 to 2 times as fast as one after the other.
SLOTS = 4
KEPT = 2  # more slots, for short jobs alone
SIDE = 1  # one more, for short calls in the middle of an answer
MOST_SLOTS = 256 - KEPT - SIDE  # the engine has no more than 256
# A short job, in tokens of its prompt and of its answer.
SHORT_PROMPT = 256
SHORT_ANSWER = 64
# The second slot of those that are kept takes the first choice of an answer of so few tokens: where
# much is going on, a token can take half a second.
TINY_ANSWER = 16
NEIGHBOUR = 64
# Answers at the same time with logprobs of the whole vocabulary: one token's fill 200 MB.
WHOLE = 2
# Tokens that are read by one call. From 64 tokens on, the engine's attention adds up in another
# order, and a cached prompt would give other logits than a fresh one (`server.load`).
SLICE = 63
# So few new tokens are not worth a call of their own: they are read with the answer's first step.
FEW = 16
# Tokens of a slice while others are being answered.
SMALL_SLICE = 16


class Slot:
    """A slot of the engine; `tokens` are those that its cache begins with, as far as is known."""

    def __init__(self, number: int):
        self.id = number
        self.tokens: list[int] = []


class Slots:
    """The engine's slots: `count` for answers of any length, and KEPT for short ones.

    Owners take turns. What one of them waits for is served in the order of coming.
    """

    def __init__(self, count: int = SLOTS):
        self.count = count
        self._all = count + KEPT
        self._free = [Slot(number) for number in range(self._all)]
        places = {"any": self._all, "not tiny": self._all - 1, "long": count, "whole": WHOLE}
        self._places = Places(places)

        self._live = 0  # answers that somebody waits for
        self._quiet = asyncio.Event()
        self._quiet.set()

        self._side = Slot(self._all)
        self._side_lock = asyncio.Lock()

        self._reading = 0
        self._turn = asyncio.Lock()
        self._long_turn = asyncio.Lock()
        self._next_slice = 0.0  # of time.monotonic(), while others are being answered

    @asynccontextmanager
    async def hold(
        self,
        prompt: list[int],
        limit: int,
        whole: bool = False,
        first: bool = True,
        background: bool = False,
        owner: str = "",
    ) -> AsyncIterator[Slot]:
        """A slot for an answer of at most `limit` tokens; leave the context to give it back.

        `whole`: the answer has logprobs of the whole vocabulary. `first`: it is the first choice.
        `background`: nobody waits for the answer. `owner`: whose it is.
        """
        short = len(prompt) <= SHORT_PROMPT and limit <= SHORT_ANSWER
        kinds = ["any"]
        if not (short and first and limit <= TINY_ANSWER):
            kinds.append("not tiny")
        if not short:
            kinds.append("long")
        if whole:
            kinds.append("whole")

        async with AsyncExitStack() as stack:
            if not background:
                stack.enter_context(self._counted())
            await stack.enter_async_context(self._places.take(kinds, owner))

            slot = self._take(prompt, limit)
            try:
                yield slot
            finally:
                self._free.append(slot)

    @property
    def of_a_job(self) -> int:
        """The most choices of a job at the same time: it leaves a slot to another long one."""
        return max(1, self.count - 1)

    def limit_each_owner(self, share: int) -> None:
        """From now on no owner has more than `share` answers at the same time; the rest waits."""
        self._places.share = share

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self._live += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._live -= 1
            if not self._live:
                self._quiet.set()

    async def quiet(self, seconds: float) -> None:
        """Waits until nobody waits for an answer, but not longer than so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._quiet.wait()

    def _take(self, prompt: list[int], limit: int) -> Slot:
        """The best free slot: by what is cached, and by its neighbours.

        The engine draws the next tokens of neighbouring slots in one step, and those of others in
        steps of their own, which takes longer. So a neighbour that is busy is worth as many
        cached tokens as are drawn, and not more than NEIGHBOUR.
        """
        busy = set(range(self._all)) - {slot.id for slot in self._free}

        def worth(slot: Slot) -> int:
            cached = shared(slot.tokens, prompt)
            if 10 * cached < len(prompt):
                cached = 0
            neighbours = len(busy & {slot.id - 1, slot.id + 1})
            return cached + neighbours * min(limit, NEIGHBOUR)

        best = max(self._free, key=worth)  # of equal ones the one unused for longest
        self._free.remove(best)
        return best

    @asynccontextmanager
    async def side(self) -> AsyncIterator[Slot]:
        """The slot for a short call by one who holds a slot already, or needs no prompt's cache.

        Two who wait for a second slot could otherwise wait for each other.
        """
        async with self._side_lock:
            yield self._side

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Hold it while a prompt is read, and take `turn` for each slice."""
        self._reading += 1
        try:
            yield
        finally:
            self._reading -= 1

    @asynccontextmanager
    async def turn(self, left: int) -> AsyncIterator[int]:
        """The turn to read one slice; gives how many of the `left` tokens it has.

        Turns are in the order of coming, and of those with more than one slice left one at a time
        is in the queue. While others are being answered it pauses as long as its last slice took:
        the engine's step reads a slice and draws one token of every answer, so that without pauses
        answers would be as slow as slices.
        """
        async with AsyncExitStack() as stack:
            if left > SLICE:
                await stack.enter_async_context(self._long_turn)
                if self._answering():
                    await asyncio.sleep(self._next_slice - time.monotonic())
            await stack.enter_async_context(self._turn)

            begin = time.monotonic()
            try:
                yield min(left, SMALL_SLICE if left > SLICE and self._answering() else SLICE)
            finally:
                end = time.monotonic()
                self._next_slice = end + (end - begin)

    def _answering(self) -> bool:
        return self._all - len(self._free) > self._reading


def engine_slots(count: int) -> int:
    """How many slots the engine needs for `count` answers of any length."""
    return count + KEPT + SIDE


def shared(first: Sequence[int], second: Sequence[int]) -> int:
    """How many tokens two lists have in common at their beginning."""
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count
