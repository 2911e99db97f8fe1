"""Tries in a process of its own whether the engine can load a model file.

A broken file can end the engine's process, and a chat template can run for ever.
"""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from samplers.local.engine.gguf import read_vocabulary
from samplers.local.engine.loading import LoadError, load

SECONDS = 15  # for a small file
BYTES_A_SECOND = 50_000_000  # of a slow disk
MOST_SECONDS = 600
HELLO = [{"role": "user", "content": "Hello"}]


def try_to_load(path: Path, seconds: float | None = None) -> None:
    """Returns when the engine has loaded the file and answered once. LoadError if it does not.

    `seconds` is the most that it may take; None: as long as a file of its size can take.
    """
    if seconds is None:
        seconds = min(SECONDS + path.stat().st_size / BYTES_A_SECOND, MOST_SECONDS)

    command = [sys.executable, "-m", "samplers.local.engine.load_trial", str(path), str(seconds)]
    with tempfile.TemporaryDirectory(prefix="samplers-", ignore_cleanup_errors=True) as folder:
        own = {"TMPDIR": folder}  # for the socket, which stays if the process breaks down
        if sys.flags.safe_path:
            own["PYTHONSAFEPATH"] = "1"
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=os.environ | own,
        )
        try:
            _, output = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            reason = f"not ready after {seconds:.0f} s; does its chat template end?"
            raise LoadError(path, reason) from None
        finally:
            child.kill()
            child.wait()

    if child.returncode != 0:
        raise LoadError(path, _reason(child.returncode, output.decode(errors="replace")))


def _reason(code: int, output: str) -> str:
    """What the process said last, of a C++ source file's path the name; else how it ended."""
    lines = output.strip().splitlines()
    if lines:
        return lines[-1].rpartition("/")[2][:200]
    ended = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return f"the engine ended with {ended}"


async def _load_and_answer(path: Path) -> None:
    engine = await load(path, read_vocabulary(path), None, verbose=False)
    await engine.tokenize(await engine.render(HELLO), control=True)


def main(path: str, seconds: str) -> int:
    """Loads the file. Returns 1, with the reason on stderr, if that fails."""
    if hasattr(signal, "setitimer"):
        # Ends this process even if its parent is gone and the engine does not return.
        signal.setitimer(signal.ITIMER_REAL, float(seconds) + 2)
    try:
        asyncio.run(_load_and_answer(Path(path)))
    except Exception as error:
        reason = error.reason if isinstance(error, LoadError) else error
        print(str(reason).replace("\n", " "), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    code = main(*sys.argv[1:])
    sys.stderr.flush()
    os._exit(code)  # at a normal exit, the engine's threads could keep the process alive
