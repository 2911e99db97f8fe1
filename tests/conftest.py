"""What several folders of tests share: one local endpoint with the real model for the whole
session.
"""

import pytest


@pytest.fixture(scope="session")
def client():
    """A client of the real local endpoint."""
    from samplers.api import connect

    with connect("local") as client:
        yield client
