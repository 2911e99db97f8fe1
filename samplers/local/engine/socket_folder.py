"""A private folder for the engine's Unix socket and its files: only this user can enter it.

It is locked while its process lives, however that ends. So the next start can tell what a killed
process left from what is in use.
"""

import fcntl
import os
import socket
import tempfile
from contextlib import suppress
from pathlib import Path

from samplers.local.engine.saved_prompts import PATTERN

PREFIX = "samplers-engine-"
NAME = "engine.sock"
_locks: dict[Path, int] = {}  # this process's folders, each with the descriptor of its lock


def make() -> Path:
    """The path of a socket that does not exist yet, in a new folder. `remove` ends the folder.

    OSError if no temporary folder can hold a socket. First removes what killed processes left.
    """
    temporary = tempfile.gettempdir()
    # The user's own can be too long for a socket (macOS), or on a disk that holds none.
    places = list(dict.fromkeys([temporary, "/tmp"]))
    for place in places:
        _sweep(Path(place))

    for place in places * 2:  # twice: another's sweep can come between a folder and its lock
        try:
            return _make(place)
        except OSError:
            remove()

    raise OSError(f"no socket can be made in {' or '.join(places)}: set TMPDIR to a short path")


def remove() -> None:
    """Removes this process's folders."""
    with suppress(KeyError):  # until there is none; two threads may end the process at once
        while True:
            folder, lock = _locks.popitem()
            _delete(folder)
            os.close(lock)


def _make(place: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))  # mode 0700
    _locks[folder] = _open(folder)
    fcntl.flock(_locks[folder], fcntl.LOCK_EX | fcntl.LOCK_NB)

    path = folder / NAME
    with socket.socket(socket.AF_UNIX) as trial:
        trial.bind(str(path))
    path.unlink()
    return path


def _sweep(place: Path) -> None:
    for folder in place.glob(f"{PREFIX}*"):
        try:
            lock = _open(folder)
        except OSError:  # not a folder, or not for us
            continue
        try:
            if os.fstat(lock).st_uid == os.getuid():
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _delete(folder)
        except OSError:  # its process lives
            continue
        finally:
            os.close(lock)


def _open(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)


def _delete(folder: Path) -> None:
    """Removes a folder of ours; one with anything else in it stays."""
    try:
        for path in (folder / NAME, *folder.glob(PATTERN)):
            path.unlink(missing_ok=True)
        folder.rmdir()
    except OSError:
        return
