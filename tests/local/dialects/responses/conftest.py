"""What the tests of the Responses API share: one door to the session's endpoint."""

import pytest
from responses_door import Door


@pytest.fixture(scope="session")
def responses(endpoint):
    with Door(endpoint) as door:
        yield door
