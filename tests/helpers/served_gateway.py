"""The gateway over real HTTP, with a database and without a model, in a thread of the tests."""

import asyncio
import socket
import threading

import httpx
import openai
import wirecheck

from samplers.local.batches.worker import Worker
from samplers.local.conditions.simulation import Simulation
from samplers.local.connection import server
from samplers.local.gateway import application
from samplers.local.keys.known import Keys
from samplers.local.store.database import Database


class Served:
    """A running gateway: where it is, and clients of it. `models` are there by name only.

    `keys`: those that it knows; None: the `key` of its clients alone.
    """

    def __init__(self, folder, key: str, models: tuple = (), keys: Keys | None = None):
        self.key = key
        # with the protocol named, as the endpoint does: else each answer takes 40 ms longer
        self._listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen()
        self.base_url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/v1"
        self._database = Database(folder)
        keys = keys or Keys(key)
        worker = Worker((), self._database, keys.owners)
        self._server = server(application(models, keys, Simulation(), self._database, worker))
        serve = self._server.serve(sockets=[self._listening])
        self._thread = threading.Thread(target=asyncio.run, args=(serve,))
        self._thread.start()

    def sdk(self) -> openai.OpenAI:
        """OpenAI's own SDK, which validates every answer strictly."""
        options = {"max_retries": 0, "timeout": 120, "_strict_response_validation": True}
        return openai.OpenAI(base_url=self.base_url, api_key=self.key, **options)

    def http(self) -> httpx.Client:
        """A client whose answers are checked against OpenAI's API file."""
        headers = {"Authorization": f"Bearer {self.key}"}
        transport = wirecheck.transport()
        return httpx.Client(
            base_url=self.base_url, headers=headers, timeout=120, transport=transport
        )

    def end(self) -> None:
        self._server.end()
        self._thread.join(10)
        self._database.close()
