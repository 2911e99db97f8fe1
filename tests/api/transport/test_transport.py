"""A stream as bytes, as the network brings it: stream_bytes()."""

import json

import httpx
import pytest
from fake_endpoint import Body, fake, sse

from samplers.api import ConnectionFailed, accumulate, read_chunks


def test_the_bytes_of_a_stream_as_they_came():
    response = Body(b"data: {}\r", b"", b"\n\r\nda", b"ta: [DONE]\n\n")
    arrivals = list(fake(sse(response)).stream_bytes("x"))
    assert b"".join(a.data for a in arrivals) == b"data: {}\r\n\r\ndata: [DONE]\n\n"
    assert response.closed
    assert [a.at for a in arrivals] == sorted(a.at for a in arrivals)
    assert 0 <= arrivals[0].at < 5


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
