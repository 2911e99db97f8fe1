"""The model's own logits for all clients: one context, and prompts are read in turns.

While it is not known that the C interface can be used (`trial.py`), and where it cannot, `why` says
so, and the logits come through the server's JSON instead.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import aclosing, suppress
from dataclasses import dataclass
from functools import cached_property
from math import isfinite

import numpy as np

from samplers.local.engine.logits.context import Context
from samplers.local.engine.slots import SHORT_PROMPT, SLICE

STILL_TRYING = "the exact way is still being tried"
# Prompts that are being read at the same time; others wait. What was read of each is kept, at 23 kB
# a token.
MOST_SHORT = 16
MOST_LONG = 2


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

    def __init__(self, ids: list[int], first: int):
        self.ids = ids
        self.first = first
        self.saved: tuple[list[int], np.ndarray] | None = None


class Logits:
    """Reads prompts with a Context, slice by slice; clients take turns after each slice.

    `why` says why there is no context, "" when there is one.
    """

    def __init__(self) -> None:
        self.why = STILL_TRYING
        self._context: Context | None = None
        self._half_read: _Prompt | None = None  # the one whose tokens the cache holds
        self._turn = asyncio.Lock()  # it is given in the order of coming
        self._short = asyncio.Semaphore(MOST_SHORT)
        self._long = asyncio.Semaphore(MOST_LONG)

    def start_soon(self, making_ready: Coroutine) -> None:
        """Runs what will call `use`, or set `why`, beside what else runs."""
        self._starting = asyncio.create_task(making_ready)

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
        async with aclosing(self.rows(ids, len(ids) - 1)) as slices:
            async for begin, rows in slices:
                cached = begin if cached is None else cached
                last = rows
        return Row(last[-1], raw=True, cached=cached)

    async def rows(self, ids: list[int], first: int) -> AsyncIterator[tuple[int, np.ndarray]]:
        """Reads a prompt. For each slice: the place of its first token, and the logits after it.

        The logits are those after the slice's tokens at place `first` and later, in their order:
        float32 of shape (n, V), where n is 0 before `first`. What the prompt has in common with the
        one that was read last is not read again, up to `first`.
        """
        prompt = _Prompt(ids, first)
        among = self._short if len(ids) <= SHORT_PROMPT else self._long
        done = 0
        async with among:
            try:
                while done < len(ids):
                    async with self._turn:
                        begin, rows = await self._in_thread(prompt)
                    done = min(begin + SLICE, len(ids))
                    yield begin, rows
            finally:
                if self._half_read is prompt:
                    self._half_read = None

    async def _in_thread(self, prompt: _Prompt) -> tuple[int, np.ndarray]:
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

    def _read(self, prompt: _Prompt) -> tuple[int, np.ndarray]:
        """Reads the next slice of a prompt: where it begins, and the logits that are wanted."""
        context = self._context
        if self._half_read is not prompt:
            if self._half_read is not None:
                self._half_read.saved = context.save()
            if prompt.saved is not None:
                context.restore(*prompt.saved)
                prompt.saved = None
            else:
                context.keep(prompt.ids, min(prompt.first, len(prompt.ids) - 1))

        begin = len(context.cached)
        part = prompt.ids[begin : begin + SLICE]
        self._half_read = prompt if begin + len(part) < len(prompt.ids) else None
        return begin, context.read(part, range(max(prompt.first - begin, 0), len(part)))
