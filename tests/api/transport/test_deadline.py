"""`timeout` is the whole call's, whatever the server does; a stream's is for silence."""

import socket
import threading
import time

import httpcore
import pytest
from fake_endpoint import delta, event
from tcp_server import answer, read_request, tcp_server

from samplers.api import Client, ConnectionFailed, EndpointError, StreamBroken
from samplers.api.request import MAX_SECONDS
from samplers.api.transport.deadline import Deadline, DeadlineBackend

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)
EVENTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
TIMEOUT = 0.1
DRIPS = 200  # of 20 ms: a server that nobody leaves ends by itself after 4 s

CALLS = {
    "chat": lambda client: client.chat("x", timeout=TIMEOUT),
    "models": lambda client: client.models(timeout=TIMEOUT),
    "tokenize": lambda client: client.tokenize("x", timeout=TIMEOUT),
    "next_token": lambda client: client.next_token("x", timeout=TIMEOUT),
    "stream": lambda client: list(client.stream("x", timeout=TIMEOUT)),
    "stream_bytes": lambda client: list(client.stream_bytes("x", timeout=TIMEOUT)),
}


def drips(start: bytes):
    """A server that sends `start`, and then a byte every 20 ms."""

    def serve(connection):
        read_request(connection)
        connection.sendall(start)
        for _ in range(DRIPS):
            connection.sendall(b"x")
            time.sleep(0.02)

    return serve


def fails_in_time(call, serve) -> EndpointError:
    with tcp_server(serve) as base_url, Client(base_url, None, "m") as client:
        start = time.monotonic()
        with pytest.raises(EndpointError, match="timed out") as caught:
            call(client)
        assert TIMEOUT <= time.monotonic() - start < 2
    return caught.value


@pytest.mark.parametrize("call", ["chat", "stream"])
@pytest.mark.parametrize(
    "start",
    [b"HTTP/1.1 200 ", b"HTTP/1.1 200 OK\r\nX-Slow: ", HEAD, EVENTS + b"data: ", CHUNKED + b"1;"],
    ids=["status", "header", "body", "event", "chunk"],
)
def test_a_server_that_drips_does_not_hold_a_call(call, start):
    if call == "stream" and start == HEAD:
        start = HEAD.replace(b"200 OK", b"500 No")
    error = fails_in_time(CALLS[call], drips(start))
    assert getattr(error, "sent", True)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_server_that_is_stopped_does_not_hold_a_call(call):
    over = threading.Event()  # the kernel accepts for a stopped process; nothing is ever read
    try:
        error = fails_in_time(call, lambda connection: over.wait(4))
    finally:
        over.set()
    assert isinstance(error, ConnectionFailed)
    assert error.sent


def test_a_server_that_does_not_read_does_not_hold_a_call():
    over = threading.Event()
    try:
        fails_in_time(
            lambda client: client.chat("x" * 20_000_000, timeout=TIMEOUT),
            lambda connection: over.wait(4),
        )
    finally:
        over.set()


def test_asking_for_the_model_is_part_of_the_call():
    with tcp_server(drips(HEAD)) as base_url, Client(base_url) as client:
        start = time.monotonic()
        with pytest.raises(ConnectionFailed):
            client.chat("x", timeout=TIMEOUT)
        assert time.monotonic() - start < 2


def test_a_kept_connection_gets_the_next_calls_deadline():
    answers = iter([b'{"data": [{"id": "m"}]}'])

    def serve(connection):
        while read_request(connection):
            body = next(answers, None)
            if body is None:
                return drips(b"")(connection)
            connection.sendall(answer(body))

    def twice(client):
        assert client.models() == ["m"]
        client.models(timeout=TIMEOUT)

    fails_in_time(twice, serve)


def stream_of(*lines: bytes, pause: float):
    """A server that sends `lines`, each after a pause, and then leaves the connection open."""
    over = threading.Event()

    def serve(connection):
        read_request(connection)
        connection.sendall(EVENTS)
        for line in lines:
            over.wait(pause)
            connection.sendall(line)
        over.wait(4)

    return serve, over


DONE = event("[DONE]")
WORD = event(delta("a"))


@pytest.mark.parametrize("sign", [b": still here\n", b": still here\r"])
def test_every_line_of_a_stream_restarts_its_clock(sign):
    serve, over = stream_of(sign, sign, WORD, DONE, pause=0.2)
    with tcp_server(serve) as base_url, Client(base_url, None, "m") as client:
        chunks = list(client.stream("x", timeout=0.5))  # without the signs: 0.6 s of silence
    over.set()
    assert chunks[-1].text == "a"


def test_a_stream_that_falls_silent_is_broken_and_keeps_what_had_come():
    serve, over = stream_of(WORD, WORD, pause=0)
    with tcp_server(serve) as base_url, Client(base_url, None, "m") as client:
        start = time.monotonic()
        with pytest.raises(StreamBroken, match="timed out") as caught:
            list(client.stream("x", timeout=TIMEOUT))
        assert time.monotonic() - start < 2
    over.set()
    assert caught.value.text == "aa"


def test_the_readers_own_pauses_do_not_count():
    serve, over = stream_of(WORD, WORD, DONE, pause=0)
    with tcp_server(serve) as base_url, Client(base_url, None, "m") as client:
        texts = []
        for chunk in client.stream("x", timeout=0.4):
            texts.append(chunk.text)
            time.sleep(0.3)  # 0.6 s in all
    over.set()
    assert texts == ["a", "a"]


@pytest.mark.parametrize("call", ["chat", "stream", "stream_bytes", "tokenize", "next_token"])
@pytest.mark.parametrize("timeout", [0, "5", 1e10, MAX_SECONDS + 1, 10**400])
def test_a_bad_timeout_is_named_before_anything_is_sent(call, timeout):
    client = Client("http://127.0.0.1:9/v1", None, "m")
    with pytest.raises(ValueError, match=f"timeout must be .* <= {MAX_SECONDS}, got"):
        getattr(client, call)("x", timeout=timeout)
    with pytest.raises(ValueError, match="timeout must be"):
        client.models(timeout=timeout)


def test_the_longest_timeout_works():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(ConnectionFailed, match="ConnectError"):
        Client(f"http://127.0.0.1:{port}/v1", None, "m").chat("x", timeout=MAX_SECONDS)


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
