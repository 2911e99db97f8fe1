"""A thread that runs the newest of the jobs that it is given."""

from collections.abc import Callable
from threading import Lock, Thread


class Latest:
    """Runs jobs one at a time, outside the caller's thread; a waiting job gives way to a newer one.

    There is a thread only while there is a job.
    """

    def __init__(self):
        self._lock = Lock()
        self._waiting: Callable[[], None] | None = None
        self._running = False

    def submit(self, job: Callable[[], None]) -> None:
        """Run `job` soon, unless another one is submitted before its turn."""
        with self._lock:
            self._waiting = job
            if self._running:
                return
            self._running = True
        Thread(target=self._run, name="samplers explorer", daemon=True).start()

    def _run(self) -> None:
        while True:
            with self._lock:
                job = self._waiting
                self._waiting = None
                if job is None:
                    self._running = False
                    return
            job()
