"""Prompts that one slot has read, in files, so that the other slots need not read them.

Reading takes some 4 ms a token. To write a prompt of 80 tokens takes 2 ms, and to load it 1 ms, and
a file has the slot's cache to the bit. So of all who ask the same question at the same time, the
choices of a request or a whole class, one reads it.

The files lie in the private folder of the engine's socket, and end with it.
"""

from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from pathlib import Path

from samplers.local.engine.slots import FEW, Slot, shared

PATTERN = "prompt-*"  # of the files' names
MOST = 2048  # tokens in all files together, at 23 kB each
LONGEST = 512  # tokens of one file


class SavedPrompts:
    """The files of one engine. `folder`: None where it can write none; then nothing is saved.

    `call(path, body)` makes a call to the engine and tells whether that did it. A disk may be full,
    or a file gone: then the prompt is read.
    """

    def __init__(self, folder: Path | None, call: Callable[[str, dict], Awaitable[bool]]):
        self._folder = folder
        self._call = call
        self._numbers = count()
        self._prompts: dict[str, list[int]] = {}  # by the file's name, the one unused longest first

    async def load_into(self, slot: Slot, prompt: Sequence[int]) -> None:
        """Gives a slot that its caller holds what is saved of `prompt`, if that is much more."""
        known = {name: shared(saved, prompt) for name, saved in self._prompts.items()}
        name = max(known, key=known.get, default=None)
        if name is None or known[name] - shared(slot.tokens, prompt) <= FEW:
            return

        saved = self._prompts.pop(name)
        self._prompts[name] = saved
        slot.tokens = []  # until it is known
        if await self._call(f"/slots/{slot.id}?action=restore", {"filename": name}):
            slot.tokens = list(saved)
        else:
            self._remove(name)

    async def save(self, slot: Slot) -> None:
        """Saves what a slot has read, in place of what that begins with."""
        tokens = list(slot.tokens)
        if self._folder is None or len(tokens) > LONGEST:
            return
        name = PATTERN.replace("*", str(next(self._numbers)))
        if not await self._call(f"/slots/{slot.id}?action=save", {"filename": name}):
            return
        for other, saved in list(self._prompts.items()):
            if shared(saved, tokens) == len(saved):
                self._remove(other)
        self._prompts[name] = tokens
        while sum(map(len, self._prompts.values())) > MOST:
            self._remove(next(iter(self._prompts)))

    def _remove(self, name: str) -> None:
        self._prompts.pop(name, None)
        (self._folder / name).unlink(missing_ok=True)
