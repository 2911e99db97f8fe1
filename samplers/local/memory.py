"""Gives freed memory back to the system, for the others on this machine.

An answer with the whole vocabulary takes hundreds of megabytes for a moment. glibc keeps what was
freed in the pools of its threads; `malloc_trim` is its function that gives it back.
"""

import asyncio
import ctypes
import sys

SECONDS = 10  # between two times; one takes some milliseconds


async def give_back_regularly() -> None:
    """Runs until it is cancelled. Returns at once where the C library is not glibc."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    while trim is not None:
        await asyncio.sleep(SECONDS)
        await asyncio.to_thread(trim, 0)
