"""Token bytes to text: whole characters only, nothing of a stop string, whatever the cuts."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samplers.local.answer.text_stream import TextStream

TEXT = st.text(alphabet="ab好😊é\n", max_size=12)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


@given(
    TEXT,
    st.lists(st.integers(0, 60), max_size=6),
    st.lists(st.text("ab好\n", min_size=1, max_size=3), max_size=4),
)
def test_any_cutting_gives_the_text_before_the_first_stop(text, cuts, stops):
    stream, out, seen = TextStream(tuple(stops)), "", b""
    for piece in pieces(text.encode(), cuts):
        new = stream.feed(piece)
        assert "\ufffd" not in new
        out += new
        seen += piece
        if stream.stopped:
            break
    out += stream.finish()
    # What counts is the first stop to be whole; of those in the text seen by then, the one that
    # begins first.
    starts = [cut for stop in stops if (cut := seen.decode(errors="ignore").find(stop)) >= 0]
    assert out == (seen.decode(errors="ignore")[: min(starts)] if starts else text)
    assert stream.stopped == bool(starts)
    assert stream.released == len(out.encode())


def test_what_may_begin_a_stop_is_held_back_and_given_when_it_does_not():
    stream = TextStream(("END",))
    assert [stream.feed(piece) for piece in (b"a E", b"N", b"x", b"EN")] == ["a ", "", "ENx", ""]
    assert stream.finish() == "EN"


@pytest.mark.parametrize(
    ("data", "shown"), [(b"a\xe5\xa5", "a\ufffd"), (b"\xbd", "\ufffd"), (b"", "")]
)
def test_bytes_that_never_become_a_character(data, shown):
    stream = TextStream()
    assert stream.feed(data) + stream.finish() == shown
    assert stream.released == len(data)
