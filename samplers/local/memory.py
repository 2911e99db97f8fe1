"""Gives freed memory back to the system, for the others on this machine.

An answer with the whole vocabulary takes hundreds of megabytes for a moment. glibc keeps what was
freed in the pools of its threads; `malloc_trim` is its function that gives it back.
"""

import asyncio
import ctypes
import sys

M_MMAP_THRESHOLD = -3  # of glibc's malloc.h
LARGE = 1 << 20  # bytes
SECONDS = 10  # between two times; one takes some milliseconds


async def give_back_regularly() -> None:
    """Runs until it is cancelled. Returns at once where the C library is not glibc."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    while trim is not None:
        await asyncio.sleep(SECONDS)
        await asyncio.to_thread(trim, 0)


def give_back_large_blocks() -> None:
    """Makes glibc give a block of LARGE or more back as soon as it is freed.

    Otherwise it keeps blocks of up to 32 MB, once it has seen one: logits of 64 tokens are 12 MB.
    """
    if sys.platform == "linux" and hasattr(ctypes.CDLL(None), "mallopt"):
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE)
