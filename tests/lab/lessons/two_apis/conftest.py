"""Two APIs' requests and answers are compared here, whatever the answers say."""

import pytest


@pytest.fixture(scope="module")
def client(shallow_client):
    return shallow_client
