"""Connections end that wait too long, or are too many; those that are being answered stay."""

import asyncio
import queue
import socket
import sys
import threading
import time
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from raw_http import error, is_closed, read
from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from samplers.local import connection, slow_readers
from samplers.local.answer.error_response import HANDLERS
from samplers.local.door import Door
from samplers.local.keys.known import Keys

HEAD = b"Host: localhost\r\nAuthorization: Bearer key\r\n"
CLOSE = b"\r\nConnection: close\r\n\r\n"
MUCH = 32 << 20  # bytes of an answer
GET = b"GET /ok HTTP/1.1\r\n" + HEAD + b"\r\n"


class Gate:
    """Requests to /wait put themselves into `arrived`, and are answered after `release`.

    An answer of /much puts itself into `ended` when it ends.
    """

    def __init__(self):
        self.ended: queue.SimpleQueue = queue.SimpleQueue()
        self.arrived: queue.SimpleQueue = queue.SimpleQueue()
        self.release = threading.Event()


@contextmanager
def serving(gate: Gate):
    """The port of a server with five paths: /ok, /body, /much, /wrong and /wait."""

    async def ok(request):
        return Response("ok")

    async def body(request):
        return Response(await request.body())

    async def much(request):
        return StreamingResponse(megabytes())

    async def megabytes():
        try:
            for _ in range(2):
                yield b"x" * (MUCH // 2)
        finally:
            gate.ended.put("much")

    async def wrong(request):
        raise RuntimeError("the test's own")

    async def wait(request):
        gate.arrived.put(request)
        await asyncio.to_thread(gate.release.wait, 10)
        return Response("ok")

    functions = (ok, body, much, wrong, wait)
    routes = [Route(f"/{f.__name__}", f, methods=["GET", "POST"]) for f in functions]
    server = connection.server(
        Door(Starlette(routes=routes, exception_handlers=HANDLERS), Keys("key"))
    )
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield port
        server.end()
        thread.join(10)


@pytest.fixture
def gate():
    return Gate()


@pytest.fixture
def hurried(monkeypatch):
    """The server waits 0.3 seconds. For tests that see only how a wait ends."""
    monkeypatch.setattr(connection, "IDLE_SECONDS", 0.3)
    monkeypatch.setattr(connection, "REQUEST_SECONDS", 0.3)
    monkeypatch.setattr(slow_readers, "UNREAD_SECONDS", 0.3)


@pytest.fixture
def connect(gate, monkeypatch):
    """A function that opens a connection and sends something. The server takes three."""
    monkeypatch.setattr(connection, "MOST_CONNECTIONS", 3)
    opened = []

    with serving(gate) as port:

        def connect(sent: bytes = b"", source: str = "") -> socket.socket:
            us = (source, 0) if source else None
            opened.append(socket.create_connection(("127.0.0.1", port), 5, us))
            opened[-1].sendall(sent)
            return opened[-1]

        yield connect
        gate.release.set()
        for each in opened:
            each.close()


def test_what_waits_too_long_is_closed(hurried, connect):
    silent = connect()
    used = connect(GET)
    assert read(used).status == 200
    begun = connect(GET[:20])

    response = read(begun)
    assert error(response, 408)["code"] == "request_timeout"
    assert response.headers["connection"] == "close"
    assert is_closed(silent)
    assert is_closed(used)


def test_a_body_that_never_ends(hurried, connect):
    begun = connect(b"POST /body HTTP/1.1\r\n" + HEAD + b"Content-Length: 9\r\n\r\n1234")
    error(read(begun), 408)


def test_a_body_that_never_ends_after_its_answer(hurried, connect):
    begun = connect(b"POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n1234")
    error(read(begun), 401)
    assert is_closed(begun)


def test_an_answer_may_take_longer(hurried, connect, gate):
    waiting = connect(GET.replace(b"/ok", b"/wait"))
    idle = connect()
    assert is_closed(idle)  # as long after
    gate.release.set()
    assert read(waiting).status == 200


def test_one_connection_too_many_closes_the_one_that_was_silent_for_longest(connect):
    first, second, third = (connect(GET) for _ in range(3))
    assert [read(each).status for each in (first, second, third)] == [200, 200, 200]
    first.sendall(GET)
    assert read(first).status == 200

    fourth = connect(GET)
    assert read(fourth).status == 200
    assert is_closed(second)
    for kept in (first, third, fourth):
        kept.sendall(GET)
        assert read(kept).status == 200


def test_connections_that_ask_nothing_close_no_other(connect):
    kept = connect(GET)
    assert read(kept).status == 200
    halves = [connect(GET[:20]) for _ in range(5)]
    assert all(is_closed(half) for half in halves[:3])
    kept.sendall(GET)
    assert read(kept).status == 200


def test_one_connection_too_many_while_all_are_being_answered(connect, gate):
    waiting = [connect(GET.replace(b"/ok", b"/wait")) for _ in range(3)]
    for _ in waiting:
        gate.arrived.get(timeout=5)

    response = read(connect(GET))
    refused = error(response, 503)
    assert refused["type"] == "service_unavailable_error"
    assert refused["code"] == "server_is_overloaded"
    assert (response.headers["retry-after"], response.headers["connection"]) == ("1", "close")

    gate.release.set()
    assert [read(each).status for each in waiting] == [200, 200, 200]
    assert read(connect(GET)).status == 200


@pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 is Linux's alone")
def test_one_machine_of_a_room_cannot_take_all_connections(connect, gate, monkeypatch):
    """Other loopback addresses stand for other machines. A proxy on this one is not counted."""
    monkeypatch.setattr(connection.Connection, "_is_from_the_room", is_another_loopback)
    monkeypatch.setattr(connection, "MOST_CONNECTIONS", 6)
    monkeypatch.setattr(connection, "MOST_OF_A_PEER", 2)
    ours = [connect(GET) for _ in range(3)]
    assert [read(each).status for each in ours] == [200] * 3
    flood = [connect(GET[:20], "127.0.0.2") for _ in range(8)]
    assert all(is_closed(each) for each in flood[:6])

    other = connect(GET.replace(b"/ok", b"/wait"), "127.0.0.3")
    gate.arrived.get(timeout=5)
    gate.release.set()
    assert read(other).status == 200
    for each in ours:
        each.sendall(GET)
        assert read(each).status == 200


def is_another_loopback(self) -> bool:
    return self.client[0] != "127.0.0.1"


@pytest.mark.parametrize(
    ("peer", "own", "is_so"),
    [
        ("127.0.0.1", "127.0.0.1", False),
        ("::ffff:127.0.0.1", "::ffff:127.0.0.1", False),
        ("192.168.1.5", "192.168.1.5", False),
        ("192.168.1.7", "192.168.1.5", True),
        ("::ffff:192.168.1.7", "::ffff:192.168.1.5", True),
        ("fe80::7%eth0", "fe80::5%eth0", True),
    ],
)
def test_who_is_from_the_room(peer, own, is_so):
    ends = SimpleNamespace(client=(peer, 1), server=(own, 2))
    assert connection.Connection._is_from_the_room(ends) is is_so


def test_a_fault_of_ours_does_not_close_the_connection(connect):
    kept = connect(GET.replace(b"/ok", b"/wrong"))
    assert error(read(kept), 500)["code"] == "internal_error"
    kept.sendall(GET)
    assert read(kept).status == 200


def test_an_answer_that_nobody_reads_is_given_up(hurried, connect, gate):
    unread = connect(GET.replace(b"/ok", b"/much"))
    assert gate.ended.get(timeout=5) == "much"
    assert received(unread) < MUCH


def test_a_slow_reader_gets_all_of_its_answer(hurried, connect):
    slow = connect(GET.replace(b"/ok", b"/much").replace(b"\r\n\r\n", CLOSE))
    assert received(slow, pause=1.5 / 32) > MUCH  # five times as long as a silent one may be


def received(connection: socket.socket, pause: float = 0) -> int:
    """How many bytes come until the other side closes; after each MB there is a pause."""
    size = 0
    while data := connection.recv(1 << 20, socket.MSG_WAITALL):
        size += len(data)
        time.sleep(pause)
    return size
