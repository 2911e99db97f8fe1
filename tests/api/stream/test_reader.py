"""Streams that end well, badly and early; bytes cut anywhere."""

import json
from itertools import pairwise

import httpx
import pytest
from fake_endpoint import Body, Recorded, completion, delta, event, fake, sse
from hypothesis import given, settings
from hypothesis import strategies as st

from samplers.api import (
    APIError,
    ConnectionFailed,
    RateLimitError,
    StreamBroken,
    read_chunks,
)
from samplers.api.stream import reader

TEXTS = ["", "好", "𝄞 é", "a\u2028b\x85c", "line\nline\r\n", "end"]
WHOLE = b": a comment\r\n\r\n" + b"".join(event(delta(t)) for t in TEXTS) + event("[DONE]")


def test_a_stream_gives_its_chunks_and_ends_at_done():
    chunks = list(fake(sse(WHOLE, event(delta("after the end")))).stream("x"))
    assert [c.text for c in chunks] == TEXTS
    assert json.dumps(chunks[1].raw)


@given(st.lists(st.integers(0, len(WHOLE)), max_size=20))
@settings(deadline=None)  # another process may hold the machine
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


BARE = {"code": 500, "message": "the GPU is on fire", "type": "server_error"}
FIRE = json.dumps(BARE)


@pytest.mark.parametrize(
    "ending",
    [
        f"event: error\ndata: {FIRE}\n\n",
        f'event: error\ndata: {{"error": {FIRE}}}\n\n',
        f'data: {{"error": {FIRE}}}\n\n',
        f'data: {{"error": {FIRE}, "choices": []}}\n\n',
        f"error: {FIRE}\n\n",  # llama.cpp's
        f"error:{FIRE}\r\n\r\n",
        f'error: {{"error": {FIRE}}}\n\n',
        f'data: {{"object": "error", {FIRE[1:]}\n\n',  # vLLM's
        f"data: {FIRE}\n\n",
        "event: error\ndata: the GPU is on fire\n\n",
        'data: {"detail": "the GPU is on fire"}\n\n',
        'data: {"error": "the GPU is on fire"}\n\n',
    ],
)
@pytest.mark.parametrize("rest", [b"", event("[DONE]"), event(delta("more")) + event("[DONE]")])
def test_every_form_of_an_error_event_breaks_the_stream(ending, rest):
    stream = fake(sse(event(delta("To be, ")), event(delta("or")), ending.encode(), rest))
    with pytest.raises(StreamBroken, match="the GPU is on fire") as caught:
        list(stream.stream("x"))
    assert caught.value.text == caught.value.completion.text == "To be, or"
    assert "the GPU is on fire" in caught.value.error.values()


@pytest.mark.parametrize(
    ("ending", "error"),
    [
        (b"event: error\n\n", {"message": ""}),
        (b"event: error\ndata: {}\n\n", {"message": "{}"}),
        (b"event: error\ndata: null\n\n", {"message": "null"}),
        (event({"error": True}), {"message": True}),
        (event({"error": {"code": 500}}), {"code": 500}),
        (event({"error": ["a", 1]}), {"message": ["a", 1]}),
    ],
)
def test_an_error_event_that_says_little_is_one(ending, error):
    with pytest.raises(StreamBroken, match="broke off") as caught:
        list(fake(sse(event(delta("x")), ending, event("[DONE]"))).stream("x"))
    assert caught.value.error == error
    assert caught.value.text == "x"


@pytest.mark.parametrize("depth", [100, 900, 100_000])
@pytest.mark.parametrize("around", ["%s", '{"error": %s}', '{"error": {"message": %s}}'])
def test_an_error_event_nested_without_end(around, depth):
    body = around % ("[" * depth + "]" * depth)
    with pytest.raises(StreamBroken) as caught:
        list(fake(sse(event(delta("x")), f"event: error\ndata: {body}\n\n".encode())).stream("x"))
    assert caught.value.text == "x"


