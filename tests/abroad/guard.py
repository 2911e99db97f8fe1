"""`python guard.py COMMAND …`: runs it until it ends, standard input closes or SIGTERM comes.

Then the command and all that it started are ended, too. Standard input also closes when whoever
started the guard was killed, so that no server is left behind.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

PATIENCE = 15  # seconds that the command has for ending by itself


def end_with_input(group: int) -> None:
    """Ends the process group when standard input closes."""
    sys.stdin.read()
    end(group)


def end(group: int) -> None:
    """Ends the process group, politely at first."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGTERM)
        time.sleep(PATIENCE)
        os.killpg(group, signal.SIGKILL)


def main(command: list[str]) -> int:
    """Returns the command's exit code."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us has it, too, and closes
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)

    def in_a_thread(target: Callable) -> None:
        threading.Thread(target=target, args=[child.pid], daemon=True).start()

    signal.signal(signal.SIGTERM, lambda *_: in_a_thread(end))
    in_a_thread(end_with_input)
    code = child.wait()
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)  # what it left behind
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
