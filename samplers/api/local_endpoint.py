"""The local endpoint as a child process: `python -m samplers.local`, alive as long as its standard
input is open.
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

SILENCE = 120  # seconds in which a starting child says nothing before it is given up


class LocalEndpoint:
    """A started endpoint: `base_url`, `key`, `model`. If it does not start: ConnectionFailed with
    its own words.

    `options` are arguments of `python -m samplers.local`; `environment` is set for the child
    besides our own. While the child fetches the weights its progress bar is passed on to our
    standard error.
    """

    base_url = "(starting)"

    def __init__(self, *options: str, environment: dict[str, str] | None = None):
        self._process = _start(options, environment or {})
        del environment  # it may hold a key, and a traceback may print this frame's locals
        self._said: deque[str] = deque(maxlen=100)  # the last pieces of its stderr
        self._news: queue.SimpleQueue = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._read_stderr, daemon=True)
        self._listener.start()
        threading.Thread(target=self._read_stdout, daemon=True).start()
        try:
            self.base_url, self.key, self.model = self._hello()
        except BaseException:
            self.close(wait=0)
            raise

    def _read_stderr(self) -> None:
        while piece := os.read(self._process.stderr.fileno(), 4096):
            text = piece.decode("utf-8", errors="replace")
            self._said.append(text)
            self._news.put(text)

    def _read_stdout(self) -> None:
        # bytes: the one line, or nothing if the child has ended
        self._news.put(self._process.stdout.readline())

    def _hello(self) -> tuple[str, Key, str]:
        line = None
        while line is None:
            try:
                news = self._news.get(timeout=SILENCE)
            except queue.Empty:
                problem = f"the local endpoint said nothing for {SILENCE} s. {self.last_words()}"
                raise ConnectionFailed(problem) from None
            if isinstance(news, bytes):
                line = news
            elif "\r" in news:  # a progress bar
                sys.stderr.write(news)
                sys.stderr.flush()
        try:
            hello = json.loads(line)
            return hello["base_url"], Key(hello["api_key"]), hello["model"]
        except (ValueError, KeyError, TypeError):
            line = hello = None
        self._wait(10)
        raise ConnectionFailed(f"the local endpoint did not start. {self.last_words()}")

    def alive(self) -> bool:
        return self._process.poll() is None

    def last_words(self) -> str:
        """What the child last wrote to its standard error, its progress bar left out, and whether
        it still runs.
        """
        if not self.alive():
            self._listener.join(1)  # it may still have words to read
        said = "".join(self._said).replace("\r\n", "\n").split("\n")
        words = "\n".join(line for line in said if "\r" not in line).strip()
        state = (
            "It still runs"
            if self.alive()
            else f"It has ended (exit code {self._process.returncode})"
        )
        return f"{state}. Its last words:\n{words}" if words else f"{state}."

    def close(self, wait: float = 5) -> None:
        """Ends the child: closes its standard input, and kills it if that is not enough within
        `wait` seconds.
        """
        with contextlib.suppress(OSError):  # it is gone already
            self._process.stdin.close()
        if not self._wait(wait):
            self._process.kill()
            self._process.wait()

    def _wait(self, seconds: float) -> bool:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def __repr__(self) -> str:
        return f"<LocalEndpoint {self.base_url}, process {self._process.pid}>"


def _start(options: tuple[str, ...], environment: dict[str, str]) -> subprocess.Popen:
    # A session of its own: an interrupt (Ctrl-C, Jupyter's stop button) is for us; closing stdin
    # ends the child.
    windows = os.name == "nt"
    apart = (
        {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        if windows
        else {"start_new_session": True}
    )
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    command = [sys.executable, "-m", "samplers.local", *options]
    return subprocess.Popen(command, **pipes, **apart, env=os.environ | environment)