def test_an_error_event_may_hold_the_last_text():
    # OpenRouter's
    last = delta(" end", finish_reason="error") | {"error": {"code": 502, "message": "upstream"}}
    with pytest.raises(StreamBroken, match="upstream") as caught:
        list(fake(sse(event(delta("the")), event(last), event("[DONE]"))).stream("x"))
    assert caught.value.text == "the end"
    assert caught.value.completion.finish_reason == "error"


@pytest.mark.parametrize("error", [None, "", {}, False, {"code": None, "message": ""}])
def test_an_empty_error_is_none(error):
    chunks = list(fake(sse(event(delta("x") | {"error": error}), event("[DONE]"))).stream("x"))
    assert [chunk.text for chunk in chunks] == ["x"]


@pytest.mark.parametrize(
    "extra",
    [
        b": ping\n\n",
        b"data:\n\n",
        b"data:   \n\n",
        b"event: ping\n\n",
        b"retry: 3\n\n",
        b"id: 7\n\n",
    ],
)
def test_what_is_no_chunk_is_passed_over(extra):
    stream = sse(
        b"\xef\xbb\xbf" + extra, event(delta("a")), extra, event(delta("b")), event("[DONE]")
    )
    assert [chunk.text for chunk in fake(stream).stream("x")] == ["a", "b"]


@pytest.mark.parametrize("done", ["[DONE]", " [DONE]", "  [DONE]  ", "[DONE]\r"])
def test_done_may_have_space_around_it(done):
    stream = sse(f"data:{json.dumps(delta('a'))}\n\ndata:{done}\n\n".encode())
    assert [chunk.text for chunk in fake(stream).stream("x")] == ["a"]


def test_chunks_without_end_are_a_broken_stream(monkeypatch):
    monkeypatch.setattr(reader, "MAX_CHUNKS", 1_000)
    endless = Body(*[event(delta("x"))] * 1_500)
    with pytest.raises(StreamBroken, match="more than 1,000 chunks") as caught:
        list(fake(sse(endless)).stream("x"))
    assert len(caught.value.chunks) == 1_001
    assert endless.closed


def test_read_chunks_of_bytes_whose_connection_breaks():
    arrivals = fake(sse(event(delta("x")), httpx.ReadError("gone"))).stream_bytes("x")
    with pytest.raises(StreamBroken, match="ReadError: gone") as caught:
        list(read_chunks(arrivals))
    assert caught.value.text == "x"


@pytest.mark.parametrize("error", [httpx.ReadError("gone"), httpx.ReadTimeout("silent")])
def test_a_broken_stream_adds_the_clients_hint(error):
    def hint():
        return "It has ended (exit code -9)."

    with pytest.raises(StreamBroken, match=r"127\.0\.0\.1:9/v1 broke .*exit code -9"):
        list(fake(sse(event(delta("x")), error), hint=hint).stream("x"))
    with pytest.raises(ConnectionFailed, match=r"127\.0\.0\.1:9/v1 broke .*exit code -9"):
        list(fake(sse(event(delta("x")), error), hint=hint).stream_bytes("x"))


@pytest.mark.parametrize(
    ("kind", "body"),
    [("text/html", "<html>Welcome</html>"), ("application/json", "{}"), ("text/plain", "hi")],
)
def test_what_is_no_stream_names_the_address(kind, body):
    answer = httpx.Response(200, content=body, headers={"content-type": kind})
    with pytest.raises(StreamBroken, match=rf"127\.0\.0\.1:9/v1 does not stream.*{kind}"):
        list(fake(answer).stream("x"))


def test_a_stream_may_have_no_content_type():
    answer = httpx.Response(200, content=event(delta("x")) + b"data: [DONE]\n\n")
    assert [chunk.text for chunk in fake(answer).stream("x")] == ["x"]


def test_an_error_instead_of_a_stream_is_typed():
    body = {"error": {"message": "slow down", "code": 429}}
    with pytest.raises(RateLimitError, match="slow down") as caught:
        list(fake(httpx.Response(200, json=body)).stream("x"))
    assert caught.value.status == 200


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
