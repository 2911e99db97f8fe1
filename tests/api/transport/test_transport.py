"""A stream as bytes, as the network brings it: stream_bytes(). And a client that is closed."""

import json
import threading

import httpx
import pytest
from fake_endpoint import Body, Recorded, delta, event, fake, sse
from tcp_server import read_request, tcp_server

from samplers.api import Client, ConnectionFailed, StreamBroken, accumulate, read_chunks


def test_the_bytes_of_a_stream_as_they_came():
    response = Body(b"data: {}\r", b"", b"\n\r\nda", b"ta: [DONE]\n\n")
    arrivals = list(fake(sse(response)).stream_bytes("x"))
    assert b"".join(a.data for a in arrivals) == b"data: {}\r\n\r\ndata: [DONE]\n\n"
    assert response.closed
    assert [a.at for a in arrivals] == sorted(a.at for a in arrivals)
    assert 0 <= arrivals[0].at < 5


def test_a_stream_is_asked_for_on_a_connection_of_its_own():
    endpoint = Recorded(sse(b"data: [DONE]\n\n"))
    list(fake(endpoint).stream("x"))
    (request,) = endpoint.requests
    assert (request.method, request.url.path) == ("POST", "/v1/chat/completions")
    assert request.headers["accept"] == "text/event-stream"
    assert request.headers["connection"] == "close"


def test_bytes_that_break_off():
    stream = fake(sse(b"data", httpx.ReadError("gone"))).stream_bytes("x")
    with pytest.raises(ConnectionFailed, match=r"broke its stream off \(ReadError: gone") as caught:
        list(stream)
    assert caught.value.sent


def test_closing_the_bytes_closes_the_response():
    response = Body(b"a", b"b")
    stream = fake(sse(response)).stream_bytes("x")
    next(stream)
    stream.close()
    assert response.closed


def test_real_bytes_give_the_real_chunks(client):
    greedy = {"temperature": 0, "max_tokens": 8}
    question = "What is the capital of France?"
    arrivals = list(client.stream_bytes(question, **greedy))
    first_line = arrivals[0].data.partition(b"\n")[0]
    assert json.loads(first_line.removeprefix(b"data: "))["object"] == "chat.completion.chunk"
    assert arrivals[-1].data.endswith(b"data: [DONE]\n\n")

    text = accumulate(read_chunks(arrivals)).read().text
    assert text == client.chat(question, **greedy).text


def test_a_closed_client_says_so():
    with Client("http://127.0.0.1:9/v1", None, "m") as client:
        pass
    client.close()
    calls = (
        lambda: client.chat("x"),
        lambda: list(client.stream("x")),
        lambda: list(client.stream_bytes("x")),
        lambda: client.models(),
        lambda: client.tokenize("x"),
    )
    for call in calls:
        with pytest.raises(ConnectionFailed, match="is closed: make another") as caught:
            call()
        assert not caught.value.sent
    with client, pytest.raises(ConnectionFailed, match="is closed"):
        client.models()


def test_a_client_that_is_closed_between_two_tries():
    client = fake(httpx.Response(500, json={}), sleep=lambda _: client.close())
    with pytest.raises(ConnectionFailed, match="is closed: make another"):
        client.chat("x")
    assert [attempt.number for attempt in client.attempts] == [1, 2]


def test_a_stream_whose_client_is_closed_breaks():
    over = threading.Event()

    def serve(connection):
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        connection.sendall(event(delta("a")))
        over.wait(10)

    with tcp_server(serve) as base_url, Client(base_url, None, "m") as client:
        stream = client.stream("x")
        next(stream)
        client.close()
        with pytest.raises(StreamBroken) as caught:
            next(stream)
        over.set()
    assert caught.value.text == "a"
