"""What the tests of retries share."""

import pytest


@pytest.fixture
def slept():
    """The waits of a client made with ``sleep=slept.append``, which waits for none of them."""
    return []
