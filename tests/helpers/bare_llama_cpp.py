"""llama.cpp's own server with the same weights, and nothing of ours in between."""

from collections.abc import Iterator
from contextlib import contextmanager

from samplers.api.local_endpoint import BARE, LocalEndpoint

KEY = "bare"


@contextmanager
def bare_llama_cpp(slots: int = 4, threads: int = 1, **environment: str) -> Iterator[str]:
    """The base URL of a server that takes KEY, while the block runs."""
    options = f"--slots={slots}", f"--threads={threads}"
    environment |= {"SAMPLERS_LOCAL_KEY": KEY}
    endpoint = LocalEndpoint(*options, module=BARE, environment=environment)
    try:
        yield endpoint.base_url
    finally:
        endpoint.close()
