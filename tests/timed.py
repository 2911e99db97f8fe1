"""`python tests/timed.py COMMAND …`: runs a command and says what it took.

Beside the time on the clock: user and system seconds of every process that it started. On Linux
these include the processes that outlive their own parents, as a local endpoint does when its
notebook's kernel is killed: they become our children, and are waited for. Elsewhere they are not
counted. The exit code is the command's.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

BECOME_PARENT = 36  # PR_SET_CHILD_SUBREAPER of prctl(2): orphans below us become our children
LAST_SECONDS = 10  # that orphans have to end


def main(command: list[str]) -> int:
    """Runs the command; returns its exit code, as a shell does for a signal."""
    if not command:
        print("name the command to run: python tests/timed.py COMMAND …", file=sys.stderr)
        return 2
    # Ctrl-C reaches the command, too, and it decides; a handler, unlike SIG_IGN, is not inherited
    signal.signal(signal.SIGINT, lambda *_: None)

    begin = time.monotonic()
    code = _with_orphans(command) if sys.platform == "linux" else subprocess.call(command)
    clock = time.monotonic() - begin
    print(f"{clock:.0f} s on the clock; {_processors()}, all processes together", flush=True)
    return code if code >= 0 else 128 - code


def _with_orphans(command: list[str]) -> int:
    """Runs the command, waits for its orphans as init would, and returns its exit code."""
    ctypes.CDLL(None).prctl(BECOME_PARENT, 1, 0, 0, 0)
    process = subprocess.Popen(command)
    ended = None
    while ended != process.pid:
        ended, status = os.wait()
    process.returncode = os.waitstatus_to_exitcode(status)

    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(LAST_SECONDS)
    with suppress(ChildProcessError, TimeoutError):  # there is none any more; they take too long
        while True:
            os.wait()
    signal.alarm(0)
    return process.returncode


def _give_up(*_) -> None:
    raise TimeoutError


def _processors() -> str:
    times = os.times()
    return f"{times.children_user:.0f} s user, {times.children_system:.0f} s system"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
