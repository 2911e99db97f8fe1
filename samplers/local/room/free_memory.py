"""How much memory programs can still have on this machine."""

import ctypes
import subprocess
import sys
from pathlib import Path

_GROUP = Path("/sys/fs/cgroup")  # of this process, in a container
_MEMORY = Path("/proc/meminfo")


def free_memory() -> int | None:
    """Bytes that a program can have without others being swapped out; None if nobody tells.

    On macOS it is half of all memory: what is free there is not told without a program of its own.
    """
    try:
        return _READERS[sys.platform]()
    except (KeyError, OSError, ValueError, AttributeError, subprocess.SubprocessError):
        return None


def _linux() -> int:
    lines = dict(line.split(":", 1) for line in _MEMORY.read_text().splitlines())
    available = 1024 * int(lines["MemAvailable"].removesuffix("kB"))
    try:
        limit = int((_GROUP / "memory.max").read_text())  # "max" without a limit
        used = int((_GROUP / "memory.current").read_text())
    except (OSError, ValueError):
        return available
    return max(0, min(available, limit - used))


def _macos() -> int:
    command = ["/usr/sbin/sysctl", "-n", "hw.memsize"]
    return int(subprocess.run(command, capture_output=True, timeout=5, check=True).stdout) // 2


class _MemoryStatus(ctypes.Structure):
    """MEMORYSTATUSEX of Windows' sysinfoapi.h."""

    _fields_ = [
        ("length", ctypes.c_uint32),
        ("load", ctypes.c_uint32),
        *[
            (name, ctypes.c_uint64)
            for name in (
                "physical",
                "available",
                "page_file",
                "available_page_file",
                "virtual",
                "available_virtual",
                "available_extended",
            )
        ],
    ]


def _windows() -> int:
    status = _MemoryStatus(length=ctypes.sizeof(_MemoryStatus))
    if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        raise OSError
    return status.available


_READERS = {"linux": _linux, "darwin": _macos, "win32": _windows}
