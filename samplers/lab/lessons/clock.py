"""A clock for which nobody waits."""


class SimulatedClock:
    """Stands in for the module `time`: `sleep` moves the hand, and returns at once.

    `now`: where the hand stands, in seconds; it may be set. `sleeps`: how long each sleep was.
    """

    def __init__(self):
        self.now = 0.0
        self.sleeps: list[float] = []

    def time(self) -> float:
        """The same as `now`."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Moves the hand by so many seconds. ValueError if they are negative."""
        if seconds < 0:
            raise ValueError(f"seconds must be at least 0, got {seconds}")
        self.sleeps.append(seconds)
        self.now += seconds
