"""What each step of a connection gets of its call's time."""

import socket
import threading
import time

import httpcore
import pytest
from tcp_server import answer, read_request, tcp_server

from samplers.api import Client, ConnectionFailed
from samplers.api.transport.deadline import Deadline, DeadlineBackend

TIMEOUT = 0.1


class Pipe(httpcore.NetworkStream):
    """A connection that keeps the timeouts it is given."""

    def __init__(self):
        self.timeouts = []
        self.closed = False

    def read(self, max_bytes, timeout=None):
        self.timeouts.append(timeout)
        return b"data"

    def write(self, buffer, timeout=None):
        self.timeouts.append(timeout)

    def start_tls(self, ssl_context, server_hostname=None, timeout=None):
        self.timeouts.append(timeout)
        return self

    def get_extra_info(self, info):
        return f"the {info}"

    def close(self):
        self.closed = True


@pytest.fixture
def pipe(monkeypatch) -> Pipe:
    """What a connection to 192.0.2.3 is, instead of the network; other addresses are silent.

    The name "host" has that one alone, "hosts" has two before it.
    """
    pipe = Pipe()

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        pipe.timeouts.append(timeout)
        if host != "192.0.2.3":
            time.sleep(min(timeout, 0.1))
            raise httpcore.ConnectTimeout("timed out")
        return pipe

    def getaddrinfo(host, port, type):
        first = {"host": 3, "hosts": 1}[host]
        return [(0, type, 0, "", (f"192.0.2.{i}", port)) for i in range(first, 4)]

    monkeypatch.setattr("samplers.api.transport.deadline.socket.getaddrinfo", getaddrinfo)
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect_tcp)
    return pipe


def test_connecting_and_tls_take_5_seconds_at_most(pipe):
    for timeout, most in ((600, 5), (2, 2)):
        stream = DeadlineBackend().connect_tcp("host", 443, Deadline(timeout))
        encrypted = stream.start_tls(None, "host", Deadline(timeout))
        assert encrypted.read(10, Deadline(600)) == b"data"
        assert pipe.timeouts == [
            pytest.approx(most, abs=1),
            pytest.approx(most, abs=1),
            pytest.approx(600, abs=1),
        ]
        pipe.timeouts.clear()


def test_the_addresses_of_a_host_share_the_time_of_the_call(pipe):
    stream = DeadlineBackend().connect_tcp("hosts", 80, Deadline())
    assert stream.read(1, Deadline()) == b"data"
    assert pipe.timeouts[:3] == [5, 5, 5]

    pipe.timeouts.clear()
    with pytest.raises(httpcore.ConnectTimeout):
        DeadlineBackend().connect_tcp("hosts", 80, Deadline(0.05))
    assert len(pipe.timeouts) == 1


def test_a_socks_proxy_is_asked_within_the_call(pipe):
    stream = DeadlineBackend().connect_tcp("host", 1080, Deadline(3))
    stream.write(b"x" * 100_000)  # httpcore gives these no timeout
    stream.read(10)
    assert pipe.timeouts[1:] == [pytest.approx(3, abs=1)] * 3


def test_a_connection_belongs_to_one_process(pipe, monkeypatch):
    stream = DeadlineBackend().connect_tcp("host", 80, Deadline())
    monkeypatch.setattr("samplers.api.transport.deadline.os.getpid", lambda: -1)
    with pytest.raises(httpcore.ReadError, match="forked from"):
        stream.read(10, Deadline())
    with pytest.raises(httpcore.WriteError, match="forked from"):
        stream.write(b"x", Deadline())
    assert len(pipe.timeouts) == 1


def test_a_server_that_never_ends_its_tls_handshake_does_not_hold_a_call():
    over = threading.Event()
    with tcp_server(lambda connection: over.wait(4)) as base_url:
        client = Client(base_url.replace("http://", "https://"), None, "m")
        start = time.monotonic()
        with pytest.raises(ConnectionFailed, match="timed out") as caught:
            client.chat("x", timeout=TIMEOUT)
        assert time.monotonic() - start < 2
        over.set()
    assert not caught.value.sent


def test_the_rest_is_the_connections_own(pipe):
    stream = DeadlineBackend().connect_tcp("host", 80, Deadline())
    assert stream.get_extra_info("client_addr") == "the client_addr"
    stream.close()
    assert pipe.closed


def test_a_kept_connection_that_the_server_closed_is_not_used_again():
    closed = threading.Event()

    def serve(connection):
        read_request(connection)
        connection.sendall(answer(b'{"data": [{"id": "m"}]}'))
        connection.shutdown(socket.SHUT_RDWR)
        closed.set()

    with tcp_server(serve) as base_url, Client(base_url) as client:
        for _ in range(3):
            assert client.models() == ["m"]
            assert closed.wait(5)
            closed.clear()
