"""Who is let in: each key and whose it is. A file of keys is read again while the endpoint runs."""

import asyncio
import hashlib
import sys
from pathlib import Path

from samplers.local.key import LOCAL, owner_of_name
from samplers.local.keys.read import KeysError, content_of, keys_in

LOOK_AGAIN = 1.0  # seconds


class Keys:
    """One key. It is found by its sha256, so that the time of a search says nothing about it."""

    shared = False  # whether several people have keys

    def __init__(self, key: str):
        self._owners = {_digest(key): LOCAL}

    def owner(self, key: str) -> str | None:
        """Whose a key is; None if it is not let in."""
        return self._owners.get(_digest(key))

    def owners(self) -> set[str]:
        """All who have a key."""
        return set(self._owners.values())

    async def watch(self) -> None:
        """Notices other keys, as long as it runs. One key stays as it is."""


class KeysFile(Keys):
    """The keys of a file, as it is now. KeysError if it cannot be used at the start.

    If it becomes wrong later, the keys of before stay, and standard error says so.
    """

    shared = True

    def __init__(self, path: Path):
        self._path = path
        self._content = content_of(path)
        self._owners = _owners(self._content, path)
        self._problem = ""

    async def watch(self) -> None:
        """Looks at the file every LOOK_AGAIN seconds."""
        while True:
            await asyncio.sleep(LOOK_AGAIN)
            await asyncio.to_thread(self.look)  # a network drive can keep its reader waiting

    def look(self) -> None:
        """Reads the file again, and takes its keys if it has changed."""
        try:
            content = content_of(self._path)
            if content == self._content and not self._problem:
                return
            self._owners = _owners(content, self._path)
        except KeysError as error:
            if str(error) != self._problem:
                _say(f"{error} Until then the keys of before stay in use.")
            self._problem = str(error)
            return

        self._content = content
        self._problem = ""
        _say(f"{self._path} was read again. Keys in use: {len(self._owners)}.")


def _owners(content: bytes, path: Path) -> dict[bytes, str]:
    keys = keys_in(content, path)
    return {_digest(key): owner_of_name(name) for name, key in keys.items()}


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def _say(sentence: str) -> None:
    print(f"samplers.local: {sentence}", file=sys.stderr, flush=True)
