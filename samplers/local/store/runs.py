"""Runs: each endpoint's use of a database, from its first write to its end, however it ends.

While a run goes on, it has the lock on a file of its own beside the database.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from samplers.local.store import file_lock


def new_id() -> str:
    """The id of a run, which no other one has."""
    return secrets.token_hex(8)


def begin(folder: Path, run: str) -> BinaryIO:
    """The lock that shows that the run goes on. Removes what ended runs have left."""
    for path in folder.glob("run-*.lock"):
        _is_held(path)
    path = _path(folder, run)
    while True:
        lock = file_lock.take(path)
        if lock is not None and _stands(lock, path):
            return lock
        if lock is not None:  # another endpoint took it for one of an ended run
            lock.close()


def goes_on(folder: Path, run: str) -> bool:
    """Whether a run that has begun has not ended yet."""
    return _is_held(_path(folder, run))


def _is_held(path: Path) -> bool:
    """Whether somebody has the lock on the file. If not, the file is removed."""
    if not path.exists():
        return False
    lock = file_lock.take(path)
    if lock is None:
        return True
    with lock, suppress(OSError):  # Windows removes no open file: it stays, and is empty
        path.unlink()
    return False


def _stands(lock: BinaryIO, path: Path) -> bool:
    """Whether the locked file is still the one of that name."""
    try:
        return os.path.samestat(os.fstat(lock.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _path(folder: Path, run: str) -> Path:
    return folder / f"run-{run}.lock"
