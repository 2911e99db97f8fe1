"""Compressed answers are read, and what decompresses without bound ends in a typed error."""

import gzip
import json
import tracemalloc
import zlib
from collections.abc import Iterator

import httpx
import pytest
from fake_endpoint import Body, Recorded, completion, delta, event, fake

from samplers.api import APIError, ConnectionFailed, RateLimitError, StreamBroken
from samplers.api.transport import decoding

HELLO = json.dumps(completion("hello " * 1000).json()).encode()
STREAM = event(delta("hello ")) + event(delta("there")) + event("[DONE]")


def bare_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


def same(data: bytes) -> bytes:
    return data


CODINGS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZip": gzip.compress,
    "deflate": zlib.compress,
    " deflate ": bare_deflate,
    "identity": same,
    "": same,
    "gzip, identity": gzip.compress,
    "deflate, gzip": lambda data: gzip.compress(zlib.compress(data)),
}


def answer(parts, coding: str, status=200, kind="application/json", **headers) -> httpx.Response:
    body = parts if isinstance(parts, httpx.SyncByteStream) else Body(*parts)
    headers |= {"content-type": kind, "content-encoding": coding}
    return httpx.Response(status, headers=headers, stream=body)


def bytewise(data: bytes) -> list[bytes]:
    return [data[i : i + 1] for i in range(len(data))]


@pytest.mark.parametrize("coding", CODINGS)
def test_compressed_answers_are_read(coding):
    data = CODINGS[coding](HELLO)
    for parts in ([data], bytewise(data), [b"", data, b""]):
        assert fake(answer(parts, coding)).chat("x").text == "hello " * 1000

    stream = CODINGS[coding](STREAM)
    for parts in ([stream], bytewise(stream)):
        chunks = fake(answer(parts, coding, kind="text/event-stream")).stream("x")
        assert [chunk.text for chunk in chunks] == ["hello ", "there"]

    error = CODINGS[coding](b'{"error": {"message": "slow down"}}')
    with pytest.raises(RateLimitError, match="slow down"):
        fake(answer([error], coding, 429)).chat("x")


def test_a_flushed_event_does_not_wait_for_the_next():
    compressor = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    first = compressor.compress(event(delta("one"))) + compressor.flush(zlib.Z_SYNC_FLUSH)
    body = Body(first, httpx.ReadError("gone"))
    stream = fake(answer(body, "gzip", kind="text/event-stream")).stream("x")
    assert next(stream).text == "one"
    stream.close()
    assert body.closed


def test_only_what_can_be_read_within_bounds_is_asked_for():
    endpoint = Recorded(completion())
    fake(endpoint).chat("x")
    assert endpoint.requests[0].headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, br", "gzip, gzip, gzip", "none such"])
def test_a_coding_that_was_not_asked_for_is_a_typed_error(coding):
    with pytest.raises(APIError, match=f"127.0.0.1:9/v1 cannot be read: .*{coding}"):
        fake(answer([b"x"], coding)).chat("x")
    with pytest.raises(StreamBroken, match=coding):
        list(fake(answer([b"x"], coding, kind="text/event-stream")).stream("x"))


@pytest.mark.parametrize("status", [200, 429, 500])
@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_broken_compression_is_a_typed_error(coding, status):
    body = Body(b"\xff" * 100)
    with pytest.raises(APIError, match="cannot be read: its compression is broken") as caught:
        fake(answer(body, coding, status), max_retries=0).chat("x")
    assert caught.value.status == status
    assert isinstance(caught.value, RateLimitError) == (status == 429)
    assert body.closed


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_compression_that_is_cut_is_a_typed_error(coding):
    with pytest.raises(APIError, match="cannot be read"):
        fake(answer([CODINGS[coding](HELLO)[:-20]], coding)).chat("x")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "identity"])
@pytest.mark.parametrize("parts", [[], [b""], [b"\x1f"], [b"", b"\x78"]])
def test_next_to_nothing_is_a_typed_error(parts, coding):
    with pytest.raises(APIError, match="cannot be read"):
        fake(answer(parts, coding)).chat("x")
    with pytest.raises(APIError) as caught:
        fake(answer(parts, coding, 503)).chat("x")
    assert caught.value.status == 503


# Answers without end


