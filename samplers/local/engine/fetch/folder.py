"""A folder for one fetch of the weights, and the removal of what a killed fetch left.

Each folder has a lock file, which its process holds locked: the operating system unlocks it when
the process ends, in whatever way. So a folder whose lock can be had belongs to nobody.
"""

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

PREFIX = "fetch-"
LOCK = "lock"
TRIES = 3  # a sweep can take a folder between its making and its lock
LEFT_BEHIND = 86_400  # seconds; a folder without a lock that is older belongs to a killed process


@contextlib.contextmanager
def fetch_folder(cache: Path) -> Iterator[Path]:
    """A new folder in `cache`, which is removed at the end."""
    with contextlib.ExitStack() as stack:
        for _ in range(TRIES):
            temporary = tempfile.TemporaryDirectory(
                prefix=PREFIX, dir=cache, ignore_cleanup_errors=True
            )
            folder = Path(stack.enter_context(temporary))
            lock = stack.enter_context((folder / LOCK).open("wb"))
            if _take(lock) and (folder / LOCK).exists():
                break  # else a sweep was faster
        yield folder


def sweep(cache: Path) -> None:
    """Removes the folders of fetches that were killed. Those of running ones stay."""
    for folder in cache.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # another process has just removed it
            if _is_nobodys(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_nobodys(folder: Path) -> bool:
    try:
        with (folder / LOCK).open("r+b") as lock:
            return _take(lock)
    except FileNotFoundError:  # it is being made, or its fetch was killed at once
        return time.time() - folder.stat().st_mtime > LEFT_BEHIND


def _take(lock: BinaryIO) -> bool:
    """Whether the lock is now ours: not if it is another's, or if this disk knows no locks."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
