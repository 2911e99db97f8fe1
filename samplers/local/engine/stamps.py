"""Checks of a file that take time, made once for each change of the file.

A stamp is a small file in the cache folder: the size and the time of change that the file had when
it passed. Where the folder cannot be written there are no stamps, and the check is made each time.
"""

import contextlib
import hashlib
import os
from collections.abc import Callable
from pathlib import Path


def passes(folder: Path, path: Path, name: str, check: Callable[[], bool]) -> bool:
    """Whether `check()` holds for the file at `path`. It is not called if the file has its stamp.

    `name` tells the checks of one file apart. OSError if there is no file.
    """
    digest = hashlib.sha256(f"{path.resolve()} {name}".encode(errors="surrogateescape"))
    stamp = folder / f"{path.name[:100]}.{digest.hexdigest()[:16]}.checked"
    state = path.stat()
    now = f"{state.st_size} {state.st_mtime_ns}"
    with contextlib.suppress(OSError, ValueError):
        if stamp.read_text(encoding="utf-8") == now:
            return True

    if not check():
        return False
    _write(stamp, now)
    return True


def _write(stamp: Path, text: str) -> None:
    part = stamp.with_name(f"{stamp.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        stamp.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        os.replace(part, stamp)
