"""What several folders of tests share: endpoints on the real model, one for a whole session."""

import pytest
from bare_llama_cpp import KEY, bare_llama_cpp

CELL_OUTPUT_SECONDS = 60


def pytest_collection_modifyitems(items) -> None:
    """Gives the cells of lessons time to deliver their output.

    nbval waits 5 s for it after a cell has ended, and has no option for that. On a busy machine a
    kernel can need more; then one cell failed, and all after it.
    """
    for item in items:
        if hasattr(item, "output_timeout"):
            item.output_timeout = CELL_OUTPUT_SECONDS


@pytest.fixture(scope="session")
def client():
    """A client of the real local endpoint."""
    from samplers.api import connect

    with connect("local") as client:
        yield client


@pytest.fixture(scope="session")
def bare():
    """A client of llama.cpp's own server: an endpoint that is not ours and differs a little."""
    from samplers.api import Client

    with bare_llama_cpp() as base_url, Client(base_url, KEY) as client:
        yield client
