"""The path of Realtime without a chat model, in a thread of the tests: all but a response."""

import asyncio
import contextlib
import socket
import threading

import pytest
from realtime_events import KEY, MODEL, Events, open_socket
from starlette.applications import Starlette

from samplers.local.audio.recogniser import Recogniser
from samplers.local.connection import server
from samplers.local.door import Door
from samplers.local.engine.model import ServedModel, Settings
from samplers.local.realtime_path import realtime_route


@pytest.fixture(scope="session")
def base_url():
    """Where the path is served."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    model = ServedModel(None, None, Settings(), MODEL, "fp", 0)
    serving = server(Door(Starlette(routes=[realtime_route((model,), Recogniser())]), KEY))
    thread = threading.Thread(target=asyncio.run, args=(serving.serve(sockets=[listening]),))
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    serving.should_exit = True
    thread.join(10)


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
