"""Server-sent events out of bytes that may be cut anywhere: inside a character, between CR and LF, inside a line.

The format: WHATWG HTML, "Server-sent events", 9.2.5 Parsing an event stream and 9.2.6 Interpreting it.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

LINE_END = re.compile(rb"\r\n|\n|\r")


class Arrival(NamedTuple):
    """Bytes of a stream as the network gave them, `at` seconds after the request was made."""

    at: float
    data: bytes


class Event(NamedTuple):
    """An event's data (its `data:` lines joined by newlines), and when the bytes that ended it came."""

    at: float
    data: str


def read_events(arrivals: Iterable[tuple[float, bytes]]) -> Iterator[Event]:
    """The events with data, in order. Comments and other fields are passed over; an event that never ends is none."""
    data: list[str] = []
    for at, line in _lines(arrivals):
        field, _, value = line.partition(b":")
        if field == b"data":
            data.append(value.removeprefix(b" ").decode("utf-8", errors="replace"))
        elif not line:
            text = "\n".join(data)
            data.clear()
            if text:
                yield Event(at, text)


def _lines(arrivals: Iterable[tuple[float, bytes]]) -> Iterator[tuple[float, bytes]]:
    """Whole lines without their ends. UTF-8 is decoded after this: no byte of a character looks like a line's end."""
    begun: list[bytes] = []  # of a line whose end has not come
    after_cr = False  # a CR ends its line at once; an LF that comes next is the rest of that end
    first = True
    for at, data in arrivals:
        if not data:
            continue
        fresh = data[1:] if after_cr and data.startswith(b"\n") else data
        after_cr = data.endswith(b"\r")
        *ended, rest = LINE_END.split(fresh)
        for end in ended:
            line = b"".join([*begun, end])
            begun.clear()
            yield at, line.removeprefix(b"\xef\xbb\xbf") if first else line  # a byte order mark may open the stream
            first = False
        if rest:
            begun.append(rest)
