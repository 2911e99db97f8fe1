"""Processes that a test starts, or waits for."""

import os
import subprocess
import sys
import time
from pathlib import Path


def run_python(code: str) -> subprocess.CompletedProcess:
    """Runs `code` in a Python process of its own, as a learner's kernel is."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def wait_for_end(pid: int, seconds: float = 10) -> None:
    """Returns when no process has this id. A zombie that nobody waits for counts as ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
            if "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text():
                return
        except (ProcessLookupError, FileNotFoundError):
            return
        time.sleep(0.02)
    raise AssertionError(f"process {pid} still runs")
