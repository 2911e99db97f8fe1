"""Server-sent events: the same ones however the bytes are cut, and those of httpx-sse."""

from itertools import pairwise

import httpx
import pytest
from httpx_sse import EventSource
from hypothesis import example, given, settings
from hypothesis import strategies as st

from samplers.api import read_events
from samplers.api.stream.events import typed_events

LINES = [
    "",
    "data: 好",
    "data:  𝄞\u2028x",
    "data",
    "data:",
    "data:x:y",
    ": comment",
    "event: e",
    "retry: 5",
    "id",
    "DATA: x",
]
ENDS = ["\n", "\r", "\r\n"]
LINE_AND_END = st.tuples(st.sampled_from(LINES) | st.just(""), st.sampled_from(ENDS))
STREAMS = st.lists(LINE_AND_END, max_size=20).map(
    lambda lines: "".join(line + end for line, end in lines).encode()
)


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[start:end] for start, end in pairwise(edges)]


def bytewise(stream: bytes) -> list[bytes]:
    return [stream[i : i + 1] for i in range(len(stream))]


def data_of(*parts: bytes) -> list[str]:
    return [event.data for event in read_events(enumerate(parts))]


def oracle(stream: bytes) -> list[str]:
    response = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=stream)
    return [event.data for event in EventSource(response).iter_sse() if event.data]


@given(STREAMS, st.lists(st.integers(0, 10_000), max_size=20))
@settings(deadline=None)  # another process may hold the machine
@example(b"data: a\r\n\r\ndata: b\r\n\r\n", [8, 9, 10])
@example("data: 好\n\n".encode(), [7, 8])
@example(b"data: a\r\rdata: b\r\n\n", [8, 9, 17, 18])
def test_any_cut_gives_the_events_of_the_whole_and_of_httpx_sse(stream, places):
    whole = data_of(stream)
    assert whole == oracle(stream)
    assert data_of(*cut(stream, places)) == whole
    assert data_of(*bytewise(stream)) == whole


@pytest.mark.parametrize(
    ("stream", "data"),
    [
        (b"data: one\ndata: two\n\n", ["one\ntwo"]),
        (b"data: a\n\n: keep-alive\n\ndata: b\n\n", ["a", "b"]),
        (b"data: \xff\n\n", ["\ufffd"]),
        (b"data: never ended\n", []),
        (b"data: never ended", []),
        (b"data:\n\n", []),
        (b"data:  two spaces\n\n", [" two spaces"]),
        (b"id: 1\n\nevent: x\n\n", []),
        (b"\xef\xbb\xbfdata: a\n\n", ["a"]),  # a byte order mark
        (
            b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: \xef\xbb\xbfb\n\n",
            ["\ufeffb"],
        ),  # only the first
        (b"\xef\xbbdata: a\n\ndata: b\n\n", ["b"]),  # half a mark is not one
        (b"data:a\rdata:b\n\r\ndata\rdata:c\r\r", ["a\nb", "\nc"]),
        (b"data: a\n\revent: x\n\ndata: b\r\n\r", ["a", "b"]),
        (b" data: a\n\ndata : b\n\ndata: c\n\n", ["c"]),
        (b"data: a\x0b\x0c\xc2\x85\xe2\x80\xa8b\n\n", ["a\x0b\x0c\x85\u2028b"]),  # no line ends
        (b"event: error\ndata: a\n\nevent: error\n\ndata: b\n\n", ["a", "b"]),
        (b"", []),
    ],
)
def test_corners_of_the_standard(stream, data):
    assert data_of(stream) == data
    assert data_of(*bytewise(stream)) == data


def test_an_event_came_when_its_last_byte_came():
    arrivals = [
        (0.1, b"data: a"),
        (0.2, b"\n"),
        (0.3, b"\ndata: b\n\n"),
        (0.4, b"data: c\n"),
        (0.5, b"\n"),
    ]
    assert list(read_events(arrivals)) == [(0.3, "a"), (0.3, "b"), (0.5, "c")]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_an_event_does_not_wait_for_the_bytes_after_it(end):
    arrivals = [(0.1, f"data: a{end}{end}".encode()), (0.2, f"data: b{end}{end}".encode())]
    events = read_events(iter(arrivals))
    assert next(events) == (0.1, "a")
    assert list(events) == [(0.2, "b")]


def test_the_types_of_events():
    stream = b"data: a\n\nevent: error\ndata: b\n\nerror: c\n\nevent: error\n\ndata: d\n\n"
    events = [(kind, event.data) for kind, event in typed_events([(0, stream)])]
    assert events == [("", "a"), ("error", "b"), ("error", "c"), ("error", ""), ("", "d")]


@pytest.mark.parametrize(
    ("end", "data"),
    [
        (b"data: b", "b"),
        (b"data: b\n", "b"),
        (b"data: b\ndata", "b\n"),
        (b"da", ""),
        (b"event: error\n", ""),
        (b"data: \xe5\xa5", "\ufffd"),
        (b"\xe5", ""),
        (b": a comm", None),
        (b": a comment\n", None),
        (b"\n", None),
        (b"", None),
    ],
)
def test_an_event_that_never_ends_comes_last_without_a_type(end, data):
    for parts in ([b"data: a\n\n" + end], bytewise(b"data: a\n\n" + end)):
        events = [(kind, event.data) for kind, event in typed_events(enumerate(parts))]
        assert events == [("", "a"), *([] if data is None else [(None, data)])]


def test_a_long_line_in_small_parts_takes_linear_time():
    parts = [b"x" * 10] * 50_000
    (data,) = data_of(b"data: ", *parts, b"\n\n")
    assert len(data) == 500_000