def endless(begin: bytes, coding: str) -> Iterator[bytes]:
    """`begin`, and then zeros that never end, compressed."""
    block = b"0" * 2**20
    if coding == "identity":
        yield begin
        while True:
            yield block

    if coding == "nothing":  # an endless name in gzip's header: bytes come, and none go out
        yield b"\x1f\x8b\x08\x08\0\0\0\0\0\x03"
        while True:
            yield block

    if coding == "after the end":
        yield gzip.compress(begin)
        while True:
            yield block

    if coding == "gzip, gzip":
        compressor = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
        for part in endless(begin, "gzip"):
            yield compressor.compress(part)

    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    header = b"\x1f\x8b\x08\0\0\0\0\0\0\x03" if coding == "gzip" else b""
    yield header + compressor.compress(begin) + compressor.flush(zlib.Z_FULL_FLUSH)
    again = compressor.compress(block) + compressor.flush(zlib.Z_FULL_FLUSH)
    while True:
        yield again * 64  # 64 MiB in 64 kB, as the network would bring them


class Endless(httpx.SyncByteStream):
    def __init__(self, begin: bytes, coding: str):
        self.begin = begin
        self.coding = coding
        self.closed = False

    def __iter__(self):
        return endless(self.begin, self.coding)

    def close(self):
        self.closed = True


@pytest.fixture
def few_bytes(monkeypatch):
    """A bound that is reached soon, and a check that memory stays near it."""
    monkeypatch.setattr(decoding, "MAX_BYTES", 4 * 2**20)
    tracemalloc.start()
    yield
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 24 * 2**20


ENDLESS = ["identity", "gzip", "deflate", "gzip, gzip"]


@pytest.mark.usefixtures("few_bytes")
@pytest.mark.parametrize("status", [200, 429])
@pytest.mark.parametrize("coding", ENDLESS)
def test_an_endless_answer_is_a_typed_error(coding, status):
    body = Endless(b'{"choices": [', coding)
    with pytest.raises(APIError, match="cannot be read: it is larger than 4 MiB") as caught:
        fake(answer(body, coding, status), max_retries=0).chat("x")
    assert caught.value.status == status
    assert body.closed


@pytest.mark.usefixtures("few_bytes")
def test_an_endless_refusal_of_a_stream_is_closed():
    body = Endless(b'{"error": {"message": "', "gzip")
    with pytest.raises(RateLimitError, match="larger than 4 MiB"):
        list(fake(answer(body, "gzip", 429), max_retries=0).stream("x"))
    assert body.closed


@pytest.mark.usefixtures("few_bytes")
@pytest.mark.parametrize("begin", [b": ", event(delta("one")) + b"data: "])
@pytest.mark.parametrize("coding", ENDLESS)
def test_an_endless_stream_is_a_broken_stream(coding, begin):
    body = Endless(begin, coding)
    with pytest.raises(StreamBroken, match="it is larger than 4 MiB") as caught:
        list(fake(answer(body, coding, kind="text/event-stream")).stream("x"))
    assert caught.value.text == ("one" if b"one" in begin else "")
    assert body.closed


@pytest.mark.usefixtures("few_bytes")
def test_compressed_bytes_that_become_nothing_are_bounded_too():
    body = Endless(b"", "nothing")
    with pytest.raises(APIError, match="cannot be read: it is larger than 4 MiB"):
        fake(answer(body, "gzip")).chat("x")
    assert body.closed


@pytest.mark.usefixtures("few_bytes")
def test_what_comes_after_the_compressed_answer_is_bounded_too():
    body = Endless(HELLO, "after the end")
    with pytest.raises(APIError, match="cannot be read: it is larger than 4 MiB"):
        fake(answer(body, "gzip")).chat("x")
    assert body.closed


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_little_after_the_compressed_answer_is_left_out(coding):
    body = Body(CODINGS[coding](HELLO), b"\0" * 10, b"x")
    assert fake(answer(body, coding)).chat("x").text == "hello " * 1000


@pytest.mark.usefixtures("few_bytes")
def test_an_endless_page_instead_of_a_stream():
    body = Endless(b"<html>", "gzip")
    with pytest.raises(StreamBroken, match="does not stream"):
        list(fake(answer(body, "gzip", kind="text/html")).stream("x"))
    assert body.closed


@pytest.mark.usefixtures("few_bytes")
def test_the_bytes_of_an_endless_stream():
    body = Endless(b"data: ", "gzip")
    with pytest.raises(ConnectionFailed, match="it is larger than 4 MiB"):
        for _ in fake(answer(body, "gzip", kind="text/event-stream")).stream_bytes("x"):
            pass
    assert body.closed


def test_the_bound_lets_large_answers_through():
    size = 40 * 2**20  # more than the logprobs of any vocabulary
    assert size < decoding.MAX_BYTES <= 2**28
    body = b'{"choices": [{"message": {"content": "hi"}}]}' + b" " * size
    assert fake(answer([gzip.compress(body, 1)], "gzip")).chat("x").text == "hi"
