"""A lock that ends with its process, however that ends: the operating system's lock on a file."""

import os
from pathlib import Path
from typing import BinaryIO


def take(path: Path) -> BinaryIO | None:
    """The locked file, open; closing it gives the lock back. None if somebody else has the lock.

    Children of this process do not inherit it. The file itself stays: removing it would be a race.
    OSError if the file cannot be locked at all, as on some network drives.
    """
    file = open(path, "ab")  # noqa: SIM115
    try:
        _lock(file.fileno())
    except OSError as error:
        file.close()
        if isinstance(error, BlockingIOError | PermissionError):  # the second one on Windows
            return None
        raise
    return file


def _lock(descriptor: int) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
