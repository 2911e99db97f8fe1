"""What the tests of vLLM's parameters share."""

import pytest

from samplers.api import Client


@pytest.fixture(scope="session")
def shallow_client(shallow):
    """A client of the model of two layers, where its logits are exact."""
    with Client(shallow.base_url, shallow.key) as client:
        if client.abilities.slow_logprobs is not None:
            pytest.skip(f"no exact logits here: {client.abilities.slow_logprobs}")
        yield client
