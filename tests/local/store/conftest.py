"""A gateway that keeps nothing, and clients of it."""

import pytest


@pytest.fixture(scope="session")
def served(serve):
    """One that keeps nothing, shared by the tests."""
    return serve()


@pytest.fixture
def sdk(served):
    with served.sdk() as client:
        yield client
        for file in client.files.list():
            client.files.delete(file.id)


@pytest.fixture
def http(served):
    with served.http() as client:
        yield client
