"""What the tests of the Responses API share: one door to the endpoint."""

import pytest
from responses_door import Door


@pytest.fixture(scope="module")
def responses(endpoint):
    with Door(endpoint) as door:
        yield door


@pytest.fixture(scope="module")
def full_responses(full):
    """The same to the whole model."""
    with Door(full) as door:
        yield door
