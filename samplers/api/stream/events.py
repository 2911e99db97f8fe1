"""Server-sent events out of bytes that may be cut anywhere.

Each event has the time at which the bytes that ended it came. The format: WHATWG HTML,
"Server-sent events", 9.2.5 and 9.2.6. The parser is our own: httpx-sse 0.4.3 keeps a byte order
mark, waits for the bytes after a line that ends with CR, and drops llama.cpp's `error:` lines. The
tests compare the two where they should agree.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_LINE_END = re.compile(r"\r\n|\r|\n")


class Arrival(NamedTuple):
    """Bytes of a stream as the network gave them, `at` seconds after the request was made."""

    at: float
    data: bytes


class Event(NamedTuple):
    """An event's data: its `data:` lines joined by newlines. `at`: when its last bytes came."""

    at: float
    data: str


def read_events(arrivals: Iterable[tuple[float, bytes]]) -> Iterator[Event]:
    """The events that have data, in order.

    Comments and other fields are left out, and so is an event that never ends.
    """
    typed = typed_events(arrivals)
    return (event for kind, event in typed if event.data and kind is not None)


def typed_events(arrivals: Iterable[tuple[float, bytes]]) -> Iterator[tuple[str | None, Event]]:
    """(type, event) of each event that has data or is an error.

    The type is what the `event:` line says, "" without one. A line of llama.cpp's own, `error:`, is
    the data of an event of the type "error". If the bytes end within an event, it comes last, with
    the type None and the data that had come.
    """
    kind = ""
    data: list[str] = []
    has_begun = False
    at = 0.0
    for at, line in _lines(arrivals):
        if not line:
            event = Event(at, "\n".join(data))
            if event.data or kind == "error":
                yield kind, event
            kind = ""
            data = []
            has_begun = False
            continue

        name, _, value = line.partition(":")
        has_begun = has_begun or name != ""  # a comment has no name
        value = value.removeprefix(" ")
        if name == "event":
            kind = value
        elif name == "data":
            data.append(value)
        elif name == "error":
            kind = "error"
            data.append(value)

    if has_begun:
        yield None, Event(at, "\n".join(data))


def _lines(arrivals: Iterable[tuple[float, bytes]]) -> Iterator[tuple[float, str]]:
    """(when its end came, line) of each line: it ends with CR LF, LF or CR, or with the bytes."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")  # without a byte order mark
    begun: list[str] = []  # the parts of the line that has not ended yet
    after_cr = False
    at = 0.0

    for at, data in arrivals:
        text = decoder.decode(data)
        if not text:
            continue
        if after_cr:
            text = text.removeprefix("\n")  # it belongs to the CR, which ended the line
        after_cr = text.endswith("\r")

        *ended, rest = _LINE_END.split(text)
        for line in ended:
            yield at, "".join((*begun, line))
            begun = []
        begun.append(rest)

    rest = "".join(begun) + decoder.decode(b"", final=True)
    if rest:
        yield at, rest
