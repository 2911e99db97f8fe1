"""The model's own logits for all clients: one context, and prompts are read in turns.

While it is not known that the C interface can be used (`trial.py`), and where it cannot, `why` says
so, and the logits come through the server's JSON instead.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing, suppress
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import TypeVar

import numpy as np

from samplers.local.engine.logits.context import Context
from samplers.local.engine.slots import SHORT_PROMPT, SLICE

STILL_TRYING = "the exact way is still being tried"
# Prompts that are being read at the same time; others wait. What was read of each is kept, at 23 kB
# a token.
MOST_SHORT = 16
MOST_LONG = 2
# Rows of one slice. llama.cpp keeps twice their size, 12 MB; slices with more rows are 3 % faster.
MOST_ROWS = 32

T = TypeVar("T")
MakeReady = Callable[[], Coroutine]


@dataclass(frozen=True)
class Row:
    """What the model gives before one token: a number for each token id, float32 of shape (V,).

    They are the model's own logits if `raw`, else log-probabilities, -inf for a token that cannot
    be drawn. `cached` is how many of the prompt's tokens had been read before.
    """

    logits: np.ndarray
    raw: bool
    cached: int

    @cached_property
    def logsumexp(self) -> float:
        """log(sum(exp(logits))), summed in float64."""
        return logsumexp(self.logits)


def logsumexp(logits: np.ndarray) -> float:
    """log(sum(exp(logits))) of one row, summed in float64. RuntimeError if it is no number."""
    row = logits.astype(np.float64)
    highest = row.max()
    with np.errstate(invalid="ignore"):
        result = float(highest + np.log(np.exp(row - highest).sum()))
    if not isfinite(result):
        raise RuntimeError(f"the model's logits are no numbers: their log-sum-exp is {result}")
    return result


def most_probable(logits: np.ndarray, count: int) -> np.ndarray:
    """The ids of the `count` greatest logits, the greatest first, of equal ones the lower id.

    Removed tokens (-inf) are left out.
    """
    count = min(count, logits.size)
    if count == 0:
        return np.empty(0, int)
    least = np.partition(logits, -count)[-count]
    ids = np.flatnonzero((logits >= least) & (logits > -np.inf))
    return ids[np.argsort(-logits[ids], kind="stable")][:count]


class _Prompt:
    """A prompt that is being read; `saved` is its cache while another prompt has its turn."""

    def __init__(self, ids: list[int], first: int, take: Callable):
        self.ids = ids
        self.first = first
        self.take = take
        self.saved: tuple[list[int], np.ndarray] | None = None


class Logits:
    """Reads prompts with a Context, slice by slice; clients take turns after each slice.

    `why` says why there is no context, "" when there is one or a trial has promised it.
    """

    def __init__(self) -> None:
        self.why = STILL_TRYING
        self._context: Context | None = None
        self._make_ready: MakeReady | None = None
        self._starting: asyncio.Task | None = None
        self._half_read: _Prompt | None = None  # the one whose tokens the cache holds
        self._turn = asyncio.Lock()  # it is given in the order of coming
        self._short = asyncio.Semaphore(MOST_SHORT)
        self._long = asyncio.Semaphore(MOST_LONG)

    def start_soon(self, make_ready: MakeReady) -> None:
        """Runs what will call `use`, or set `why`, beside what else runs."""
        self._starting = asyncio.create_task(make_ready())

    def start_when_asked(self, make_ready: MakeReady) -> None:
        """Who first asks for logits runs it, and waits. Its trial must have passed."""
        self._make_ready = make_ready
        self.why = ""

    async def why_not(self) -> str:
        """`why`, after the model was loaded. "": `rows` and `after` can be called."""
        if self.why == "" and self._context is None:
            if self._starting is None:
                self.start_soon(self._make_ready)
            await asyncio.wait({self._starting})
        return self.why

    def use(self, context: Context) -> None:
        """From now on logits come from `context`."""
        self._context = context
        self.why = ""

    def close(self) -> None:
        """Frees the context, if there is one. Nothing may be asked afterwards."""
        if self._context is not None:
            self._context.close()

    async def after(self, ids: list[int]) -> Row:
        """The logits after all tokens of a prompt."""
        cached = None
        async with aclosing(self.rows(ids, len(ids) - 1, _itself)) as slices:
            async for begin, rows in slices:
                cached = begin if cached is None else cached
                last = rows
        return Row(last[-1], raw=True, cached=cached)

    async def rows(
        self, ids: list[int], first: int, take: Callable[[np.ndarray, int], T]
    ) -> AsyncIterator[tuple[int, list[T]]]:
        """Reads a prompt. For each slice: the place of its first token, and what `take` made.

        `take(logits, place)` is called in a thread for each token at place `first` and later, in
        their order, with the logits after it: float32 of shape (V,). What the prompt has in common
        with the one that was read last is not read again, up to `first`.
        """
        prompt = _Prompt(ids, first, take)
        among = self._short if len(ids) <= SHORT_PROMPT else self._long
        done = 0
        async with among:
            try:
                while done < len(ids):
                    async with self._turn:
                        begin, done, taken = await self._in_thread(prompt)
                    yield begin, taken
            finally:
                if self._half_read is prompt:
                    self._half_read = None

    async def _in_thread(self, prompt: _Prompt) -> tuple[int, int, list]:
        """One slice. If we are cancelled, the computation is stopped before this returns."""
        self._context.go_on()
        reading = asyncio.ensure_future(asyncio.to_thread(self._read, prompt))
        try:
            return await asyncio.shield(reading)
        except asyncio.CancelledError:
            self._context.stop()
            while not reading.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait({reading})
            reading.exception()  # Aborted, or none if it was done before
            raise

    def _read(self, prompt: _Prompt) -> tuple[int, int, list]:
        """Reads the next slice of a prompt: where it begins and ends, and what was taken of it."""
        context = self._context
        if self._half_read is not prompt:
            if self._half_read is not None:
                self._half_read.saved = context.save()
            context.hold(len(prompt.ids))
            if prompt.saved is not None:
                context.restore(*prompt.saved)
                prompt.saved = None
            else:
                context.keep(prompt.ids, min(prompt.first, len(prompt.ids) - 1))

        begin = len(context.cached)
        end = min(begin + SLICE, max(begin, prompt.first) + MOST_ROWS, len(prompt.ids))
        self._half_read = prompt if end < len(prompt.ids) else None
        wanted = range(max(prompt.first, begin), end)
        context.read(prompt.ids[begin:end], [place - begin for place in wanted])
        return begin, end, [prompt.take(context.logits(place - begin), place) for place in wanted]


def _itself(logits: np.ndarray, place: int) -> np.ndarray:
    return logits
