"""A call to the engine that is left before its answer is complete."""

import asyncio
import socket
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from samplers.local.engine import http

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


async def left(stops: bool) -> list[str]:
    """What happens, in order, when the caller leaves at the first part of an answer.

    `stops`: the server ends its work when it sees that the caller has left.
    """
    events = []
    release = asyncio.Event()

    async def serve(reader, writer):
        writer.write(HEAD + b"1\r\na\r\n")
        await reader.read(1 << 16)  # the request
        await reader.read()  # until its end
        events.append("the server sees it")
        if not stops:
            await release.wait()
        writer.write(b"1\r\nb\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with http.call(f"http://127.0.0.1:{port}", "key", "GET", "/", b"") as (_, parts):
        assert await anext(parts) == b"a"
    events.append("the caller goes on")
    release.set()
    server.close()
    await server.wait_closed()
    return events


def test_its_caller_goes_on_when_the_server_has_stopped():
    events = asyncio.run(left(True))
    assert events == ["the server sees it", "the caller goes on"]


def test_a_server_that_does_not_stop_is_not_waited_for_for_ever(monkeypatch):
    monkeypatch.setattr(http, "STOP_SECONDS", 0.1)
    events = asyncio.run(left(False))
    assert events[-1] == "the caller goes on"


def test_a_cancelled_call_waits_too():
    seen = []

    async def serve(reader, writer):
        writer.write(HEAD + b"1\r\na\r\n")
        await reader.read(1 << 16)
        await reader.read()
        seen.append("the server sees it")
        writer.close()

    async def run():
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        begun = asyncio.Event()

        async def call():
            address = f"http://127.0.0.1:{port}"
            async with http.call(address, "key", "GET", "/", b"") as (_, parts):
                async for _ in parts:
                    begun.set()

        task = asyncio.create_task(call())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert seen == ["the server sees it"]
        server.close()

    asyncio.run(run())


@pytest.mark.skipif(sys.platform != "linux", reason="how a full queue shows differs elsewhere")
def test_calls_wait_for_room_in_the_servers_queue(monkeypatch):
    """Thirty learners run one cell: more calls at once than the engine's queue takes."""
    waited = asyncio.Event()

    async def sleep(seconds, sleep=asyncio.sleep):
        waited.set()
        await sleep(seconds)

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD + b"1\r\na\r\n0\r\n\r\n")
        writer.close()

    async def call(address):
        async with http.call(address, "key", "GET", "/", b"") as (status, parts):
            return status, [part async for part in parts]

    async def run(path):
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(path)
        listening.listen(1)  # and nobody accepts
        calls = [asyncio.create_task(call(f"unix://{path}")) for _ in range(10)]
        full = asyncio.create_task(waited.wait())
        await asyncio.wait([full, *calls], return_when=asyncio.FIRST_COMPLETED)
        async with await asyncio.start_unix_server(serve, sock=listening):
            return await asyncio.gather(*calls)

    monkeypatch.setattr(http.asyncio, "sleep", sleep)
    with TemporaryDirectory() as folder:
        answers = asyncio.run(run(str(Path(folder) / "engine")))
    assert answers == [(200, [b"a"])] * 10
