"""One gateway without a chat model, in a thread of the tests."""

import pytest
from served_gateway import Served


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    served = Served(tmp_path_factory.mktemp("store"), "sk-of-the-sounds")
    yield served
    served.end()


@pytest.fixture(scope="session")
def sdk(served):
    """OpenAI's own SDK, which validates every answer strictly."""
    with served.sdk() as client:
        yield client


@pytest.fixture
def http(served):
    """A client whose answers are checked against OpenAI's API file."""
    with served.http() as client:
        yield client
