"""A local endpoint that a lesson kills and starts again."""

import os
import secrets
import signal
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from samplers.api import Client
from samplers.api.local_endpoint import LocalEndpoint


class KillableEndpoint:
    """A local endpoint with a key of its own. `client` asks it, before it is killed and after.

    What it keeps (files, batches) is in a folder that goes away with this process. On Windows, no
    environment variable moves the folder: there it is the user's own.
    """

    def __init__(self):
        self._folder = TemporaryDirectory(ignore_cleanup_errors=True)
        key = secrets.token_urlsafe(32)
        self._environment = {"SAMPLERS_LOCAL_KEY": key, "XDG_DATA_HOME": self._folder.name}
        self._endpoint = LocalEndpoint(environment=self._environment)
        self._port = urlsplit(self._endpoint.base_url).port
        self.client = Client(self._endpoint.base_url, self._endpoint.key, self._endpoint.model)

    def kill(self) -> None:
        """Ends the process at once, as `kill -9` does: it cannot save anything."""
        if self._endpoint.alive():
            os.kill(self._endpoint.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
            self._endpoint.close()

    def start(self) -> None:
        """Starts it again if it was killed, at the same address and with the same key."""
        if not self._endpoint.alive():
            self._endpoint = LocalEndpoint(f"--port={self._port}", environment=self._environment)

    def close(self) -> None:
        """Ends it, and removes what it has kept."""
        self.client.close()
        self._endpoint.close()
        self._folder.cleanup()
