"""Runs a module in a process of its own: a trial that can end its process, or run for ever."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

SECONDS = 15  # for a small file
BYTES_A_SECOND = 50_000_000  # of a slow disk
MOST_SECONDS = 600


def try_file(module: str, path: Path, seconds: float) -> str | None:
    """Runs `python -m module path seconds`, whose `main` is `end_with` of a function.

    Returns None if it succeeded, else the reason why not. TimeoutError after `seconds`.
    """
    command = [sys.executable, "-m", module, str(path), str(seconds)]
    with tempfile.TemporaryDirectory(prefix="samplers-", ignore_cleanup_errors=True) as folder:
        own = {"TMPDIR": folder}  # for the socket, which stays if the process breaks down
        if sys.flags.safe_path:
            own["PYTHONSAFEPATH"] = "1"
        child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,  # it ends where this is closed: with us, however we end
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=os.environ | own,
        )
        timer = threading.Timer(seconds, child.kill)
        timer.start()
        try:
            output = child.stderr.read()
            child.wait()
            in_time = timer.is_alive()
        finally:
            timer.cancel()
            child.kill()
            child.wait()
            child.stdin.close()
            child.stderr.close()

    if child.returncode == 0:
        return None
    if not in_time:
        raise TimeoutError
    return _reason(child.returncode, output.decode(errors="replace"))


def seconds_for(path: Path) -> float:
    """The most seconds that loading a file of this size can take."""
    return min(SECONDS + path.stat().st_size / BYTES_A_SECOND, MOST_SECONDS)


def _reason(code: int, output: str) -> str:
    """What the process said last, of a C++ source file's path the name; else how it ended."""
    lines = output.strip().splitlines()
    if lines:
        return lines[-1].rpartition("/")[2][:200]
    ended = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return f"the engine ended with {ended}"


def end_with(trial: Callable[[Path], None], path: str, seconds: str) -> None:
    """In the process: calls `trial(path)` and ends. An error's text, in one line, is the reason."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if hasattr(signal, "setitimer"):
        # Ends this process even if its parent is stopped and the engine does not return.
        signal.setitimer(signal.ITIMER_REAL, float(seconds) + 2)
    code = 0
    try:
        trial(Path(path))
    except Exception as error:
        print(str(error).replace("\n", " "), file=sys.stderr)
        code = 1
    sys.stderr.flush()
    os._exit(code)  # at a normal exit, the engine's threads could keep the process alive


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    shutil.rmtree(tempfile.gettempdir(), ignore_errors=True)  # the folder that is our own
    os._exit(1)
