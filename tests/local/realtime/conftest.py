"""The gateway without a chat model, in a thread of the tests: all of Realtime but a response."""

import contextlib

import pytest
from realtime_events import KEY, MODEL, Events, open_socket
from served_gateway import Served

from samplers.local.engine.model import ServedModel, Settings


@pytest.fixture(scope="session")
def base_url(tmp_path_factory):
    """Where the path is served."""
    model = ServedModel(None, None, Settings(), MODEL, "fp", 0)
    served = Served(tmp_path_factory.mktemp("store"), KEY, (model,))
    yield served.base_url
    served.end()


@pytest.fixture
def sessions(base_url):
    """A function that opens a session, whose first event is read; they end with the test."""
    with contextlib.ExitStack() as opened:

        def start(**options) -> Events:
            events = Events(opened.enter_context(open_socket(base_url, KEY, MODEL, **options)))
            assert events.receive()["type"] == "session.created"
            return events

        yield start


@pytest.fixture
def session(sessions) -> Events:
    return sessions()
