"""A gateway without a model and a whole endpoint, to which batches are given."""

import pytest
from sdk_batches import Batches


@pytest.fixture(scope="module")
def batches(serve):
    """Batches of moderations, on a gateway without a model."""
    served = serve()
    return Batches(served.base_url, served.key)


@pytest.fixture(scope="module")
def chats(endpoint):
    """Batches of a whole endpoint."""
    return Batches(endpoint.base_url, endpoint.key)
