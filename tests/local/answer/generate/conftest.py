"""What the tests of vLLM's parameters share."""

import pytest

from samplers.api import Client


@pytest.fixture(scope="session")
def extended_client(extended):
    """A client of the endpoint that takes them, where its logits are exact."""
    with Client(extended.base_url, extended.key) as client:
        if client.abilities.slow_logprobs is not None:
            pytest.skip(f"no exact logits here: {client.abilities.slow_logprobs}")
        yield client
