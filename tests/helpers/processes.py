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


def fetching_environment(home: Path, index: str) -> dict[str, str]:
    """Our environment for a process that fetches the weights from `index` into an empty `home`."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIP_", "SAMPLERS_")) and not name.lower().endswith("_proxy")
    }
    return ours | {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "PIP_INDEX_URL": index,
        "PIP_CONFIG_FILE": os.devnull,
    }


def failed_start(*options: str, **environment: str) -> str:
    """What an endpoint that cannot start prints on stderr.

    It must end with 1 and an empty stdout.
    """
    command = [sys.executable, "-m", "samplers.local", *options]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, **pipes, text=True, env=os.environ | environment) as process:
        assert process.wait(60) == 1  # stdin is still open: it ended by itself
        assert process.stdout.read() == ""
        return process.stderr.read()


def listening_ports(pid: int) -> set[int]:
    """The TCP and UDP ports that a process can be reached at, on Linux."""
    descriptors = Path(f"/proc/{pid}/fd").iterdir()
    targets = {os.readlink(descriptor) for descriptor in descriptors}
    ports = set()

    for protocol in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/{pid}/net/{protocol}").read_text().splitlines()[1:]:
            fields = line.split()
            listens = fields[3] == "0A" or protocol.startswith("udp")
            if listens and f"socket:[{fields[9]}]" in targets:
                ports.add(int(fields[1].rpartition(":")[2], 16))

    return ports
