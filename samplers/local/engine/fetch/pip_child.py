"""Runs pip, and ends when standard input closes: also when the process that started it is killed.

Started as a file and with -P, so that it imports nothing but the standard library and pip.
"""

import os
import runpy
import sys
import threading


def _end_with(descriptor: int) -> None:
    while os.read(descriptor, 4096):
        pass
    os._exit(1)


if __name__ == "__main__":
    parent = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)  # pip itself gets no input
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    sys.argv[0] = "pip"
    runpy.run_module("pip", run_name="__main__", alter_sys=True)
