"""Streams that end well, badly and early; bytes cut anywhere."""

import json
from itertools import pairwise

import httpx
import pytest
from fake_endpoint import Body, Recorded, completion, delta, event, fake, sse
from hypothesis import given
from hypothesis import strategies as st

from samplers.api import APIError, StreamBroken

TEXTS = ["", "好", "𝄞 é", "a\u2028b\x85c", "line\nline\r\n", "end"]
WHOLE = b": a comment\r\n\r\n" + b"".join(event(delta(t)) for t in TEXTS) + event("[DONE]")


def test_a_stream_gives_its_chunks_and_ends_at_done():
    chunks = list(fake(sse(WHOLE, event(delta("after the end")))).stream("x"))
    assert [c.text for c in chunks] == TEXTS
    assert json.dumps(chunks[1].raw)


@given(st.lists(st.integers(0, len(WHOLE)), max_size=20))
def test_any_cut_of_the_bytes_gives_the_same_chunks(cuts):
    edges = [0, *sorted(cuts), len(WHOLE)]
    parts = [WHOLE[start:end] for start, end in pairwise(edges)]
    assert [c.text for c in fake(sse(*parts)).stream("x")] == TEXTS


@pytest.mark.parametrize(
    ("ending", "says"),
    [
        (b"", "without its"),
        (httpx.ReadError("reset by peer"), "reset by peer"),
        (httpx.RemoteProtocolError("incomplete chunked read"), "incomplete"),
        (httpx.ReadTimeout("timed out"), "timed out"),
        (event("{not json"), "not a chunk"),
        (event("[]"), "not a chunk"),
        (event({"choices": [{"delta": 3}]}), "not a chunk"),
    ],
)
def test_a_broken_stream_carries_what_had_arrived(ending, says):
    stream = fake(sse(event(delta("To be, ")), event(delta("or")), ending)).stream("x")
    with pytest.raises(StreamBroken, match=says) as caught:
        list(stream)
    assert caught.value.text == "To be, or"
    assert [c.text for c in caught.value.chunks] == ["To be, ", "or"]


@pytest.mark.parametrize(
    "error", [{"message": "the GPU is on fire", "type": "server_error"}, "the GPU is on fire"]
)
def test_an_error_event_is_a_broken_stream_that_holds_it(error):
    with pytest.raises(StreamBroken, match="the GPU is on fire") as caught:
        list(fake(sse(event(delta("x")), event({"error": error}))).stream("x"))
    assert caught.value.error["message"] == "the GPU is on fire"
    assert caught.value.text == "x"


def test_an_endpoint_that_does_not_stream_is_a_broken_stream():
    with pytest.raises(StreamBroken, match="text/event-stream"):
        list(fake(completion()).stream("x"))


def test_a_refused_stream_is_an_api_error():
    with pytest.raises(APIError, match="no such luck"):
        list(fake(httpx.Response(400, json={"error": {"message": "no such luck"}})).stream("x"))


def test_closing_the_iterator_closes_the_response():
    response = Body(event(delta("one")), event(delta("two")), event("[DONE]"))
    stream = fake(sse(response)).stream("x")
    assert next(stream).text == "one"
    assert not response.closed
    stream.close()
    assert response.closed


def test_a_streams_connection_is_not_used_again():
    endpoint = Recorded(sse(WHOLE))
    list(fake(endpoint).stream("x"))
    # llama.cpp may close it without notice
    assert endpoint.requests[0].headers["connection"] == "close"


def test_the_response_is_closed_after_an_error_in_the_stream_too():
    response = Body(event("nonsense"))
    with pytest.raises(StreamBroken):
        list(fake(sse(response)).stream("x"))
    assert response.closed


def test_a_wrong_argument_is_an_error_at_the_call_not_at_the_first_chunk():
    with pytest.raises(ValueError, match="messages"):
        fake(completion()).stream([])
