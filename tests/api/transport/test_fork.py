"""A client that is used, and then forked: no process gets an answer that is another's."""

import itertools
import os
import threading

import pytest
from fake_endpoint import delta, event
from tcp_server import answer, read_request, tcp_server

from samplers.api import Client

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")


def in_a_fork(call) -> str:
    """What `call()` returns in a fork of this process, or its error."""
    read, write = os.pipe()
    fork = os.fork()
    if fork == 0:
        try:
            os.write(write, str(call()).encode())
        except Exception as error:
            os.write(write, f"{type(error).__name__}: {error}".encode())
        finally:
            os._exit(0)

    os.close(write)
    with os.fdopen(read) as pipe:
        result = pipe.read()
    os.waitpid(fork, 0)
    return result


def numbered():
    """A server that answers models() with the number of the connection."""
    numbers = itertools.count(1)

    def serve(connection):
        number = next(numbers)
        while read_request(connection):
            connection.sendall(answer(b'{"data": [{"id": "connection %d"}]}' % number))

    return serve


def test_a_fork_has_connections_of_its_own():
    with tcp_server(numbered()) as base_url, Client(base_url) as client:
        assert client.models() == client.models() == ["connection 1"]
        for number in (2, 3):
            both = in_a_fork(lambda: client.models() + client.models())
            assert both == str([f"connection {number}"] * 2)
        assert client.models() == ["connection 1"]


def test_closing_it_in_a_fork_leaves_the_parents():
    with tcp_server(numbered()) as base_url, Client(base_url) as client:
        client.models()
        assert in_a_fork(client.close) == "None"
        assert client.models() == ["connection 1"]
        client.close()
        assert "is closed" in in_a_fork(client.models)


def test_a_stream_stays_with_the_process_that_began_it():
    forked = threading.Event()

    def serve(connection):
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        connection.sendall(event(delta("a")))
        forked.wait(10)
        connection.sendall(event(delta("b")) + event("[DONE]"))

    with tcp_server(serve) as base_url, Client(base_url, None, "m") as client:
        stream = client.stream("x")
        assert next(stream).text == "a"
        assert "forked from" in in_a_fork(lambda: next(stream))
        forked.set()
        assert [chunk.text for chunk in stream] == ["b"]
