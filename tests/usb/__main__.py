"""`python -m tests.usb`: installs dist/usb into an empty home with the network off (Linux).

`unshare` gives the installation a network of its own, in which nothing but 127.0.0.1 is there. Then
the machine must be ready by samplers/lab/ready.py, a lesson that was changed must stay as it is,
and a second run must install nothing.
"""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
INSTALL = ROOT / "dist" / "usb" / "install.py"
SET_FLAGS = 0x8914  # SIOCSIFFLAGS of netdevice(7)
UP_AND_RUNNING = 0x41
OUTSIDE = ("192.0.2.1", 80)  # an address that no machine has: RFC 5737
UNWANTED = ("PIP_", "PYTHON", "SAMPLERS_", "XDG_", "VIRTUAL_ENV")  # ours, not a learner's


def main() -> int:
    """Runs itself again without a network; returns the exit code."""
    if "--inside" in sys.argv:
        return inside()
    if not INSTALL.exists():
        print("There is no dist/usb: run `make usb` first.", file=sys.stderr)
        return 2
    if shutil.which("unshare") is None or subprocess.call(["unshare", "-rn", "true"]):
        print("Not tried: this machine lets nobody have a network of his own (unshare -rn).")
        return 0
    return subprocess.call(["unshare", "-rn", sys.executable, "-m", "tests.usb", "--inside"])


def inside() -> int:
    """The installations and their checks."""
    with socket.socket() as any_socket:
        flags = struct.pack("16sh14x", b"lo", UP_AND_RUNNING)
        fcntl.ioctl(any_socket, SET_FLAGS, flags)
    with suppress(OSError), socket.create_connection(OUTSIDE, timeout=3):
        raise AssertionError("the network is not off")

    with tempfile.TemporaryDirectory() as home:
        first = install(home)
        folder = Path(home, "samplers")
        run(home, folder / ".venv/bin/python", folder / "samplers/lab/ready.py")

        lesson = folder / "notebooks/learner/00_start_here.ipynb"
        lesson.write_text("{}", "utf-8")
        second = install(home)
        assert lesson.read_text("utf-8") == "{}", "a lesson that was changed is gone"
        assert second < first / 2, f"the second run took {second:.0f} s, the first {first:.0f} s"
    print("dist/usb installs with the network off.")
    return 0


def install(home: str) -> float:
    """Runs install.py as a learner does, with the Python that our environment was made with.

    Returns the seconds that it took.
    """
    begin = time.monotonic()
    run(home, sys._base_executable, INSTALL)
    return time.monotonic() - begin


def run(home: str, *command: str | Path) -> None:
    """Runs a command of a user whose home is `home`; it must succeed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(UNWANTED)}
    subprocess.run(command, env=kept | {"HOME": home}, check=True)


if __name__ == "__main__":
    sys.exit(main())
