"""Threads that run the newest of the jobs that they are given."""

from collections.abc import Callable
from threading import Lock, Thread

MOST = 2  # jobs at a time: the newest one, and the one that it makes superfluous


class Latest:
    """Runs jobs outside the caller's thread; a waiting job gives way to a newer one.

    There is a thread only while there is a job.
    """

    def __init__(self):
        self._lock = Lock()
        self._waiting: Callable[[], None] | None = None
        self._running = 0

    def submit(self, job: Callable[[], None]) -> None:
        """Run `job` soon, unless another one is submitted before its turn."""
        with self._lock:
            self._waiting = job
            if self._running == MOST:
                return
            self._running += 1
        Thread(target=self._run, name="samplers explorer", daemon=True).start()

    def _run(self) -> None:
        while True:
            with self._lock:
                job = self._waiting
                self._waiting = None
                if job is None:
                    self._running -= 1
                    return
            job()
