"""Server-sent events out of bytes that may be cut anywhere.

Each event has the time at which the bytes that ended it came. The format: WHATWG HTML,
"Server-sent events", 9.2.5 and 9.2.6. httpx-sse parses it, but does not handle a byte order mark.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import httpx


class Arrival(NamedTuple):
    """Bytes of a stream as the network gave them, `at` seconds after the request was made."""

    at: float
    data: bytes


class Event(NamedTuple):
    """An event's data: its `data:` lines joined by newlines. `at`: when its last bytes came."""

    at: float
    data: str


class _Body(httpx.SyncByteStream):
    """The arrivals as a response's body; `at` is the time of the bytes that were read last."""

    def __init__(self, arrivals: Iterable[tuple[float, bytes]]):
        self.arrivals = arrivals
        self.at = 0.0

    def __iter__(self) -> Iterator[bytes]:
        for at, data in self.arrivals:
            self.at = at
            yield data


def read_events(arrivals: Iterable[tuple[float, bytes]]) -> Iterator[Event]:
    """The events that have data, in order.

    Comments and other fields are left out, and so is an event that never ends.
    """
    import httpx_sse  # here, for a fast start: only streams need it

    body = _Body(arrivals)
    headers = {"content-type": "text/event-stream; charset=utf-8"}
    response = httpx.Response(200, headers=headers, stream=body)
    for event in httpx_sse.EventSource(response).iter_sse():
        if event.data:
            yield Event(body.at, event.data)
