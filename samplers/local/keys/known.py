"""Who is let in: each key and whose it is. A file of keys is read again while the endpoint runs."""

import hashlib
import sys
import time
from pathlib import Path

from samplers.local.key import owner_of_key, owner_of_name
from samplers.local.keys.read import KeysError, content_of, keys_in

LOOK_AGAIN = 1.0  # seconds after which a request looks at the file again


class Keys:
    """One key. It is found by its sha256, so that the time of a search says nothing about it."""

    shared = False  # whether several people have keys

    def __init__(self, key: str):
        self._owners = {_digest(key): owner_of_key(key)}

    def owner(self, key: str) -> str | None:
        """Whose a key is; None if it is not let in."""
        return self._owners.get(_digest(key))

    def owners(self) -> set[str]:
        """All who have a key."""
        return set(self._owners.values())


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
        self._looked = time.monotonic()

    def owner(self, key: str) -> str | None:
        """As of Keys. A key that was removed is let in for LOOK_AGAIN seconds at most."""
        self._look()
        return super().owner(key)

    def owners(self) -> set[str]:
        """As of Keys."""
        self._look()
        return super().owners()

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._looked < LOOK_AGAIN:
            return
        self._looked = now
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
