"""`tests/timed.py`: the exit code is the command's, and orphans' seconds count."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

TIMED = Path(__file__).with_name("timed.py")
BUSY = "import time\nwhile time.process_time() < 1.5: pass"
# starts a busy process, prints its id and ends at once: nobody waits for the busy one
LEAVES = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {BUSY!r}])"


def timed(code: str) -> subprocess.CompletedProcess:
    command = [sys.executable, str(TIMED), sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("code", [0, 1, 5])
def test_the_exit_code_is_the_commands(code):
    assert timed(f"raise SystemExit({code})").returncode == code


@pytest.mark.skipif(sys.platform != "linux", reason="orphans are waited for on Linux alone")
def test_the_seconds_of_an_orphan_count():
    line = timed(LEAVES).stdout
    user, system = map(int, re.findall(r"(\d+) s (?:user|system)", line))
    assert user + system >= 1


def test_a_missing_command_is_said():
    result = subprocess.run(
        [sys.executable, str(TIMED)], capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert "name the command" in result.stderr
