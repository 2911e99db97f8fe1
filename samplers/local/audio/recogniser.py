"""One recogniser for all who ask: one after another, in a thread beside the other requests."""

import asyncio
import threading
from collections.abc import Callable

import numpy as np

from samplers.local.audio.recognise import Transcription, recognise


class Recogniser:
    """Recognises speech, one sound at a time; the others wait in the order in which they came."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def words(
        self, decode: Callable[[], np.ndarray], prompt: str = "", temperature: float = 0
    ) -> Transcription:
        """As `recognise`. If this is cancelled, it ends as soon as the thread has stopped."""
        stop = threading.Event()
        async with self._turn:
            thread = asyncio.to_thread(recognise, decode, prompt, temperature, stop)
            work = asyncio.ensure_future(thread)
            try:
                return await asyncio.shield(work)
            except asyncio.CancelledError:
                stop.set()
                # until then the file must stay open, and nobody else has a turn
                await asyncio.wait({work})
                raise
