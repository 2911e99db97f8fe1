"""A lock that ends with its process, however that ends: the operating system's lock on a file."""

import os
from pathlib import Path
from typing import BinaryIO


def take(path: Path) -> BinaryIO | None:
    """The locked file, open; closing it gives the lock back. None if somebody else has the lock.

    Children of this process do not inherit it. The file itself stays: removing it would be a race.
    """
    file = open(path, "ab")  # noqa: SIM115
    try:
        _lock(file.fileno())
    except OSError:
        file.close()
        return None
    return file


def _lock(descriptor: int) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
