"""The path of transcriptions over real HTTP, without a chat model, in a thread of the tests."""

import asyncio
import socket
import threading

import httpx
import openai
import pytest
import wirecheck
from starlette.applications import Starlette

from samplers.local.answer.error_response import HANDLERS
from samplers.local.audio.recogniser import Recogniser
from samplers.local.audio_paths import audio_routes
from samplers.local.connection import server
from samplers.local.door import Door

KEY = "sk-of-the-sounds"


@pytest.fixture(scope="session")
def base_url():
    """Where the path is served."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    app = Starlette(routes=audio_routes(Recogniser()), exception_handlers=HANDLERS)
    serving = server(Door(app, KEY))
    thread = threading.Thread(target=asyncio.run, args=(serving.serve(sockets=[listening]),))
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    serving.should_exit = True
    thread.join(10)


@pytest.fixture
def key():
    return KEY


@pytest.fixture(scope="session")
def sdk(base_url):
    """OpenAI's own SDK, which validates every answer strictly."""
    options = {"max_retries": 0, "timeout": 120, "_strict_response_validation": True}
    with openai.OpenAI(base_url=base_url, api_key=KEY, **options) as client:
        yield client


@pytest.fixture
def http(base_url):
    """A client whose answers are checked against OpenAI's API file."""
    headers = {"Authorization": f"Bearer {KEY}"}
    with httpx.Client(
        base_url=base_url, headers=headers, timeout=120, transport=wirecheck.transport()
    ) as client:
        yield client
