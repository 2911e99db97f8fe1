"""What several folders of tests share: endpoints on the real model, one for a whole session."""

import pytest
from bare_llama_cpp import KEY, bare_llama_cpp


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
