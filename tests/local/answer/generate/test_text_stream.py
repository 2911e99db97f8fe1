"""Token bytes to text: whole characters only, nothing of a stop string, whatever the cuts."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samplers.local.answer.generate.text_stream import TextStream

TEXT = st.text(alphabet="ab好😊é\n", max_size=12)
STOPS = st.lists(st.text("ab好\n", min_size=1, max_size=3), max_size=4)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """The data in parts, cut at any places."""
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


@given(TEXT, st.lists(st.integers(0, 60), max_size=6), STOPS)
def test_any_cutting_gives_the_text_before_the_first_stop(text, places, stops):
    stream = TextStream(tuple(stops))
    returned = ""
    fed = b""
    for part in cut(text.encode(), places):
        new = stream.feed(part)
        assert "\ufffd" not in new
        returned += new
        fed += part
        if stream.stopped:
            break
    returned += stream.finish()

    # What counts is the first stop to be whole; of those in the text fed by then, the one that
    # begins first.
    fed_text = fed.decode(errors="ignore")
    starts = [fed_text.find(stop) for stop in stops if stop in fed_text]
    assert returned == (fed_text[: min(starts)] if starts else text)
    assert stream.stopped == bool(starts)
    assert stream.released == len(returned.encode())


def test_what_may_begin_a_stop_is_held_back_and_given_when_it_does_not():
    stream = TextStream(("END",))
    assert [stream.feed(part) for part in (b"a E", b"N", b"x", b"EN")] == ["a ", "", "ENx", ""]
    assert stream.finish() == "EN"


@pytest.mark.parametrize(
    ("data", "shown"), [(b"a\xe5\xa5", "a\ufffd"), (b"\xbd", "\ufffd"), (b"", "")]
)
def test_bytes_that_never_become_a_character(data, shown):
    stream = TextStream()
    assert stream.feed(data) + stream.finish() == shown
    assert stream.released == len(data)


@pytest.mark.parametrize("sizes", [(1,) * 9, (2, 3, 4), (9,)])
def test_a_stop_string_that_ends_too_early_is_text(sizes):
    """`may_stop` is False for the first five bytes. It may begin in these."""
    for stop, text in {"abc": "abcdefghi", "def": "abc", "c": "abcdefghi"}.items():
        stream = TextStream((stop, "xa"))
        fed = 0
        released = ""
        for size in sizes:
            parts = b"abcdefghi"[fed : fed + size]
            fed += size
            early = parts[: max(0, 5 - fed + size)]
            released += stream.feed(early, may_stop=False) if early else ""
            released += stream.feed(parts[len(early) :]) if parts[len(early) :] else ""
        assert released + stream.finish() == text
