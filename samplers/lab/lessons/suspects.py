"""Three local endpoints without labels, for lesson 05's detective story."""

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import product

from samplers.api import Client, start_local

# --engine-order: what it means
ORDERS = {"openai": "temperature first", "llama.cpp": "temperature last"}
LOGPROBS = ("raw", "processed")  # --logprobs-mode


class Suspects:
    """Three running endpoints, `clients` {"A": Client, "B": …, "C": …}; what each one is, only
    `reveal()` tells.

    Each is one of the four combinations of order and logprobs, no two alike, by chance: one
    combination is missing, so that knowing two never tells the third. Closing ends all three; so
    does the end of the process.
    """

    def __init__(self, rng: random.Random | None = None):
        """`rng`: for tests; None is the system's own chance, another at each run."""
        self._secret = (rng or random.SystemRandom()).sample(list(product(ORDERS, LOGPROBS)), 3)

        def start(what: tuple[str, str]) -> Client:
            return start_local(engine_order=what[0], logprobs_mode=what[1])

        with ThreadPoolExecutor(3) as pool:
            self.clients = dict(zip("ABC", pool.map(start, self._secret), strict=True))

    def reveal(self) -> dict[str, tuple[str, str]]:
        """{name: (order, logprobs)}, as in {"A": ("temperature last", "raw"), …}."""
        return {
            name: (ORDERS[order], mode)
            for name, (order, mode) in zip("ABC", self._secret, strict=True)
        }

    def close(self) -> None:
        """End the three endpoints."""
        for client in self.clients.values():
            client.close()

    def __repr__(self) -> str:
        return "<Suspects A, B and C>"
