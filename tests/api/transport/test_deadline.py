"""`timeout` is the whole call's, whatever the server does; a stream's is for silence."""

import socket
import threading
import time

import pytest
from fake_endpoint import delta, event, no_wait
from tcp_server import answer, read_request, tcp_server

from samplers.api import Client, ConnectionFailed, EndpointError, StreamBroken
from samplers.api.request import MAX_SECONDS

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)
EVENTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
TIMEOUT = 0.05
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
        Client(f"http://127.0.0.1:{port}/v1", None, "m", sleep=no_wait).chat(
            "x", timeout=MAX_SECONDS
        )
