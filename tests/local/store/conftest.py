"""A gateway that keeps nothing, clients of it, and an empty database."""

import sqlite3

import pytest

from samplers.local.store.database import TABLES


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


@pytest.fixture
def connection():
    with sqlite3.connect(":memory:", isolation_level=None) as opened:
        opened.row_factory = sqlite3.Row
        opened.executescript(TABLES)
        yield opened
    opened.close()
