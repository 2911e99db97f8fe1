"""Server-sent events out of bytes that may be cut anywhere, each with the time at which the bytes
that ended it came.

The format: WHATWG HTML, "Server-sent events", 9.2.5 and 9.2.6. httpx-sse reads it; it knows no byte
order mark.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import httpx


class Arrival(NamedTuple):
    """Bytes of a stream as the network gave them, `at` seconds after the request was made."""

    at: float
    data: bytes


class Event(NamedTuple):
    """An event's data (its `data:` lines joined by newlines), and when the bytes that ended it
    came.
    """

    at: float
    data: str


class _Body(httpx.SyncByteStream):
    """The arrivals as a response's body; `at` is when the bytes that were read last came."""

    def __init__(self, arrivals: Iterable[tuple[float, bytes]]):
        self.arrivals, self.at = arrivals, 0.0

    def __iter__(self) -> Iterator[bytes]:
        for at, data in self.arrivals:
            self.at = at
            yield data


def read_events(arrivals: Iterable[tuple[float, bytes]]) -> Iterator[Event]:
    """The events with data, in order. Comments and other fields are passed over; an event that
    never ends is none.
    """
    import httpx_sse  # not at the top: only streams need it

    body = _Body(arrivals)
    response = httpx.Response(
        200, headers={"content-type": "text/event-stream; charset=utf-8"}, stream=body
    )
    for event in httpx_sse.EventSource(response).iter_sse():
        if event.data:
            yield Event(body.at, event.data)
