"""The local endpoint as a child process: `python -m samplers.local`, or llama.cpp's own server.

It lives as long as its standard input is open and this process lives, so it also ends when this
process is killed while a fork of it holds the pipe. A fork neither ends the endpoint nor waits for
it.

How its end is noticed: while it starts, by a standard output that closes without a line. Later,
`connect` asks `alive()` before it shares the endpoint, and a call that gets no answer adds
`state()` to its error.
"""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections import deque

from samplers.api.errors import ConnectionFailed
from samplers.api.transport.auth import Key
from samplers.wire.secret import is_secret

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
WRONG_OPTION = 2  # the exit code of argparse
OURS = "samplers.local"
BARE = "samplers.local.bare"  # llama.cpp's own server
SILENCE = 120  # seconds without output after which a starting child is given up


class LocalEndpoint:
    """A started endpoint: `base_url`, `key`, `model` and `pid`.

    Raises ConnectionFailed with the child's own output if it does not start, and ValueError for an
    option that it does not take. `options` are arguments of `python -m` with `module`, OURS or
    BARE; `environment` is added to our own for the child. While the child downloads the weights,
    its progress bar is passed on to our standard error.
    """

    base_url = "(starting)"

    def __init__(
        self, *options: str, module: str = OURS, environment: dict[str, str] | None = None
    ):
        self._process = _start(module, options, environment or {})
        del environment  # it may hold a key, and a traceback may print this frame's locals
        self.pid = self._process.pid
        self._owner = os.getpid()
        self._stderr: deque[str] = deque(maxlen=100)  # the last reads
        # While the child starts: its standard error as str, and then its first line as bytes.
        self._output: queue.SimpleQueue[str | bytes] = queue.SimpleQueue()
        self._stderr_reader = threading.Thread(target=self._read_stderr, daemon=True)
        self._stderr_reader.start()
        self._stdout_reader = threading.Thread(target=self._read_stdout, daemon=True)
        self._stdout_reader.start()

        try:
            self.base_url, self.key, self.model = self._ready()
        except BaseException:
            self.close(wait=0)
            raise

    def _read_stderr(self) -> None:
        while data := os.read(self._process.stderr.fileno(), 4096):
            text = data.decode("utf-8", errors="replace")
            self._stderr.append(text)
            self._output.put(text)

    def _read_stdout(self) -> None:
        # its one line, or b"" if the child has ended
        self._output.put(self._process.stdout.readline())

    def _ready(self) -> tuple[str, Key, str]:
        """The base_url, key and model that the child prints when it is ready."""
        line = self._first_line()
        try:
            ready = json.loads(line)
            return ready["base_url"], Key(ready["api_key"]), ready["model"]
        except (ValueError, KeyError, TypeError):
            line = None  # both may hold a key, and a traceback may print this frame's locals
            ready = None

        self._wait(10)
        state = self.state()
        if self._process.returncode == WRONG_OPTION:
            raise ValueError(state.rpartition("error: ")[2])
        raise ConnectionFailed(f"the local endpoint did not start. {state}")

    def _first_line(self) -> bytes:
        """The child's first line. Until it comes, a progress bar is passed on."""
        while True:
            try:
                output = self._output.get(timeout=SILENCE)
            except queue.Empty:
                problem = f"the local endpoint printed nothing for {SILENCE} s. {self.state()}"
                raise ConnectionFailed(problem) from None

            if isinstance(output, bytes):
                return output
            if "\r" in output:  # a progress bar
                sys.stderr.write(output)
                sys.stderr.flush()

    def alive(self) -> bool:
        return self._process.poll() is None

    def state(self) -> str:
        """Whether the child still runs, and its last output on standard error, in sentences."""
        if self._owner != os.getpid():
            return f"It belongs to process {self._owner}, of which this one is a fork."
        if self._wait(0.5):  # a child that was killed closes its connections before it is gone
            self._stderr_reader.join(1)  # there may be output that is not read yet
        lines = "".join(self._stderr).replace("\r\n", "\n").split("\n")
        output = "\n".join(line for line in lines if "\r" not in line).strip()  # no progress bar

        state = "It still runs: try again, or ask for less."
        if not self.alive():
            state = (
                f"It has ended (exit code {self._process.returncode}): connect() starts another."
            )
        return f"{state} Its last output:\n{output}" if output else state

    def close(self, wait: float = 5) -> None:
        """Ends the child by closing its standard input; after `wait` seconds it is killed."""
        if self._owner != os.getpid():
            return
        with contextlib.suppress(OSError):  # the child has ended already
            self._process.stdin.close()
        if not self._wait(wait):
            self._process.kill()
            self._process.wait()

        readers = {
            self._stdout_reader: self._process.stdout,
            self._stderr_reader: self._process.stderr,
        }
        for reader, pipe in readers.items():
            reader.join(1)
            if not reader.is_alive():  # a child of the child may still hold the other end
                pipe.close()

    def _wait(self, seconds: float) -> bool:
        """Whether the child ends within `seconds`."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def __repr__(self) -> str:
        return f"<LocalEndpoint {self.base_url}, process {self.pid}>"


def _start(module: str, options: tuple[str, ...], environment: dict[str, str]) -> subprocess.Popen:
    # In a group of its own, so that an interrupt (Ctrl-C, Jupyter's stop button) does not reach it.
    if os.name == "nt":
        own_group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    else:
        own_group = {"start_new_session": True}
    # -P: no module is taken from the working folder, where a learner may have a secrets.py
    command = [sys.executable, "-P", "-m", module, f"--parent={os.getpid()}", *options]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment() | environment,
        **own_group,
    )


def _environment() -> dict[str, str]:
    """Our own environment without secrets, which the child has no use for.

    What pip and the network need to download the weights stays, and the endpoint's own settings.
    """
    kept = ("PIP_", "SAMPLERS_LOCAL_KEY", "SAMPLERS_MODEL", *PROXIES)
    return {
        name: value
        for name, value in os.environ.items()
        if name.upper().startswith(kept) or not is_secret(name, value)
    }
