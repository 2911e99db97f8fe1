"""Three local endpoints without labels, for lesson 05c's detective story."""

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import product

from samplers.api import Client, start_local

ORDERS = {"openai": "temperature first", "llama.cpp": "temperature last"}  # by --engine-order
LOGPROBS = ("raw", "processed")  # of --logprobs-mode


class Suspects:
    """Three running endpoints, `clients` {"A": Client, "B": …, "C": …}, of unknown settings.

    Each has one of the four combinations of order and logprobs, chosen at random, no two alike. One
    combination is missing, so that knowing two endpoints never reveals the third. `reveal()` names
    the settings. `close()` ends all three endpoints, and so does the end of the process.
    """

    def __init__(self):
        settings = list(product(ORDERS, LOGPROBS))
        self._settings = random.SystemRandom().sample(settings, 3)

        def start(setting: tuple[str, str]) -> Client:
            engine_order, logprobs_mode = setting
            return start_local(engine_order=engine_order, logprobs_mode=logprobs_mode)

        with ThreadPoolExecutor(3) as pool:
            self.clients = dict(zip("ABC", pool.map(start, self._settings), strict=True))

    def reveal(self) -> dict[str, tuple[str, str]]:
        """{name: (order, logprobs)}, as in {"A": ("temperature last", "raw"), …}."""
        settings = [(ORDERS[order], logprobs) for order, logprobs in self._settings]
        return dict(zip(self.clients, settings, strict=True))

    def close(self) -> None:
        """End the three endpoints."""
        for client in self.clients.values():
            client.close()

    def __repr__(self) -> str:
        return "<Suspects A, B and C>"
